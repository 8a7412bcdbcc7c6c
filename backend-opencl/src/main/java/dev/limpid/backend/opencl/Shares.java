package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.Programs.Kernel;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What parts of a state are of it, and sums of parts. */
record Shares(Session session) {
  /** Parts of a state beside the terms of attention, at most. */
  private static final int MOST_PARTS = 8;

  /** Writes how near every row of a part is to that of its whole. */
  void proximity(Tensor part, Tensor whole, Tensor out) {
    session
        .launch(new Kernel("proximity", ""))
        .in(part)
        .in(whole)
        .out(out)
        .arg(part.dim(1))
        .rows(part.dim(0));
  }

  /** Makes shares of proximities, in place. */
  void normalise(
      @Nullable Tensor terms, List<Tensor> others, Tensor whole, float floor, Tensor cancelling) {
    if (others.size() > MOST_PARTS) {
      throw new IllegalArgumentException(
          "normaliseParts: %d parts, at most %d".formatted(others.size(), MOST_PARTS));
    }
    Launch launch =
        session
            .launch(new Kernel("normalise_parts", ""))
            .in(terms == null ? whole : terms)
            .arg(terms == null ? 0 : terms.dim(0))
            .in(whole)
            .arg(whole.dim(1))
            .arg(floor)
            .arg((float) TensorOps.CANCELLING)
            .out(cancelling)
            .arg(others.size());
    for (int i = 0; i < MOST_PARTS; i++) {
      launch.in(i < others.size() ? others.get(i) : whole);
    }
    launch.rows(whole.dim(0));
  }

  /** Writes sums of terms and of at most two others. */
  void sumTerms(Tensor terms, List<Tensor> others, Tensor out) {
    Launch launch =
        session
            .launch(new Kernel("sum_terms", "-DOTHERS=" + others.size()))
            .in(terms)
            .arg(terms.dim(1))
            .arg(terms.dim(2));
    for (int i = 0; i < 2; i++) {
      launch.in(i < others.size() ? others.get(i) : terms);
    }
    launch.out(out).arg(out.size()).each(out.size());
  }
}
