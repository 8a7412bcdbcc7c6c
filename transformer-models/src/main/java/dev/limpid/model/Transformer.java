package dev.limpid.model;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Positions;
import dev.limpid.model.trace.ForwardTrace;
import dev.limpid.model.trace.LayerTrace;
import dev.limpid.model.trace.Provenance;
import dev.limpid.model.trace.TraceDetail;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.TensorOps;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A transformer: one forward pass for all families, which differ only in their {@link ModelConfig}.
 *
 * <p>Letters in shapes: T positions, D model width, H and K query and key/value heads, d head
 * width, F neurons, V vocabulary. Safe to share between threads.
 */
public final class Transformer {
  private final ModelConfig config;
  private final TransformerWeights weights;
  private final TensorOps ops;
  private final Provenance provenance;

  /** Puts a model together; see {@code ModelLoader} for one from a checkpoint. */
  public Transformer(
      ModelConfig config, TransformerWeights weights, TensorOps ops, Provenance provenance) {
    this.config = config;
    this.weights = weights;
    this.ops = ops;
    this.provenance = provenance;
  }

  /** Returns the facts of the architecture. */
  public ModelConfig config() {
    return config;
  }

  /** Returns the weights. */
  public TransformerWeights weights() {
    return weights;
  }

  /** Returns the operations this model runs on. */
  public TensorOps ops() {
    return ops;
  }

  /** Returns where this model comes from and what it runs on. */
  public Provenance provenance() {
    return provenance;
  }

  /**
   * Runs one prompt and keeps its insides.
   *
   * @param tokens T ids, BOS included
   * @throws IllegalArgumentException if there are none, more than the context holds, or an id is
   *     not in the vocabulary
   */
  public ForwardTrace trace(List<Integer> tokens, TraceDetail detail) {
    requireValid(tokens);
    List<Tensor> residuals = new ArrayList<>();
    List<LayerTrace> layers = new ArrayList<>();
    Tensor resid = embed(tokens);
    residuals.add(resid);
    for (int layer = 0; layer < config.nLayers(); layer++) {
      LayerTrace traced = block(layer, resid);
      if (detail == TraceDetail.FULL) {
        layers.add(traced);
      }
      resid = traced.residPost();
      residuals.add(resid);
    }
    return new ForwardTrace(
        config,
        provenance,
        detail,
        tokens,
        residuals,
        detail == TraceDetail.FULL ? layers::get : layer -> block(layer, residuals.get(layer)),
        this::unembed);
  }

  /** Returns the residual state in front of the first layer, [T, D]. */
  public Tensor embed(List<Integer> tokens) {
    int[] ids = tokens.stream().mapToInt(Integer::intValue).toArray();
    Tensor resid = Tensor.zeros(ids.length, config.dModel());
    ops.embed(weights.embedding(), ids, resid);
    if (weights.positions() != null && config.positions() instanceof Positions.Learned learned) {
      int[] rows = IntStream.range(0, ids.length).map(t -> t + learned.offset()).toArray();
      Tensor positions = Tensor.zeros(ids.length, config.dModel());
      ops.embed(weights.positions(), rows, positions);
      ops.add(resid, positions, resid);
    }
    return resid;
  }

  /**
   * Runs one layer: attention, then the MLP, each reading the normed residual stream and adding to
   * it.
   *
   * @param residPre [T, D], not modified
   */
  public LayerTrace block(int layer, Tensor residPre) {
    BlockWeights block = weights.blocks().get(layer);
    int nPositions = residPre.dim(0);
    int nHeads = config.nHeads();
    int nKvHeads = config.nKvHeads();

    // Attention: who looks at whom, what they say, and what it adds up to.
    Tensor attnIn = norm(residPre, block.attentionNorm());
    Tensor queries = normHeads(apply(block.query(), attnIn), block.queryGain()); // [T, H d]
    Tensor keys = normHeads(apply(block.key(), attnIn), block.keyGain()); // [T, K d]
    if (config.positions() instanceof Positions.Rotary rotary) {
      Tensor[] angles = Rotary.angles(rotary, config.dHead(), 0, nPositions);
      ops.rotate(queries, config.dHead(), angles[0], angles[1]);
      ops.rotate(keys, config.dHead(), angles[0], angles[1]);
    }
    Tensor pattern = Tensor.zeros(nHeads, nPositions, nPositions);
    ops.causalPattern(
        queries,
        keys,
        nHeads,
        nKvHeads,
        config.attentionScale(layer),
        config.window(layer),
        pattern);
    Tensor value = byHead(apply(block.value(), null, attnIn)); // [K, T, d]
    Tensor mixed = Tensor.zeros(nPositions, nHeads * config.dHead());
    ops.attend(pattern, value, mixed);
    Tensor attnOut = apply(block.attentionOut(), block.attentionBias(), mixed);
    Tensor residMid = sum(residPre, attnOut);

    // MLP: neurons fire on the new state and write their rows of W_out.
    Tensor mlpIn = norm(residMid, block.mlpNorm());
    Tensor up = apply(block.up(), mlpIn); // [T, F]
    Tensor neuronPre = block.gate() == null ? up : apply(block.gate(), mlpIn);
    Tensor neuronPost = Tensor.zeros(nPositions, config.dMlp());
    ops.activate(config.mlp().activation(), neuronPre, neuronPost);
    if (block.gate() != null) {
      ops.multiply(neuronPost, up, neuronPost);
    }
    Tensor mlpOut = apply(block.down(), neuronPost);
    Tensor residPost = sum(residMid, mlpOut);

    return new LayerTrace(
        residPre, attnOut, residMid, mlpOut, residPost, pattern, value, neuronPre, neuronPost);
  }

