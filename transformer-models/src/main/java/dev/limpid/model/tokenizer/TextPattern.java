package dev.limpid.model.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds where a text matches. */
@FunctionalInterface
interface TextPattern {
  /** Replacements that double a text, one after the other, would fill any memory. */
  int LONGEST_RESULT = 1 << 20;

  /** Returns spans that cover the text in order, matches and what lies between them. */
  List<Span> spans(String text);

  /** Returns the text with a content, taken literally, in the place of every match. */
  default String replace(String text, String content) {
    StringBuilder result = new StringBuilder(text.length());
    for (Span span : spans(text)) {
      if (span.match()) {
        if (result.length() + content.length() > Math.max(LONGEST_RESULT, text.length())) {
          throw new TokenizationException("a replacement makes this text too long");
        }
        result.append(content);
      } else {
        result.append(text, span.start(), span.end());
      }
    }
    return result.toString();
  }

  /** Returns the pattern that matches where this one does not. */
  default TextPattern inverted() {
    return text ->
        spans(text).stream()
            .map(span -> new Span(span.start(), span.end(), !span.match()))
            .toList();
  }

  /** Matches a text as it stands. */
  static TextPattern literal(String text) {
    return text.isEmpty() ? regex(Pattern.compile("")) : new Literal(text);
  }

  /** Matches a text, which is not empty, as it stands. */
  record Literal(String wanted) implements TextPattern {
    @Override
    public List<Span> spans(String text) {
      List<Span> spans = new ArrayList<>();
      int done = 0;
      for (int at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, done)) {
        addGap(spans, done, at);
        done = at + wanted.length();
        spans.add(new Span(at, done, true));
      }
      addGap(spans, done, text.length());
      return spans;
    }

    @Override
    public String replace(String text, String content) {
      long longest = (long) text.length() / wanted.length() * content.length();
      return longest > Math.max(LONGEST_RESULT, text.length())
          ? TextPattern.super.replace(text, content)
          : text.replace(wanted, content);
    }
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
    return text -> spans(pattern.matcher(text), text);
  }

  /** Matches a regular expression from a file, within limits of time and memory. */
  static TextPattern limitedRegex(Pattern pattern) {
    return text -> {
      try {
        return spans(pattern.matcher(new CountedText(text)), text);
      } catch (StackOverflowError e) {
        throw new TokenizationException("a regular expression nests too deep on this text");
      }
    };
  }

  private static List<Span> spans(Matcher matcher, String text) {
    List<Span> spans = new ArrayList<>();
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
  }

  private static void addGap(List<Span> spans, int from, int to) {
    if (from < to) {
      spans.add(new Span(from, to, false));
    }
  }
}
