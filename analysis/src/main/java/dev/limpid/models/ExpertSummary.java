package dev.limpid.models;

import dev.limpid.model.config.Experts;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the experts of a model are.
 *
 * @param count how many a layer has
 * @param used to how many of them a position goes
 * @param dExpert neurons of each
 * @param dShared neurons of the expert that all positions go to; null without one
 * @param layers the layers that have experts in the place of an MLP
 */
public record ExpertSummary(
    int count, int used, int dExpert, @Nullable Integer dShared, List<Integer> layers) {

  static ExpertSummary of(Experts experts) {
    OptionalInt shared = experts.dShared();
    return new ExpertSummary(
        experts.count(),
        experts.used(),
        experts.dExpert(),
        shared.isPresent() ? shared.getAsInt() : null,
        IntStream.range(0, experts.layers().size()).filter(experts.layers()::get).boxed().toList());
  }

  /** Returns whether every one of so many layers has them. */
  public boolean everywhere(int nLayers) {
    return layers.size() == nLayers;
  }
}
