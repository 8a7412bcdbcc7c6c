package dev.limpid.model;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.AttentionShape;
import dev.limpid.tensor.ops.Slope;
import dev.limpid.tensor.ops.TensorOps;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What goes by way of the pattern, backwards: through scores to queries and keys. */
record ScoresBackward(Transformer model, BackwardRules rules, TensorOps ops, Reach reach) {

  /**
   * Adds it to what attention read.
   *
   * @param normed makes what attention read, [T, D], where it is needed
   * @param pattern [H, T, T] the gradient in the pattern, not modified
   * @param attnIn [T, D] the gradient in what attention read, modified
   */
  void add(
      int layer,
      LayerTrace states,
      Supplier<Tensor> normed,
      Tensor pattern,
      Rotations back,
      Tensor attnIn) {
    AttentionShape shape = model.attentionShape(layer);
    Tensor scores = ops.zeros(pattern.dim(0), pattern.dim(1), pattern.dim(2));
    ops.softmaxBackward(states.pattern(), pattern, shape.scale() * rules.scores(), scores);
    Tensor keysByHead = model.byHead(states.keys());
    if (shape.rule().cap() != 0) {
      uncap(shape, states.queries(), keysByHead, scores);
    }
    Tensor queries = ops.zeros(states.queries().dim(0), states.queries().dim(1));
    ops.attend(scores, keysByHead, queries);
    Tensor keys = ops.zeros(states.keys().dim(0), states.keys().dim(1));
    ops.attendTransposed(scores, states.queries(), keys);
    back.turn(ops, layer, queries);
    back.turn(ops, layer, keys);
    BlockWeights block = model.weights().block(layer);
    unnorm(block.query(), block.queryNorm(), normed, queries);
    unnorm(block.key(), block.keyNorm(), normed, keys);
    ops.add(attnIn, reach.back(ops, block.query().weight(), queries), attnIn);
    ops.add(attnIn, reach.ofKeys().back(ops, block.key().weight(), keys), attnIn);
  }

  /** Multiplies by how steep the cap was at every score, which is computed again. */
  private void uncap(AttentionShape shape, Tensor queries, Tensor keys, Tensor gradient) {
    Tensor products = ops.zeros(gradient.dim(0), gradient.dim(1), gradient.dim(2));
    ops.patternBackward(queries, keys, products);
    float[] scores = products.toFloats();
    double cap = shape.rule().cap();
    Tensor slopes = Tensor.zeros(gradient.dim(0), gradient.dim(1), gradient.dim(2));
    for (int i = 0; i < scores.length; i++) {
      double capped = cap * Math.tanh(scores[i] * shape.scale() / cap);
      slopes.array()[i] = (float) Unembedding.slope(capped, cap, rules.slope() == Slope.SECANT);
    }
    ops.copy(slopes, products);
    ops.multiply(gradient, products, gradient);
  }

  /** Takes a gradient [T, n d] back through clip and norm, in place. */
  private void unnorm(
      Linear projection, @Nullable HeadNormWeights norm, Supplier<Tensor> in, Tensor gradient) {
    boolean clips = model.config().attention().clip().isPresent();
    if (norm == null && !clips) {
      return;
    }
    int dHead = model.config().dHead();
    Tensor heads = model.apply(projection, in.get());
    if (clips) {
      Tensor unclipped = ops.zeros(heads.dim(0), heads.dim(1));
      ops.copy(heads, unclipped);
      if (norm != null) {
        norm.apply(ops, dHead, unclipped);
      }
      Clip.back(ops, model.config().attention().clip().getAsDouble(), unclipped, gradient);
    }
    if (norm != null) {
      norm.back(ops, dHead, heads, rules.normsFrozen(), gradient);
    }
  }
}
