package dev.limpid.model;

import dev.limpid.model.config.Residual;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.Slope;
import dev.limpid.tensor.ops.TensorOps;
import java.util.Objects;
import java.util.function.Supplier;

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
      Rotations back = model.rotationsBack(trace.nPositions());
      Tensor resid = unembed(trace, position, logits);
      Reach reach = new Reach(position, position + 1);
      for (int layer = trace.nLayers() - 1; layer >= 0; layer--) {
        try (Scope ofLayer = ops.scope()) {
          LayerTrace states = trace.layer(layer);
          LayerGradients gradients = block(layer, states, resid, reach, back);
          model.requireFinite(gradients.residPre(), "the gradients of layer " + layer);
          each.layer(layer, states, gradients);
          resid = ofLayer.keep(gradients.residPre());
          reach = reach.ofKeys();
        }
      }
      return pass.keep(resid);
    }
  }

  /** From the logits of one position to the last residual states, [T, D]. */
  private Tensor unembed(ForwardTrace trace, int position, Tensor logits) {
    Tensor states = trace.finalResidual();
    Tensor given = model.config().head().cap().isEmpty() ? logits : trace.logits(position);
    Tensor normed = model.unembedding().back(logits, given, isSecant());
    Tensor state = states.rows(position, position + 1);
    Tensor gradient = ops.zeros(states.dim(0), states.dim(1));
    ops.copy(
        norm(state, model.weights().finalNorm(), normed), gradient.rows(position, position + 1));
    return gradient;
  }

  private boolean isSecant() {
    return rules.slope() == Slope.SECANT;
  }

  /**
   * One layer: the MLP, then attention, each from what it added to the residual stream to what it
   * read from it.
   *
   * @param residPost [T, D]
   * @param reach where that is not 0
   */
  private LayerGradients block(
      int layer, LayerTrace states, Tensor residPost, Reach reach, Rotations back) {
    BlockWeights block = model.weights().block(layer);
    boolean parallel = model.config().residual().isParallel();

    // MLP: from the neurons' rows of W_out to what made them fire.
    Tensor mlpOut = ofSum(states.residMid(), states.mlpOut(), block.mlpPostNorm(), residPost);
    Tensor mlpRaw = ofRaw(() -> mlpRaw(block, states), block.mlpPostNorm(), mlpOut);
    Tensor read = parallel ? states.residPre() : states.residMid();
    MlpBackward.Read mlp =
        new MlpBackward(model, rules, ops, reach)
            .run(layer, states, () -> block.mlpNorm().of(ops, read), mlpRaw);
    Tensor mlpIn = norm(read, block.mlpNorm(), mlp.in());
    Tensor residMid = parallel ? mlpOut : sum(mlpOut, mlpIn);

    // Attention: from what was mixed to values and pattern, from the pattern to queries and keys.
    Tensor attnOut =
        ofSum(states.residPre(), states.attnOut(), block.attentionPostNorm(), residMid);
    Tensor attnRaw = ofRaw(() -> attnRaw(block, states), block.attentionPostNorm(), attnOut);
    Tensor mixed = reach.back(ops, block.attentionOut(), attnRaw); // [T, H d]
    Tensor pattern = like(states.pattern());
    ops.patternBackward(mixed, states.value(), pattern);
    Tensor values = ops.zeros(mixed.dim(0), block.value().weight().outputs()); // [T, K d]
    ops.attendTransposed(states.pattern(), mixed, values);
    if (rules.values() != 1) {
      ops.scale(values, rules.values(), values);
    }
    Supplier<Tensor> normed = () -> block.attentionNorm().of(ops, states.residPre());
    clipBack(() -> model.apply(block.value(), normed.get()), values);
    Tensor attnIn = reach.ofKeys().back(ops, block.value().weight(), values);
    if (rules.scores() != 0) {
      Tensor weights = withValueBias(block, states, mixed, pattern);
      new ScoresBackward(model, rules, ops, reach)
          .add(layer, states, normed, weights, back, attnIn);
    }
    Tensor residPre = sum(attnOut, norm(states.residPre(), block.attentionNorm(), attnIn));
    if (parallel) {
      ops.add(residPre, mlpIn, residPre);
    }
    return new LayerGradients(
        residPre,
        attnRaw,
        attnOut,
        residMid,
        mlpRaw,
        mlpOut,
        residPost,
        pattern,
        mlp.neuronPre(),
        mlp.neuronPost());
  }

  /** From a state to the sum it was normed from; the same where sums are not normed. */
  private Tensor ofSum(Tensor state, Tensor added, NormWeights postNorm, Tensor gradient) {
    return model.config().residual().normsSums()
        ? norm(sum(state, added), postNorm, copy(gradient))
        : gradient;
  }

  /** From what a block adds to what it computed, before the norm and the multiplier behind it. */
  private Tensor ofRaw(Supplier<Tensor> raw, NormWeights postNorm, Tensor gradient) {
    Residual residual = model.config().residual();
    boolean normed = postNorm.isThere() && !residual.normsSums();
    if (!normed && residual.multiplier() == 1) {
      return gradient;
    }
    Tensor out = copy(gradient);
    ops.scale(out, (float) residual.multiplier(), out);
    return normed ? norm(raw.get(), postNorm, out) : out;
  }

  private Tensor mlpRaw(BlockWeights block, LayerTrace states) {
    return switch (block.mlp()) {
      case MlpWeights.Dense dense -> model.apply(dense.down(), states.neuronPost());
      case MlpWeights.Sparse _ -> {
        Tensor sum = like(states.residPre());
        Objects.requireNonNull(states.experts()).sum(ops, sum);
        yield sum;
      }
    };
  }

  private Tensor attnRaw(BlockWeights block, LayerTrace states) {
    Tensor mixed = ops.zeros(states.residPre().dim(0), block.attentionOut().inputs());
    ops.attend(states.pattern(), states.value(), mixed);
    SinkBias.of(ops, block, states.pattern()).addTo(ops, mixed);
    return model.apply(new Linear(block.attentionOut(), block.attentionBias()), mixed);
  }

  /** Where a sink takes a part of every row, the weight of a term carries the value's bias, too. */
  private Tensor withValueBias(
      BlockWeights block, LayerTrace states, Tensor mixed, Tensor pattern) {
    if (block.sinks().isEmpty() || block.valueBias() == null) {
      return pattern;
    }
    Tensor values = ops.zeros(mixed.dim(0), block.value().weight().outputs());
    SinkBias.addToValues(ops, block, values);
    Tensor biases = model.byHead(values);
    ops.add(biases, states.value(), biases);
    Tensor whole = like(pattern);
    ops.patternBackward(mixed, biases, whole);
    return whole;
  }

  private void clipBack(Supplier<Tensor> unclipped, Tensor gradient) {
    model.config().attention().clip().ifPresent(c -> Clip.back(ops, c, unclipped.get(), gradient));
  }

  /** Takes a gradient through one of the model's norms, in place; returns it. */
  private Tensor norm(Tensor x, NormWeights learned, Tensor gradient) {
    return learned.back(ops, x, rules.normsFrozen(), gradient);
  }

  private Tensor sum(Tensor a, Tensor b) {
    Tensor out = like(a);
    ops.add(a, b, out);
    return out;
  }

  private Tensor copy(Tensor x) {
    Tensor out = like(x);
    ops.copy(x, out);
    return out;
  }

  private Tensor like(Tensor x) {
    return ops.zeros(x.shape().dims().stream().mapToInt(Integer::intValue).toArray());
  }
}
