package dev.limpid.model.load;

import dev.limpid.model.HeadNormWeights;
import dev.limpid.model.Linear;
import dev.limpid.model.NormWeights;
import dev.limpid.model.config.Attention;
import dev.limpid.model.config.HeadNorm;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.load.HeadRows.Kind;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.WeightLayout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Reads the weights of one layer's attention. */
final class AttentionReader {
  private final WeightReader reader;
  private final ModelConfig config;
  private final Attention attention;
  private final TensorOps ops;
  private final String block;
  private final HeadRows rows;

  AttentionReader(WeightReader reader, int layer, String block) {
    this.reader = reader;
    this.config = reader.config();
    this.attention = config.attention();
    this.ops = reader.ops();
    this.block = block;
    this.rows = new HeadRows(config, layer, reader.names().rows());
  }

  /** Queries, keys and values. */
  record Projections(Linear query, Linear key, Linear value) {}

  Projections projections() throws IOException {
    if (!reader.has(block, Weight.FUSED_QKV)) {
      return new Projections(own(Weight.QUERY), own(Weight.KEY), own(Weight.VALUE));
    }
    String name = reader.name(block, Weight.FUSED_QKV);
    int all = (attention.nHeads() + 2 * attention.nKvHeads()) * attention.dHead();
    Tensor weight = reader.weight(name, config.dModel(), all);
    if (attention.inputBias() && hasOwnBiases()) { // though the matrices are in one
      return new Projections(
          new Linear(part(weight, null, rows.fused(Kind.QUERY)).weight(), ownBias(Weight.QUERY)),
          new Linear(part(weight, null, rows.fused(Kind.KEY)).weight(), ownBias(Weight.KEY)),
          new Linear(part(weight, null, rows.fused(Kind.VALUE)).weight(), ownBias(Weight.VALUE)));
    }
    @Nullable Tensor bias = attention.inputBias() ? reader.tensor(name + ".bias", all) : null;
    return new Projections(
        part(weight, bias, rows.fused(Kind.QUERY)),
        part(weight, bias, rows.fused(Kind.KEY)),
        part(weight, bias, rows.fused(Kind.VALUE)));
  }

  private boolean hasOwnBiases() {
    return reader.names().has(Weight.QUERY)
        && reader.isStored(reader.name(block, Weight.QUERY) + ".bias");
  }

  private @Nullable Tensor ownBias(Weight which) throws IOException {
    Kind kind = kind(which);
    return ordered(reader.tensor(reader.name(block, which) + ".bias", width(kind)), rows.own(kind));
  }

  private static Kind kind(Weight which) {
    return switch (which) {
      case QUERY -> Kind.QUERY;
      case KEY -> Kind.KEY;
      default -> Kind.VALUE;
    };
  }

  private int width(Kind kind) {
    return (kind == Kind.QUERY ? attention.nHeads() : attention.nKvHeads()) * attention.dHead();
  }

  private Linear own(Weight which) throws IOException {
    Kind kind = kind(which);
    int width = width(kind);
    String name = reader.name(block, which);
    Tensor weight = reader.weight(name, config.dModel(), width);
    @Nullable Tensor bias = attention.inputBias() ? reader.tensor(name + ".bias", width) : null;
    return part(weight, bias, rows.own(kind));
  }

  private Linear part(Tensor weight, @Nullable Tensor bias, int[] which) {
    WeightLayout layout = reader.names().layout();
    if (HeadRows.isRange(which)) {
      int from = which[0];
      PackedMatrix packed = ops.pack(weight, layout, from, from + which.length);
      return new Linear(packed, ordered(bias, which));
    }
    if (layout != WeightLayout.OUT_IN) {
      throw new IllegalStateException("rows of heads out of order, stored by inputs");
    }
    return new Linear(ops.pack(weight.gather(which), layout), ordered(bias, which));
  }

