package dev.limpid.attribution;

import dev.limpid.model.ExpertTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What every expert of a layer brought to each position: the contributions of the parts of y =
 * residPost[t], which are what the chosen experts wrote, their weights inside, what the expert
 * wrote that all positions go to, and residMid[t]. A sum of its own beside that of the routes,
 * where all of them together are one part.
 *
 * @param experts [T, E], one column more at the end for the expert that all go to; 0 of those that
 *     a position did not go to
 * @param residual [T]
 */
public record ExpertContributions(Tensor experts, Tensor residual) {

  /**
   * Computes them, biases excluded; empty for a layer without experts.
   *
   * @param trace of that layer, not modified
   */
  public static Optional<ExpertContributions> of(
      Transformer model, int layer, LayerTrace trace, ContributionOptions options) {
    @Nullable ExpertTrace chosen = trace.experts();
    if (chosen == null) {
      return Optional.empty();
    }
    int count = chosen.router().dim(1);
    int columns = count + (chosen.shared() == null ? 0 : 1);
    int nPositions = trace.residPost().dim(0);
    Tensor experts = Tensor.zeros(nPositions, columns);
    Tensor residual = Tensor.zeros(nPositions);
    try (Scope _ = model.ops().scope()) {
      BlockParts parts = new BlockParts(model, layer, trace);
      Tensor before = parts.mlpResidual();
      for (int t = 0; t < nPositions; t++) {
        float[] whole = trace.residPost().row(t).toFloats();
        double[] proximities = new double[columns + 1];
        List<Integer> of = chosen.chosen().get(t);
        for (int j = 0; j < of.size(); j++) {
          proximities[of.get(j)] = proximity(parts, chosen.out(t, j), t, whole);
        }
        if (chosen.shared() != null) {
          proximities[count] = proximity(parts, chosen.shared().row(t), t, whole);
        }
        proximities[columns] = ContributionMeasure.L1.proximity(before.row(t).toFloats(), whole);
        double[] shares = Shares.of(proximities, options.floor(), Shares.norm(whole)).values();
        for (int e = 0; e < columns; e++) {
          boolean isPart = e == count || of.contains(e);
          experts.array()[t * columns + e] = isPart ? (float) shares[e] : 0;
        }
        residual.array()[t] = (float) shares[columns];
      }
    }
    return Optional.of(new ExpertContributions(experts, residual));
  }

  private static double proximity(BlockParts parts, Tensor written, int t, float[] whole) {
    Tensor row = parts.model().ops().resident(written).reshape(1, whole.length);
    return ContributionMeasure.L1.proximity(parts.behindMlp(row, t).row(0).toFloats(), whole);
  }
}
