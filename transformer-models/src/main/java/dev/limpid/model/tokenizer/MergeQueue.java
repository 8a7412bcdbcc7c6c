package dev.limpid.model.tokenizer;

import java.util.Arrays;

/**
 * Merges that wait, lowest rank first, leftmost first among equals: a binary heap of primitives.
 */
final class MergeQueue {
  private long[] heap;
  private int size;

  MergeQueue(int capacity) {
    heap = new long[Math.max(8, capacity)];
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(int rank, int position) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, 2 * size);
    }
    long entry = ((long) rank << 32) | position;
    int at = size++;
    while (at > 0 && heap[(at - 1) / 2] > entry) {
      heap[at] = heap[(at - 1) / 2];
      at = (at - 1) / 2;
    }
    heap[at] = entry;
  }

  /** Removes the first merge; {@link #rank} and {@link #position} read it. */
  long poll() {
    long first = heap[0];
    long last = heap[--size];
    int at = 0;
    for (int child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && heap[child + 1] < heap[child]) {
        child++;
      }
      if (last <= heap[child]) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return first;
  }

  static int rank(long entry) {
    return (int) (entry >>> 32);
  }

  static int position(long entry) {
    return (int) entry;
  }
}
