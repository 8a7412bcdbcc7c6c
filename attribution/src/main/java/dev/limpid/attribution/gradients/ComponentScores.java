package dev.limpid.attribution.gradients;

import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import java.util.ArrayList;
import java.util.List;

/**
 * The score of every component of a run: of each term pattern[h, q, k] u[h, k] of attention, and of
 * each MLP's output.
 *
 * @param layers one entry per layer
 */
public record ComponentScores(List<LayerScores> layers) {

  /** Copies the list. */
  public ComponentScores {
    layers = List.copyOf(layers);
  }

  /**
   * Returns what each component is worth along the gradient: &lt;component, G&gt;. With the rules
   * of relevance, that is its relevance.
   */
  public static ComponentScores along(GradientRun run, MeanGradients gradients) {
    Transformer model = run.model();
    List<LayerScores> layers = new ArrayList<>();
    for (int l = 0; l < run.trace().nLayers(); l++) {
      layers.add(along(model, l, run.trace(), gradients));
    }
    return new ComponentScores(layers);
  }

  /**
   * Returns attribution patching (Nanda 2023; per term, edge attribution patching): to first order,
   * the effect of putting a reference value in the place of each component, &lt;reference -
   * component, G&gt;.
   *
   * @param references runs of as many tokens, whose mean is the reference; 0 where there are none
   */
  public static ComponentScores patching(
      GradientRun run, MeanGradients gradients, List<ForwardTrace> references) {
    Transformer model = run.model();
    List<LayerScores> layers = new ArrayList<>();
    for (int l = 0; l < run.trace().nLayers(); l++) {
      LayerScores own = along(model, l, run.trace(), gradients);
      Tensor terms = Tensor.zeros(own.attention().dim(0), own.mlp().length, own.mlp().length);
      double[] mlp = new double[own.mlp().length];
      add(-1, own, terms, mlp);
      for (ForwardTrace reference : references) {
        add(1.0 / references.size(), along(model, l, reference, gradients), terms, mlp);
      }
      layers.add(new LayerScores(terms, mlp));
    }
    return new ComponentScores(layers);
  }

  private static void add(double weight, LayerScores scores, Tensor terms, double[] mlp) {
    MeanGradients.add(weight, scores.attention(), terms);
    for (int t = 0; t < mlp.length; t++) {
      mlp[t] += weight * scores.mlp()[t];
    }
  }

  /**
   * One layer: the term's product is pattern[h, q, k] &lt;G W_O^h^T, value[k]&gt;, so that no term
   * is ever built.
   */
  private static LayerScores along(
      Transformer model, int layer, ForwardTrace run, MeanGradients gradients) {
    TensorOps ops = model.ops();
    try (Scope _ = ops.scope()) {
      LayerTrace states = run.layer(layer);
      int nPositions = run.nPositions();
      Tensor gradient = ops.zeros(nPositions, model.config().dModel());
      ops.copy(gradients.attention(layer), gradient);
      Tensor mixed = ops.zeros(nPositions, model.config().nHeads() * model.config().dHead());
      ops.matmulTransposed(gradient, model.weights().block(layer).attentionOut(), mixed);
      Tensor terms = ops.zeros(model.config().nHeads(), nPositions, nPositions);
      ops.patternBackward(mixed, states.value(), terms);
      ops.multiply(terms, states.pattern(), terms);
      return new LayerScores(
          terms.toHeap(), TokenScores.products(states.mlpOut(), gradients.mlp(layer)));
    }
  }
}
