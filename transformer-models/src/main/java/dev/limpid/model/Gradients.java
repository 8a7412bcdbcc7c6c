package dev.limpid.model;

import dev.limpid.model.config.Norm;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The forward pass of {@link Transformer}, written backwards: how a number read from the logits at
 * one position changes with every state before them.
 *
 * <p>One layer is in memory at a time, beside what the trace keeps; a layer that it does not keep
 * is computed again. Letters in shapes as in {@link Transformer}. Safe to share between threads.
 */
public final class Gradients {
  private final Transformer model;
  private final BackwardRules rules;
  private final TensorOps ops;

  /** Creates the pass through a model, by its derivatives or by other rules. */
  public Gradients(Transformer model, BackwardRules rules) {
    this.model = model;
    this.rules = rules;
    this.ops = model.ops();
  }

  /**
   * Runs backwards from one position.
   *
   * @param trace of the same model, not modified
   * @param position t, whose logits the number is read from
   * @param logits how it changes with them, [V], on the heap; not modified
   * @param each sees the layers; what it throws ends the pass
   * @return how it changes with the first residual state, [T, D]; 0 at positions after t
   * @throws IllegalArgumentException if the trace is of a run with interventions
   * @throws NonFiniteStateException if the gradients are too large to compute with
   */
  public Tensor run(ForwardTrace trace, int position, Tensor logits, GradientVisitor each) {
    trace.requireUnchanged("gradients");
    try (Scope pass = ops.scope()) {
      Rotary.@Nullable Angles back = model.anglesBack(trace.nPositions());
      Tensor resid = unembed(trace.finalResidual(), position, logits);
      for (int layer = trace.nLayers() - 1; layer >= 0; layer--) {
        try (Scope ofLayer = ops.scope()) {
          LayerTrace states = trace.layer(layer);
          LayerGradients gradients = block(layer, states, resid, back);
          model.requireFinite(gradients.residPre(), "the gradients of layer " + layer);
          each.layer(layer, states, gradients);
          resid = ofLayer.keep(gradients.residPre());
        }
      }
      return pass.keep(resid);
    }
  }

  /** From the logits of one position to the last residual states, [T, D]. */
  private Tensor unembed(Tensor states, int position, Tensor logits) {
    Tensor row = ops.zeros(1, logits.dim(0));
    ops.copy(logits.reshape(1, logits.dim(0)), row);
    Tensor normed = back(model.weights().head(), row);
    Tensor state = states.rows(position, position + 1);
    Tensor gradient = ops.zeros(states.dim(0), states.dim(1));
    ops.copy(
        norm(state, model.weights().finalNorm(), normed), gradient.rows(position, position + 1));
    return gradient;
  }

  /**
   * One layer: the MLP, then attention, each from what it added to the residual stream to what it
   * read from it.
   *
   * @param residPost [T, D]
   */
  private LayerGradients block(
      int layer, LayerTrace states, Tensor residPost, Rotary.@Nullable Angles back) {
    BlockWeights block = model.weights().block(layer);

    // MLP: from the neurons' rows of W_out to what made them fire.
    Tensor neuronPost = back(block.down().weight(), residPost); // [T, F]
    Neurons neurons = neurons(block, states, neuronPost);
    Tensor mlpIn = back(block.up().weight(), neurons.up());
    if (block.gate() != null) {
      ops.add(mlpIn, back(block.gate().weight(), neurons.pre()), mlpIn);
    }
    Tensor residMid = norm(states.residMid(), block.mlpNorm(), mlpIn);
    ops.add(residPost, residMid, residMid);

    // Attention: from what was mixed to values and pattern, from the pattern to queries and keys.
    Tensor mixed = back(block.attentionOut(), residMid); // [T, H d]
    Tensor pattern = like(states.pattern());
    ops.patternBackward(mixed, states.value(), pattern);
    Tensor values = ops.zeros(mixed.dim(0), block.value().outputs()); // [T, K d]
    ops.attendTransposed(states.pattern(), mixed, values);
    if (rules.values() != 1) {
      ops.scale(values, rules.values(), values);
    }
    Tensor attnIn = back(block.value(), values);
    if (rules.scores() != 0) {
      addScores(layer, block, states, pattern, back, attnIn);
    }
    Tensor residPre = norm(states.residPre(), block.attentionNorm(), attnIn);
    ops.add(residMid, residPre, residPre);

    return new LayerGradients(residPre, residMid, residPost, pattern, neurons.pre(), neuronPost);
  }

