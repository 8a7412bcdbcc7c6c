package dev.limpid.model;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a layer has behind, or beside, its attention. */
public sealed interface MlpWeights {

  /** Returns the memory that the matrices take. */
  long bytes();

  /**
   * An MLP that all positions go through.
   *
   * @param gate the gate of a gated MLP, to F neurons, or null
   * @param up to F neurons
   * @param down W_out and b_out, from F neurons to D
   */
  record Dense(@Nullable Linear gate, Linear up, Linear down) implements MlpWeights {
    @Override
    public long bytes() {
      return (gate == null ? 0 : gate.weight().bytes())
          + up.weight().bytes()
          + down.weight().bytes();
    }
  }

  /**
   * Experts, to a few of which each position goes.
   *
   * @param router to E numbers that say which
   * @param experts E gated MLPs
   * @param shared an expert that all positions go to, or null
   * @param sharedGate to the number that weighs it, or null
   */
  record Sparse(
      Linear router, List<Dense> experts, @Nullable Dense shared, @Nullable PackedMatrix sharedGate)
      implements MlpWeights {
    /** Copies the list, if the experts are in memory. */
    public Sparse {
      experts = experts instanceof StreamedExperts ? experts : List.copyOf(experts);
    }

    @Override
    public long bytes() {
      return router.weight().bytes()
          + (experts instanceof StreamedExperts unread
              ? unread.bytes()
              : experts.stream().mapToLong(Dense::bytes).sum())
          + (shared == null ? 0 : shared.bytes());
    }
  }

  /** Returns b_out where it is a part of its own, [D]: of experts never, as the routing has it. */
  default @Nullable Tensor bias() {
    return this instanceof Dense dense ? dense.down.bias() : null;
  }
}
