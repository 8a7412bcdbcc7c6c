package dev.limpid.attribution;

import dev.limpid.model.ExpertTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
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
    ContributionOptions excluded = new ContributionOptions(BiasOption.EXCLUDED, options.floor());
    Tensor experts = Tensor.zeros(nPositions, columns);
    Tensor residual = Tensor.zeros(nPositions);
    try (Scope _ = model.ops().scope()) {
      BlockParts parts = new BlockParts(model, layer, trace);
      Tensor before = parts.mlpResidual();
      for (int t = 0; t < nPositions; t++) {
        ExpertParts there = ExpertParts.of(parts, before, null, excluded, t);
        for (ExpertParts.Written one : there.written()) {
          int column = one.choice() == null ? count : one.choice().expert();
          experts.array()[t * columns + column] = (float) one.contribution();
        }
        residual.array()[t] = (float) there.residual();
      }
    }
    return Optional.of(new ExpertContributions(experts, residual));
  }
}
