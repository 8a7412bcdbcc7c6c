package dev.limpid.routes.statistics;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A sample in which a head or a neuron had much to say.
 *
 * @param value the flow through the head, or the neuron's contribution
 * @param prompt its number in the corpus, from 0
 * @param position the target
 * @param text of the prompt, shortened; null where there is none
 */
public record Example(double value, long prompt, int position, @Nullable String text) {
  /** The strongest first; equals by where they stand in the corpus, whatever order they came in. */
  static final Comparator<Example> STRONGEST_FIRST =
      Comparator.comparingDouble((Example e) -> -e.value)
          .thenComparingLong(Example::prompt)
          .thenComparingInt(Example::position);
}
