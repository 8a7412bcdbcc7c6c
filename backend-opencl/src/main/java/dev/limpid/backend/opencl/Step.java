package dev.limpid.backend.opencl;

import dev.limpid.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An operation that can wait for the one behind it, to be done in the same launch: what comes of it
 * is, bit for bit, what comes of both by themselves.
 */
interface Step {
  /** Returns this and the next one as one; empty if each needs a launch of its own. */
  default Optional<Step> with(Step next) {
    return Optional.empty();
  }

  /** Enqueues it. */
  void launch();

  /** Returns whether two tensors are the same elements in the same shape. */
  static boolean same(Tensor a, Tensor b) {
    return a.memory().equals(b.memory())
        && a.memoryOffset() == b.memoryOffset()
        && a.shape().equals(b.shape());
  }

  /** Returns the elements of two lists. */
  static <T> List<T> both(List<T> some, List<T> others) {
    List<T> both = new ArrayList<>(some);
    both.addAll(others);
    return List.copyOf(both);
  }

  /** Returns whether none of some tensors lies in the memory of one of the others. */
  static boolean apart(List<Tensor> some, List<Tensor> others) {
    return some.stream()
        .noneMatch(a -> others.stream().anyMatch(b -> a.memory().equals(b.memory())));
  }
}
