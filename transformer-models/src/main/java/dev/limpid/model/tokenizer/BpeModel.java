package dev.limpid.model.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Byte-pair encoding: a word begins as single characters, and pairs are merged, lowest rank first.
 */
final class BpeModel {
  /** The mark of a symbol that was merged into its left neighbour. */
  private static final int MERGED = -1;

  private final Vocabulary vocabulary;
  private final MergeTable merges;
  private final BpeOptions options;
  private final int unknown;
  private final int[] byteIds = new int[256];

  BpeModel(Vocabulary vocabulary, MergeTable merges, BpeOptions options) {
    this.vocabulary = vocabulary;
    this.merges = merges;
    this.options = options;
    this.unknown = options.unknown() == null ? -1 : vocabulary.id(options.unknown());
    for (int b = 0; b < 256; b++) {
      byteIds[b] = vocabulary.id(ReadableBytes.hex((byte) b));
    }
  }

  Vocabulary vocabulary() {
    return vocabulary;
  }

  /** Returns the ids of a word, which is not empty. */
  int[] encode(String word) {
    if (options.ignoreMerges()) {
      int whole = vocabulary.id(word);
      if (whole >= 0) {
        return new int[] {whole};
      }
    }
    int[] symbols = new int[options.byteFallback() ? 3 * word.length() : word.length()];
    int count = symbols(word, symbols);
    return Arrays.copyOf(symbols, merge(symbols, count));
  }

  /** Writes the ids of the characters of a word and returns how many there are. */
  private int symbols(String word, int[] symbols) {
    int count = 0;
    boolean pendingUnknown = false;
    for (int at = 0; at < word.length(); ) {
      int codePoint = word.codePointAt(at);
      at += Character.charCount(codePoint);
      int id = vocabulary.id(codePoint);
      if (id >= 0) {
        if (pendingUnknown) {
          symbols[count++] = unknown;
          pendingUnknown = false;
        }
        symbols[count++] = id;
        continue;
      }
      int bytes = options.byteFallback() ? bytes(codePoint, symbols, count) : 0;
      count += bytes;
      if (bytes == 0 && options.unknown() != null) {
        if (unknown < 0) {
          throw new TokenizationException(
              "no piece for U+%04X, and the unknown token '%s' is not in the vocabulary"
                  .formatted(codePoint, options.unknown()));
        }
        if (pendingUnknown && !options.fuseUnknown()) {
          symbols[count++] = unknown;
        }
        pendingUnknown = true;
      }
    }
    if (pendingUnknown) {
      symbols[count++] = unknown;
    }
    return count;
  }

  /** Writes the ids of a character's bytes and returns how many; none if one byte has no piece. */
  private int bytes(int codePoint, int[] symbols, int from) {
    byte[] bytes = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      int id = byteIds[bytes[i] & 0xff];
      if (id < 0) {
        return 0;
      }
      symbols[from + i] = id;
    }
    return bytes.length;
  }

  /** Merges the first symbols in place and returns how many are left. */
  private int merge(int[] symbols, int count) {
    int[] previous = new int[count];
    int[] next = new int[count];
    MergeQueue queue = new MergeQueue(count);
    for (int i = 0; i < count; i++) {
      previous[i] = i - 1;
      next[i] = i + 1;
      addMerge(queue, symbols, i, i + 1, count);
    }
    while (!queue.isEmpty()) {
      long entry = queue.poll();
      int left = MergeQueue.position(entry);
      int right = next[left];
      int result = merges.result(MergeQueue.rank(entry));
      if (symbols[left] == MERGED || right == count || !makes(symbols, left, right, result)) {
        continue; // the symbols changed since the merge was queued
      }
      symbols[left] = result;
      symbols[right] = MERGED;
      next[left] = next[right];
      if (next[left] < count) {
        previous[next[left]] = left;
      }
      addMerge(queue, symbols, previous[left], left, count);
      addMerge(queue, symbols, left, next[left], count);
    }
    return compact(symbols, count);
  }

  private boolean makes(int[] symbols, int left, int right, int result) {
    int rank = merges.rank(symbols[left], symbols[right]);
    return rank >= 0 && merges.result(rank) == result;
  }

  private void addMerge(MergeQueue queue, int[] symbols, int left, int right, int count) {
    if (left >= 0 && right < count) {
      int rank = merges.rank(symbols[left], symbols[right]);
      if (rank >= 0) {
        queue.add(rank, left);
      }
    }
  }

  private static int compact(int[] symbols, int count) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (symbols[i] != MERGED) {
        symbols[kept++] = symbols[i];
      }
    }
    return kept;
  }
}