  /**
   * What the neurons make of the projections they read.
   *
   * @param pre [T, F] before the activation; of a gated MLP, the gate
   * @param up [T, F] the up projection; without a gate the same as pre
   */
  private record Neurons(Tensor pre, Tensor up) {}

  private Neurons neurons(BlockWeights block, LayerTrace states, Tensor neuronPost) {
    Tensor pre = like(neuronPost);
    ops.slope(model.config().mlp().activation(), rules.slope(), states.neuronPre(), pre);
    ops.multiply(pre, neuronPost, pre);
    if (block.gate() == null) {
      return new Neurons(pre, pre);
    }
    // neuronPost = act(gate) * up: each factor's gradient is times the other.
    ops.multiply(pre, states.neuronUp(), pre);
    Tensor up = like(neuronPost);
    ops.activate(model.config().mlp().activation(), states.neuronPre(), up);
    ops.multiply(up, neuronPost, up);
    if (rules.gate() != 1) {
      ops.scale(pre, rules.gate(), pre);
      ops.scale(up, rules.gate(), up);
    }
    return new Neurons(pre, up);
  }

  /** Adds what goes by way of the pattern, through queries and keys, to what attention read. */
  private void addScores(
      int layer,
      BlockWeights block,
      LayerTrace states,
      Tensor pattern,
      Rotary.@Nullable Angles back,
      Tensor attnIn) {
    float scale = model.config().attentionShape(layer).scale() * rules.scores();
    Tensor scores = like(pattern);
    ops.softmaxBackward(states.pattern(), pattern, scale, scores);
    Tensor queries = like(states.queries());
    ops.attend(scores, model.byHead(states.keys()), queries);
    Tensor keys = like(states.keys());
    ops.attendTransposed(scores, states.queries(), keys);
    if (back != null) {
      ops.rotate(queries, model.config().dHead(), back.cos(), back.sin());
      ops.rotate(keys, model.config().dHead(), back.cos(), back.sin());
    }
    if (block.queryGain() != null || block.keyGain() != null) {
      Tensor normed = model.norm(states.residPre(), block.attentionNorm());
      headNorm(block.query(), block.queryGain(), normed, queries);
      headNorm(block.key(), block.keyGain(), normed, keys);
    }
    ops.add(attnIn, back(block.query().weight(), queries), attnIn);
    ops.add(attnIn, back(block.key().weight(), keys), attnIn);
  }

  /** Takes a gradient [T, n d] through the norm of every head, in place. */
  private void headNorm(Linear projection, @Nullable Tensor gain, Tensor in, Tensor gradient) {
    if (gain != null) {
      Tensor heads = model.apply(projection, in);
      int n = heads.dim(0) * heads.dim(1) / model.config().dHead();
      Tensor flat = gradient.reshape(n, model.config().dHead());
      ops.rmsNormBackward(
          heads.reshape(n, model.config().dHead()),
          gain,
          model.config().norm().epsilon(),
          rules.normsFrozen(),
          flat,
          flat);
    }
  }

  /** Takes a gradient through one of the model's norms, in place; returns it. */
  private Tensor norm(Tensor x, NormWeights learned, Tensor gradient) {
    Norm norm = model.config().norm();
    boolean frozen = rules.normsFrozen();
    switch (norm.kind()) {
      case LAYER_NORM ->
          ops.layerNormBackward(x, learned.gain(), norm.epsilon(), frozen, gradient, gradient);
      case RMS_NORM ->
          ops.rmsNormBackward(
              x,
              Objects.requireNonNull(learned.gain()),
              norm.epsilon(),
              frozen,
              gradient,
              gradient);
    }
    return gradient;
  }

  /** Takes a gradient [n, out] through a linear map, back to its inputs: [n, in]. */
  private Tensor back(PackedMatrix weight, Tensor gradient) {
    Tensor out = ops.zeros(gradient.dim(0), weight.inputs());
    ops.matmulTransposed(gradient, weight, out);
    return out;
  }

  private Tensor like(Tensor x) {
    return ops.zeros(x.shape().dims().stream().mapToInt(Integer::intValue).toArray());
  }
}
