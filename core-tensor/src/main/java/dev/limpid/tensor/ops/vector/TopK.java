package dev.limpid.tensor.ops.vector;

/**
 * The k largest of n numbers, kept in a heap of k indices whose root is the worst of them: nearly
 * all elements are turned down a block at a time, as none of it is larger than the root. NaN counts
 * as least.
 */
final class TopK {
  private static final int BLOCK = 256;

  private final float[] values;
  private final int offset;
  private final int[] heap;

  private TopK(float[] values, int offset, int k) {
    this.values = values;
    this.offset = offset;
    this.heap = new int[k];
  }

  /** Returns the indices of the k largest of n values from {@code offset} on, largest first. */
  static int[] of(float[] values, int offset, int n, int k) {
    return new TopK(values, offset, Math.min(k, n)).select(n);
  }

  private int[] select(int n) {
    int k = heap.length;
    if (k == 0) {
      return heap;
    }
    for (int i = 0; i < k; i++) {
      heap[i] = i;
    }
    for (int i = k / 2 - 1; i >= 0; i--) {
      siftDown(i, k);
    }
    for (int from = k; from < n; from += BLOCK) {
      int to = Math.min(n, from + BLOCK);
      if (larger(values, offset + from, offset + to, value(heap[0])) > 0) {
        take(from, to);
      }
    }
    for (int size = k - 1; size > 0; size--) {
      int last = heap[size];
      heap[size] = heap[0];
      heap[0] = last;
      siftDown(0, size);
    }
    return heap;
  }

  /**
   * Returns how many of some numbers are larger than another; NaN is not. The compiler makes
   * vectors of it, where it makes none of a largest number.
   */
  private static int larger(float[] x, int from, int to, float than) {
    int count = 0;
    for (int i = from; i < to; i++) {
      count += x[i] > than ? 1 : 0;
    }
    return count;
  }

  private void take(int from, int to) {
    float worst = value(heap[0]);
    for (int i = from; i < to; i++) {
      if (values[offset + i] > worst) {
        heap[0] = i;
        siftDown(0, heap.length);
        worst = value(heap[0]);
      }
    }
  }

  /** Moves the index at {@code i} down until both below it are better. */
  private void siftDown(int i, int size) {
    int index = heap[i];
    int at = i;
    for (int child = 2 * at + 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && isWorse(heap[child + 1], heap[child])) {
        child++;
      }
      if (!isWorse(heap[child], index)) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = index;
  }

  /** Of equal elements the one with the higher index is worse. */
  private boolean isWorse(int a, int b) {
    float va = value(a);
    float vb = value(b);
    return va < vb || (va == vb && a > b);
  }

  private float value(int i) {
    float value = values[offset + i];
    return Float.isNaN(value) ? Float.NEGATIVE_INFINITY : value;
  }
}
