package dev.limpid.model.tokenizer;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Puts long runs of combining marks in the order that all normal forms of Unicode give them. Java's
 * normalizer inserts one mark after the other, in time that grows with the square of their number;
 * on marks in order it does not.
 *
 * <p>Java does not tell the combining class of a mark, but its normalizer shows which of two marks
 * comes first.
 */
final class CanonicalOrder {
  /** Shorter runs are left to the normalizer. */
  private static final int LONG = 64;

  /** A mark of the first class and one of the last. */
  private static final int FIRST = 0x334;

  private static final int LAST = 0x345;

  private CanonicalOrder() {}

  /** Returns a canonically equivalent text. */
  static String of(String text) {
    StringBuilder result = new StringBuilder();
    int done = 0;
    for (int at = 0; at < text.length(); ) {
      int end = endOfMarks(text, at);
      if (end - at > LONG) {
        result.append(text, done, at);
        appendSorted(text.substring(at, end), result);
        done = end;
      }
      at = Math.max(end, at + 1);
    }
    return done == 0 ? text : result.append(text, done, text.length()).toString();
  }

  private static int endOfMarks(String text, int start) {
    int at = start;
    while (at < text.length() && isMark(text.codePointAt(at))) {
      at += Character.charCount(text.codePointAt(at));
    }
    return at;
  }

  private static boolean isMark(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK ->
          true;
      default -> false;
    };
  }

  /** Sorts the marks between those that stay where they are. */
  private static void appendSorted(String run, StringBuilder result) {
    Map<Integer, String> decomposed = new HashMap<>();
    List<Integer> marks = new ArrayList<>();
    run.codePoints()
        .forEach(c ->
            decomposed
                .computeIfAbsent(c, one -> decompose(Character.toString(one)))
                .codePoints()
                .forEach(marks::add));
    Map<Integer, Integer> classes = classes(marks);
    List<Integer> sorted = new ArrayList<>(marks.size());
    int start = 0;
    for (int at = 0; at <= marks.size(); at++) {
      if (at == marks.size() || !classes.containsKey(marks.get(at))) {
        marks.subList(start, at).stream()
            .sorted(
                (a, b) -> Integer.compare(classes.getOrDefault(a, 0), classes.getOrDefault(b, 0)))
            .forEach(sorted::add);
        marks.subList(at, Math.min(at + 1, marks.size())).forEach(sorted::add);
        start = at + 1;
      }
    }
    sorted.forEach(result::appendCodePoint);
  }

  /** Returns numbers that order marks as their classes do; none for those that never move. */
  private static Map<Integer, Integer> classes(List<Integer> marks) {
    TreeMap<Integer, Integer> inOrder =
        new TreeMap<>((a, b) -> swaps(a, b) ? 1 : swaps(b, a) ? -1 : 0);
    Map<Integer, Integer> classes = new HashMap<>();
    List<Integer> moving =
        new LinkedHashSet<>(marks).stream().filter(c -> swaps(c, FIRST) || swaps(LAST, c)).toList();
    moving.forEach(mark -> inOrder.putIfAbsent(mark, 0));
    int number = 0;
    for (Map.Entry<Integer, Integer> entry : inOrder.entrySet()) {
      entry.setValue(number++);
    }
    moving.forEach(mark -> classes.put(mark, inOrder.get(mark)));
    return classes;
  }

  /** Returns whether the normalizer exchanges two marks. */
  private static boolean swaps(int left, int right) {
    String exchanged = Character.toString(right) + Character.toString(left);
    return left != right
        && decompose(Character.toString(left) + Character.toString(right)).equals(exchanged);
  }

  private static String decompose(String text) {
    return Normalizer.normalize(text, Form.NFD);
  }
}
