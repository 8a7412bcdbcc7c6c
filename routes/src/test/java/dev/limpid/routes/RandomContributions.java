package dev.limpid.routes;

import dev.limpid.attribution.BiasOption;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.LayerContributions;
import dev.limpid.attribution.NodeShares;
import dev.limpid.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Contributions that no model made: few large parts, many small ones, some nodes cancelling. */
public final class RandomContributions {
  private RandomContributions() {}

  /**
   * Returns contributions that depend on the seed alone.
   *
   * @param cancelling the probability that the parts of a node cancel
   */
  public static Contributions of(
      long seed, int nLayers, int nPositions, int nHeads, BiasOption bias, double cancelling) {
    Random random = new Random(seed);
    List<LayerContributions> layers = new ArrayList<>();
    for (int l = 0; l < nLayers; l++) {
      layers.add(layer(random, nPositions, nHeads, bias, cancelling));
    }
    return new Contributions(new ContributionOptions(bias, 0), layers);
  }

  private static LayerContributions layer(
      Random random, int nPositions, int nHeads, BiasOption bias, double cancelling) {
    Tensor attention = Tensor.zeros(nHeads, nPositions * (nPositions + 1) / 2);
    Tensor[] rows = new Tensor[5];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Tensor.zeros(nPositions);
    }
    List<Integer> attentionCancelling = new ArrayList<>();
    List<Integer> mlpCancelling = new ArrayList<>();
    for (int t = 0; t < nPositions; t++) {
      List<Tensor> parts = new ArrayList<>();
      for (int h = 0; h < nHeads; h++) {
        int first = LayerContributions.pair(t, 0);
        parts.add(attention.row(h).rows(first, first + t + 1));
      }
      parts.add(rows[0].rows(t, t + 1));
      parts.add(rows[1].rows(t, bias == BiasOption.SEPARATE ? t + 1 : t));
      Tensor mlpBias = rows[4].rows(t, bias == BiasOption.SEPARATE ? t + 1 : t);
      if (!fill(random, cancelling, parts)) {
        attentionCancelling.add(t);
      }
      if (!fill(
          random, cancelling, List.of(rows[2].rows(t, t + 1), rows[3].rows(t, t + 1), mlpBias))) {
        mlpCancelling.add(t);
      }
    }
    return new LayerContributions(
        attention,
        new NodeShares(
            rows[0], rows[1], rows[2], rows[3], rows[4], attentionCancelling, mlpCancelling));
  }

  /** Fills the parts of one node with numbers that sum to 1, or returns false for a cancelling. */
  private static boolean fill(Random random, double cancelling, List<Tensor> parts) {
    double sum = 0;
    for (Tensor part : parts) {
      for (int i = 0; i < part.size(); i++) {
        double proximity = random.nextDouble() < 0.3 ? 0 : Math.pow(random.nextDouble(), 6);
        part.array()[part.offset() + i] = (float) proximity;
        sum += proximity;
      }
    }
    if (sum == 0) {
      parts.getFirst().array()[parts.getFirst().offset()] = 1;
      sum = 1;
    }
    boolean cancels = random.nextDouble() < cancelling;
    for (Tensor part : parts) {
      for (int i = 0; i < part.size(); i++) {
        int at = part.offset() + i;
        part.array()[at] = cancels ? 0 : (float) (part.array()[at] / sum);
      }
    }
    return !cancels;
  }
}
