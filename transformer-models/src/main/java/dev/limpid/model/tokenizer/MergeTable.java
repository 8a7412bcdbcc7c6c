package dev.limpid.model.tokenizer;

import java.util.Arrays;
import java.util.List;

/**
 * The merges of a BPE model: from a pair of ids to its rank, and from a rank to the id that the
 * pair becomes. An open hash table of primitives: every symbol of a text is looked up here.
 */
final class MergeTable {
  private static final long EMPTY = -1;

  private final long[] pairs;
  private final int[] ranks;
  private final int[] results;

  /**
   * Creates a table; of merges of the same pair the last counts.
   *
   * @param merges [3 n]: left id, right id and result of every merge, by rank; not modified
   */
  MergeTable(int[] merges) {
    int count = merges.length / 3;
    int capacity = Math.max(16, Integer.highestOneBit(Math.max(1, count)) * 4);
    pairs = new long[capacity];
    ranks = new int[capacity];
    results = new int[count];
    Arrays.fill(pairs, EMPTY);
    for (int rank = 0; rank < count; rank++) {
      long pair = pair(merges[3 * rank], merges[3 * rank + 1]);
      int slot = slot(pair);
      pairs[slot] = pair;
      ranks[slot] = rank;
      results[rank] = merges[3 * rank + 2];
    }
  }

  /**
   * Creates a table from pieces.
   *
   * @param pairs left and right piece of every merge, by rank; not modified
   * @throws IllegalArgumentException if a piece, or what a merge makes, is not in the vocabulary
   */
  static MergeTable of(List<String> pairs, Vocabulary vocabulary) {
    int[] merges = new int[pairs.size() / 2 * 3];
    for (int i = 0; i < pairs.size() / 2; i++) {
      String left = pairs.get(2 * i);
      String right = pairs.get(2 * i + 1);
      merges[3 * i] = known(left, i, vocabulary);
      merges[3 * i + 1] = known(right, i, vocabulary);
      merges[3 * i + 2] = known(left + right, i, vocabulary);
    }
    return new MergeTable(merges);
  }

  private static int known(String piece, int merge, Vocabulary vocabulary) {
    int id = vocabulary.id(piece);
    if (id < 0) {
      throw new IllegalArgumentException(
          "merge %d needs the piece '%s', which is not in the vocabulary".formatted(merge, piece));
    }
    return id;
  }

  /**
   * Adds the two pieces of a merge that is written with a space between them.
   *
   * @throws IllegalArgumentException if it is not
   */
  static void addPair(String merge, List<String> pairs) {
    int space = merge.indexOf(' ');
    if (space < 0 || merge.indexOf(' ', space + 1) >= 0) {
      throw new IllegalArgumentException(
          "merge %d is '%s', not two pieces with a space between"
              .formatted(pairs.size() / 2, merge));
    }
    pairs.add(merge.substring(0, space));
    pairs.add(merge.substring(space + 1));
  }

  /** Returns the rank of the merge of two ids, or -1 if they are not merged. */
  int rank(int left, int right) {
    int slot = slot(pair(left, right));
    return pairs[slot] == EMPTY ? -1 : ranks[slot];
  }

  /** Returns the id that the merge of a rank makes. */
  int result(int rank) {
    return results[rank];
  }

  private static long pair(int left, int right) {
    return ((long) left << 32) | right;
  }

  private int slot(long pair) {
    long mixed = pair * 0x9E3779B97F4A7C15L;
    int slot = (int) (mixed ^ (mixed >>> 32)) & (pairs.length - 1);
    while (pairs[slot] != pair && pairs[slot] != EMPTY) {
      slot = (slot + 1) & (pairs.length - 1);
    }
    return slot;
  }
}
