package dev.limpid.attribution;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parts of the states of a layer beside the terms of attention, where a model computes: a row
 * of numbers each, which come home together.
 */
final class PartRows {
  /** Seven parts, and two rows of flags. */
  private static final int MOST = 9;

  private final TensorOps ops;
  private final Tensor rows;
  private int count;

  /** Makes room for rows of T numbers, which end with the scope. */
  PartRows(TensorOps ops, int nPositions) {
    this.ops = ops;
    this.rows = ops.zeros(MOST, nPositions);
  }

  /**
   * A row.
   *
   * @param values [T], where the model computes
   * @param isThere whether it is of a part; zeros if not
   */
  record Part(int row, Tensor values, boolean isThere) {
    /** Returns it, [T], of those that are at home. */
    Tensor of(Tensor home) {
      return home.row(row);
    }
  }

  /** Adds the proximities of a part of states [T, D]; null for what is none. */
  Part add(@Nullable Tensor part, Tensor whole) {
    Part added = next(part != null);
    if (part != null) {
      ops.proximity(part, whole, added.values);
    }
    return added;
  }

  /** Adds a row for whether parts cancel. */
  Part flags() {
    return next(false);
  }

  private Part next(boolean isThere) {
    int row = count++;
    return new Part(row, rows.row(row), isThere);
  }

  /** Makes shares of the parts of a state. */
  void normalise(
      @Nullable Tensor terms, List<Part> parts, Tensor whole, float floor, Part cancelling) {
    List<Tensor> others = parts.stream().filter(Part::isThere).map(Part::values).toList();
    ops.normaliseParts(terms, others, whole, floor, cancelling.values);
  }

  /** Returns all rows on the heap. */
  Tensor toHeap() {
    return rows.toHeap();
  }
}
