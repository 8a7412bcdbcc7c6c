package dev.limpid;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Some of the layers, heads, neurons, positions or keys that there are.
 *
 * @param listed their numbers; null for all
 */
public record Indices(@Nullable List<Integer> listed) {
  /** All there are. */
  public static final Indices ALL = new Indices(null);

  /** Copies the list. */
  public Indices {
    listed = listed == null ? null : List.copyOf(listed);
  }

  /** Returns some of them. */
  public static Indices of(Integer... numbers) {
    return new Indices(List.of(numbers));
  }

  /** Returns whether no number was named. */
  public boolean isAll() {
    return listed == null;
  }

  /** Returns the same without numbers below 0: -1 is the last of so many, -2 the one before it. */
  Indices fromStart(int count) {
    return listed == null
        ? this
        : new Indices(listed.stream().map(i -> i < 0 && i >= -count ? count + i : i).toList());
  }

  /** Returns the numbers, of so many that there are. */
  List<Integer> among(int count) {
    return listed == null ? IntStream.range(0, count).boxed().toList() : listed;
  }
}
