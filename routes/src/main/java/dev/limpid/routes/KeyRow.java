package dev.limpid.routes;

import java.util.Arrays;

/**
 * The keys that one query may have got something from, ascending, the query itself last; a view.
 *
 * @param keys the keys of this query are keys[first] .. keys[first + size - 1]
 * @param contributions of key i through head h: contributions[at + i * keyStride + h * headStride]
 */
record KeyRow(
    int[] keys,
    int first,
    int size,
    int nHeads,
    float[] contributions,
    int at,
    int keyStride,
    int headStride) {

  /** Returns key i of this row. */
  int key(int i) {
    return keys[first + i];
  }

  /** Returns which key of this row that is. */
  int indexOf(int key) {
    return Arrays.binarySearch(keys, first, first + size, key) - first;
  }

  /** Returns what the query got from key i through one head. */
  float contribution(int i, int head) {
    return contributions[at + i * keyStride + head * headStride];
  }

  /** Returns what the query got from key i through all heads. */
  double summed(int i) {
    double sum = 0;
    for (int h = 0; h < nHeads; h++) {
      sum += contribution(i, h);
    }
    return sum;
  }
}
