package dev.limpid.model.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds where a text matches. */
@FunctionalInterface
interface TextPattern {
  /** Returns spans that cover the text in order, matches and what lies between them. */
  List<Span> spans(String text);

  /** Returns the pattern that matches where this one does not. */
  default TextPattern inverted() {
    return text ->
        spans(text).stream()
            .map(span -> new Span(span.start(), span.end(), !span.match()))
            .toList();
  }

  /** Matches a text as it stands. */
  static TextPattern literal(String text) {
    if (text.isEmpty()) {
      return regex(Pattern.compile(""));
    }
    return within -> {
      List<Span> spans = new ArrayList<>();
      int done = 0;
      for (int at = within.indexOf(text); at >= 0; at = within.indexOf(text, done)) {
        addGap(spans, done, at);
        done = at + text.length();
        spans.add(new Span(at, done, true));
      }
      addGap(spans, done, within.length());
      return spans;
    };
  }

  /** Matches every single code point of a class. */
  static TextPattern codePoints(IntPredicate matches) {
    return text -> {
      List<Span> spans = new ArrayList<>();
      int done = 0;
      for (int at = 0; at < text.length(); ) {
        int codePoint = text.codePointAt(at);
        int end = at + Character.charCount(codePoint);
        if (matches.test(codePoint)) {
          addGap(spans, done, at);
          spans.add(new Span(at, end, true));
          done = end;
        }
        at = end;
      }
      addGap(spans, done, text.length());
      return spans;
    };
  }

  /**
   * Matches a regular expression. An empty match right after a match is passed over, as the regex
   * libraries of Hugging Face do and Java's {@code find()} does not.
   */
  static TextPattern regex(Pattern pattern) {
    return text -> {
      List<Span> spans = new ArrayList<>();
      Matcher matcher = pattern.matcher(text);
      int done = 0;
      int from = 0;
      boolean matched = false;
      while (from <= text.length() && matcher.find(from)) {
        if (matched && matcher.end() == matcher.start() && matcher.end() == done) {
          from += from < text.length() ? Character.charCount(text.codePointAt(from)) : 1;
          continue;
        }
        addGap(spans, done, matcher.start());
        spans.add(new Span(matcher.start(), matcher.end(), true));
        done = matcher.end();
        from = done;
        matched = true;
      }
      addGap(spans, done, text.length());
      return spans;
    };
  }

  private static void addGap(List<Span> spans, int from, int to) {
    if (from < to) {
      spans.add(new Span(from, to, false));
    }
  }
}