  /** Returns the norm of queries or of keys, or null for none. */
  @Nullable HeadNormWeights norm(Kind kind) throws IOException {
    if (attention.headNorm().isEmpty()) {
      return null;
    }
    HeadNorm norm = attention.headNorm().get();
    int heads = kind == Kind.QUERY ? attention.nHeads() : attention.nKvHeads();
    int dHead = attention.dHead();
    String name =
        block + reader.names().of(kind == Kind.QUERY ? Weight.QUERY_NORM : Weight.KEY_NORM);
    return switch (norm.over()) {
      case EACH_HEAD -> {
        NormWeights one = reader.stored(norm.norm(), name, dHead);
        int[] order = IntStream.range(0, dHead).map(i -> rows.within(kind, i)).toArray();
        yield new HeadNormWeights(norm, ordered(one.gain(), order), ordered(one.bias(), order));
      }
      case ALL_HEADS -> {
        NormWeights all = reader.stored(norm.norm(), name, heads * dHead);
        yield new HeadNormWeights(
            norm, ordered(all.gain(), rows.own(kind)), ordered(all.bias(), rows.own(kind)));
      }
      case EACH_HEAD_WITH_OWN_GAIN -> {
        Tensor gains = gains(name, heads, dHead).reshape(heads * dHead);
        Tensor inOrder = gains.gather(rows.own(kind)).reshape(heads, dHead);
        yield new HeadNormWeights(norm, ops.resident(inOrder), null);
      }
    };
  }

  /** The gains of heads, in one tensor or in one for each. */
  private Tensor gains(String name, int heads, int dHead) throws IOException {
    if (reader.isStored(name + ".weight")) {
      return reader.tensor(name + ".weight", heads, dHead).toHeap();
    }
    float[] all = new float[heads * dHead];
    for (int h = 0; h < heads; h++) {
      reader
          .tensor("%s.norms.%d.weight".formatted(name, h), dHead)
          .copyTo(0, all, h * dHead, dHead);
    }
    return Tensor.of(all, heads, dHead);
  }

  /**
   * Returns some of what was learned where the model computes. It is put in order before it goes
   * there: to read it again, a device would have to be waited for.
   */
  private @Nullable Tensor ordered(@Nullable Tensor stored, int[] order) {
    if (stored == null) {
      return null;
    }
    return ops.resident(
        HeadRows.isRange(order)
            ? stored.rows(order[0], order[0] + order.length)
            : stored.toHeap().gather(order));
  }

  /** Returns the sinks of all heads; none where there are none. */
  List<Float> sinks() throws IOException {
    if (!attention.scores().sinks()) {
      return List.of();
    }
    List<Float> sinks = new ArrayList<>();
    String name = block + reader.names().of(Weight.SINKS);
    for (float sink : reader.tensor(name, attention.nHeads()).toFloats()) {
      sinks.add(sink);
    }
    return sinks;
  }

  /**
   * Returns W_O as the terms of attention go through it on their way into the state: with the gain,
   * and the centring, of the norm behind it.
   */
  PackedMatrix terms(Tensor out, NormWeights postNorm) {
    int inputs = attention.nHeads() * attention.dHead();
    float[] stored = out.toFloats();
    float[] byInput = stored;
    if (reader.names().layout() == WeightLayout.OUT_IN) {
      byInput = new float[stored.length];
      for (int o = 0; o < config.dModel(); o++) {
        for (int i = 0; i < inputs; i++) {
          byInput[i * config.dModel() + o] = stored[o * inputs + i];
        }
      }
    }
    Tensor folded = postNorm.linear(Tensor.of(byInput, inputs, config.dModel()));
    return ops.packBothWays(folded, WeightLayout.IN_OUT);
  }

  /** beta = sum over h of b_V^h W_O^h + b_O; every query head of a group shares its b_V. */
  @Nullable Tensor bias(@Nullable Tensor valueBias, PackedMatrix out, @Nullable Tensor outBias) {
    if (valueBias == null || attention.scores().sinks()) {
      return outBias;
    }
    // A layer may be read within a scope, and outlives it.
    Tensor beta = ops.resident(Tensor.zeros(1, config.dModel()));
    ops.matmul(perHead(valueBias), out, outBias, beta);
    return beta.row(0);
  }

  /** The value biases of all query heads, [1, H d], where the model computes. */
  private Tensor perHead(Tensor valueBias) {
    int dHead = config.dHead();
    int group = config.nHeads() / config.nKvHeads();
    if (group == 1) {
      return valueBias.reshape(1, config.nHeads() * dHead);
    }
    Tensor ofGroups = valueBias.reshape(config.nKvHeads(), dHead);
    Tensor perHead = ops.zeros(config.nHeads(), dHead);
    for (int h = 0; h < config.nHeads(); h++) {
      ops.copy(ofGroups.row(h / group), perHead.row(h));
    }
    return perHead.reshape(1, config.nHeads() * dHead);
  }
}
