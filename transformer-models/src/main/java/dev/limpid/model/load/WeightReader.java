package dev.limpid.model.load;

import dev.limpid.model.BlockWeights;
import dev.limpid.model.Linear;
import dev.limpid.model.NormWeights;
import dev.limpid.model.config.Attention;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Norm;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.WeightLayout;
import dev.limpid.tensor.weights.MissingTensorException;
import dev.limpid.tensor.weights.WeightSource;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks for weights by name and shape, and packs them. */
final class WeightReader {
  private final WeightSource source;
  private final ModelConfig config;
  private final WeightNames names;
  private final TensorOps ops;
  private final Map<String, int[]> asked = new LinkedHashMap<>();

  WeightReader(WeightSource source, ModelConfig config, WeightNames names, TensorOps ops) {
    this.source = source;
    this.config = config;
    this.names = names;
    this.ops = ops;
  }

  /** Reads a layer; {@code block} comes before the names of its weights. */
  BlockWeights block(String block) throws IOException {
    int dModel = config.dModel();
    int dMlp = config.dMlp();
    Attention attention = config.attention();
    int queryWidth = attention.nHeads() * attention.dHead();
    int keyWidth = attention.nKvHeads() * attention.dHead();
    boolean inputBias = attention.inputBias();

    Linear query;
    Linear key;
    Linear value;
    if (names.has(Weight.FUSED_QKV)) {
      String fused = block + names.of(Weight.FUSED_QKV);
      int all = queryWidth + 2 * keyWidth;
      Tensor weight = weight(fused, dModel, all);
      @Nullable Tensor bias = inputBias ? resident(fused + ".bias", all) : null;
      query = part(weight, bias, 0, queryWidth);
      key = part(weight, bias, queryWidth, queryWidth + keyWidth);
      value = part(weight, bias, queryWidth + keyWidth, all);
    } else {
      query = linear(block + names.of(Weight.QUERY), dModel, queryWidth, inputBias);
      key = linear(block + names.of(Weight.KEY), dModel, keyWidth, inputBias);
      value = linear(block + names.of(Weight.VALUE), dModel, keyWidth, inputBias);
    }
    String attentionOut = block + names.of(Weight.ATTENTION_OUT);
    Tensor outWeight = weight(attentionOut, queryWidth, dModel);
    PackedMatrix out = ops.packBothWays(outWeight, names.layout());
    @Nullable Tensor outBias =
        attention.outputBias() ? resident(attentionOut + ".bias", dModel) : null;
    boolean mlpBias = config.mlp().bias();
    return new BlockWeights(
        norm(block + names.of(Weight.ATTENTION_NORM)),
        query,
        key,
        headNorm(block, Weight.QUERY_NORM),
        headNorm(block, Weight.KEY_NORM),
        value.weight(),
        value.bias() == null ? null : value.bias().reshape(attention.nKvHeads(), attention.dHead()),
        out,
        attentionBias(value.bias(), out, outBias),
        norm(block + names.of(Weight.MLP_NORM)),
        config.mlp().gated() ? linear(block + names.of(Weight.GATE), dModel, dMlp, mlpBias) : null,
        linear(block + names.of(Weight.UP), dModel, dMlp, mlpBias),
        linear(block + names.of(Weight.DOWN), dMlp, dModel, mlpBias));
  }

  /** beta = sum over h of b_V^h W_O^h + b_O; every query head of a group shares its b_V. */
  private @Nullable Tensor attentionBias(
      @Nullable Tensor valueBias, PackedMatrix out, @Nullable Tensor outBias) {
    if (valueBias == null) {
      return outBias;
    }
    int dHead = config.dHead();
    int group = config.nHeads() / config.nKvHeads();
    Tensor perHead = Tensor.zeros(1, config.nHeads() * dHead);
    for (int h = 0; h < config.nHeads(); h++) {
      valueBias.copyTo((long) (h / group) * dHead, perHead.array(), h * dHead, dHead);
    }
    Tensor beta = ops.zeros(1, config.dModel());
    ops.matmul(ops.resident(perHead), out, outBias, beta);
    return ops.resident(
        beta.row(0).toHeap()); // a layer may be read within a scope, and outlives it
  }

  private Linear part(Tensor weight, @Nullable Tensor bias, int from, int to) {
    return new Linear(
        ops.pack(weight, names.layout(), from, to), bias == null ? null : bias.rows(from, to));
  }

  private Linear linear(String name, int inputs, int outputs, boolean bias) throws IOException {
    return new Linear(
        ops.pack(weight(name, inputs, outputs), names.layout()),
        bias ? resident(name + ".bias", outputs) : null);
  }

  private Tensor weight(String name, int inputs, int outputs) throws IOException {
    return names.layout() == WeightLayout.OUT_IN
        ? tensor(name + ".weight", outputs, inputs)
        : tensor(name + ".weight", inputs, outputs);
  }

  private @Nullable Tensor headNorm(String block, Weight norm) throws IOException {
    return config.attention().headNorm()
        ? resident(block + names.of(norm) + ".weight", config.dHead())
        : null;
  }

  NormWeights norm(String name) throws IOException {
    if (!config.norm().affine()) {
      return new NormWeights(null, null);
    }
    Tensor gain = resident(name + ".weight", config.dModel());
    boolean bias = config.norm().kind() == Norm.Kind.LAYER_NORM;
    return new NormWeights(gain, bias ? resident(name + ".bias", config.dModel()) : null);
  }

  /** Returns a gain or a bias where the model computes. */
  private Tensor resident(String name, int size) throws IOException {
    return ops.resident(tensor(name, size));
  }

  /** Returns a tensor by its whole name as it is stored, unlooked at. */
  Tensor stored(String name, int... shape) throws IOException {
    asked.put(name, shape);
    return source.tensor(name, shape);
  }

  /** Returns a tensor by its whole name; all its elements are finite. */
  Tensor tensor(String name, int... shape) throws IOException {
    Tensor tensor = stored(name, shape);
    if (!ops.allFinite(tensor)) {
      throw new MissingTensorException(
          source.location(), name, "has weights that are NaN or infinite");
    }
    return tensor;
  }

  /** Returns the names of the tensors that were asked for, with their shapes. */
  Map<String, int[]> asked() {
    return asked;
  }
}
