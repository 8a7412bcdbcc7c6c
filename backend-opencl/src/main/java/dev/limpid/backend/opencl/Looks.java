package dev.limpid.backend.opencl;

import dev.limpid.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks for numbers that are none, behind other work of the same launch.
 *
 * @param own at what the launch writes, which only the items that wrote it may read
 * @param beside at what was there before
 */
record Looks(Look.@Nullable At own, Look.@Nullable At beside) {
  static final Looks NONE = new Looks(null, null);

  /** Returns whether there are none. */
  boolean isEmpty() {
    return own == null && beside == null;
  }

  /**
   * Returns these and one more.
   *
   * @param out of which each item that wrote an element can look at it; null for nothing
   * @param written all that the launch writes
   */
  Optional<Looks> with(Look next, @Nullable Tensor out, List<Tensor> written) {
    if (next.looks().size() > 1) {
      return Optional.empty();
    }
    Look.At at = next.looks().getFirst();
    if (own == null && out != null && Step.same(at.x(), out)) {
      return Optional.of(new Looks(at, beside));
    }
    return beside == null && Step.apart(List.of(at.x()), written)
        ? Optional.of(new Looks(own, at))
        : Optional.empty();
  }

  /** Returns the definition by which kernels know them. */
  String options() {
    return "-DLOOKS=" + ((own == null ? 0 : 1) + (beside == null ? 0 : 2));
  }

  /** Adds them to a launch, as kernels declare them. */
  void addTo(Launch launch) {
    if (own != null) {
      own.addTo(launch);
    }
    if (beside != null) {
      beside.addTo(launch);
      launch.arg(beside.x().size());
    }
  }
}
