package dev.limpid.backend.opencl;

import dev.limpid.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are normed, of a tensor or of a sum that is written as well.
 *
 * @param sum whose result is normed; null if that is there already
 * @param looks at what is written, or beside it
 */
record Normed(Session session, @Nullable Sum sum, Norm norm, Looks looks) implements Step {

  Normed(Session session, Norm norm) {
    this(session, null, norm, Looks.NONE);
  }

  @Override
  public Optional<Step> with(Step next) {
    if (next instanceof Look look) {
      return looks
          .with(look, norm.out(), written())
          .map(all -> new Normed(session, sum, norm, all));
    }
    if (!looks.isEmpty()) {
      return Optional.empty();
    }
    return switch (next) {
      case Normed other when other.isPlain() -> withNorm(other.norm);
      case RowsMultiplied gains when sum == null -> norm.withGains(gains).map(this::of);
      case Sum added when sum == null -> added.behind(norm);
      default -> Optional.empty();
    };
  }

  /** Returns whether it is a norm and nothing else. */
  boolean isPlain() {
    return sum == null && looks.isEmpty();
  }

  private Optional<Step> withNorm(Norm other) {
    Optional<Step> both = norm.withScales(other).map(this::of);
    return both.isPresent() || sum != null || !norm.isBeside(other)
        ? both
        : Optional.of(new NormPair(session, norm, other));
  }

  private Step of(Norm changed) {
    return new Normed(session, sum, changed, looks);
  }

  private List<Tensor> written() {
    return sum == null ? norm.written() : Step.both(norm.written(), sum.written());
  }

  @Override
  public void launch() {
    RowLaunch.of(session, sum, norm, looks);
  }
}