  /**
   * Returns what every head adds to the residual stream, summed over keys, without biases: [H, T,
   * D].
   */
  public Tensor headOut(int layer, LayerTrace trace) {
    int nPositions = trace.residPre().dim(0);
    int dHead = config.dHead();
    Tensor mixed = Tensor.zeros(nPositions, config.nHeads() * dHead);
    ops.attend(trace.pattern(), trace.value(), mixed);
    Tensor out = Tensor.zeros(config.nHeads(), nPositions, config.dModel());
    Tensor ofHead = Tensor.zeros(nPositions, dHead);
    for (int h = 0; h < config.nHeads(); h++) {
      for (int t = 0; t < nPositions; t++) {
        mixed.copyTo(((long) t * config.nHeads() + h) * dHead, ofHead.array(), t * dHead, dHead);
      }
      PackedMatrix projection =
          weights.blocks().get(layer).attentionOut().inputs(h * dHead, (h + 1) * dHead);
      ops.matmul(ofHead, projection, null, out.row(h));
    }
    return out;
  }

  /** Returns the logits of states through the final norm and the head: [n, D] to [n, V]. */
  public Tensor unembed(Tensor states) {
    return apply(weights.head(), null, finalNorm(states));
  }

  /** Returns states through the final norm: [n, D] to [n, D]. */
  public Tensor finalNorm(Tensor states) {
    return norm(states, weights.finalNorm());
  }

  /** Returns states through one of this model's norms: [n, D] to [n, D]; x is not modified. */
  public Tensor norm(Tensor x, NormWeights learned) {
    Tensor out = Tensor.zeros(x.dim(0), x.dim(1));
    float epsilon = config.norm().epsilon();
    switch (config.norm().kind()) {
      case LAYER_NORM -> ops.layerNorm(x, learned.gain(), learned.bias(), epsilon, out);
      case RMS_NORM -> ops.rmsNorm(x, Objects.requireNonNull(learned.gain()), epsilon, out);
    }
    return out;
  }

  /** Brings every head of x [T, n d] to a root mean square of 1, times the gain; modifies x. */
  private Tensor normHeads(Tensor x, @Nullable Tensor gain) {
    if (gain != null) {
      Tensor heads = x.reshape(x.dim(0) * x.dim(1) / config.dHead(), config.dHead());
      ops.rmsNorm(heads, gain, config.norm().epsilon(), heads);
    }
    return x;
  }

  private Tensor apply(Linear linear, Tensor x) {
    return apply(linear.weight(), linear.bias(), x);
  }

  private Tensor apply(PackedMatrix weight, @Nullable Tensor bias, Tensor x) {
    Tensor out = Tensor.zeros(x.dim(0), weight.outputs());
    ops.matmul(x, weight, bias, out);
    return out;
  }

  private Tensor sum(Tensor a, Tensor b) {
    Tensor out = Tensor.zeros(a.dim(0), a.dim(1));
    ops.add(a, b, out);
    return out;
  }

  /** Reorders [T, K d] to [K, T, d]. */
  private Tensor byHead(Tensor x) {
    int dHead = config.dHead();
    int nHeads = x.dim(1) / dHead;
    Tensor out = Tensor.zeros(nHeads, x.dim(0), dHead);
    for (int t = 0; t < x.dim(0); t++) {
      for (int h = 0; h < nHeads; h++) {
        long from = ((long) t * nHeads + h) * dHead;
        x.copyTo(from, out.array(), (h * x.dim(0) + t) * dHead, dHead);
      }
    }
    return out;
  }

  private void requireValid(List<Integer> tokens) {
    if (tokens.isEmpty()) {
      throw new IllegalArgumentException(
          "the prompt has no tokens; give some text, or a BOS in front of it");
    }
    if (tokens.size() > config.nContext()) {
      throw new IllegalArgumentException(
          "the prompt has %d tokens, the model's context holds %d; shorten it"
              .formatted(tokens.size(), config.nContext()));
    }
    for (int t = 0; t < tokens.size(); t++) {
      if (tokens.get(t) < 0 || tokens.get(t) >= config.dVocab()) {
        throw new IllegalArgumentException(
            "token %d at position %d is not in the vocabulary (0 to %d)"
                .formatted(tokens.get(t), t, config.dVocab() - 1));
      }
    }
  }
}
