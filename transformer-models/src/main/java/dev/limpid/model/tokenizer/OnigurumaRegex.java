package dev.limpid.model.tokenizer;

import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compiles regular expressions written for Oniguruma, which tokenizer files are, so that they match
 * the same in Java: classes such as {@code \s} are those of Unicode, lines end at {@code \n} only.
 * What would mean something else in Java is refused, not guessed.
 */
final class OnigurumaRegex {
  /**
   * What the two sides fold differently where case is ignored: i and its Turkish kin, letters with
   * ligatures, letters beyond ASCII.
   */
  private static final Pattern FOLDED_OTHERWISE =
      Pattern.compile("[iI-]|[^\\x00-\\x7f]|(?i:ss|st|ff|fl)");

  private static final int FLAGS = Pattern.MULTILINE | Pattern.UNIX_LINES | Pattern.UNICODE_CASE;

  /** General categories, which both sides write the same way. */
  private static final Set<String> CATEGORIES =
      Set.of(
          "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P",
          "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl",
          "Zp", "C", "Cc", "Cf", "Co", "Cn");

  /** Scripts; Java wants them marked. */
  private static final Set<String> SCRIPTS =
      Set.of(
          "Han",
          "Hiragana",
          "Katakana",
          "Hangul",
          "Latin",
          "Greek",
          "Cyrillic",
          "Arabic",
          "Hebrew",
          "Thai",
          "Devanagari",
          "Bengali",
          "Tamil",
          "Armenian",
          "Georgian",
          "Common",
          "Inherited");

  /** What may follow a backslash and means the same on both sides, beside punctuation. */
  private static final String SAME_ESCAPES = "nrtfabBAzZ";

  /** A character of a word, inside a class. */
  private static final String WORD = "\\p{IsAlphabetic}\\p{M}\\p{Nd}\\p{Pc}";

  /** Outside a class Oniguruma counts these numbers of Latin-1 too. */
  private static final String WORD_ALONE = WORD + "\\xb2\\xb3\\xb9\\xbc-\\xbe";

  private static final Pattern NUMBER = Pattern.compile("[0-9]+");

  private static final long MAX_REPEATS = 100_000;

  private final String source;
  private final StringBuilder target = new StringBuilder();
  private int at;
  private int classDepth;
  private long repeats = 1;

  private OnigurumaRegex(String source) {
    this.source = source;
  }

  /**
   * Compiles an expression.
   *
   * @throws UnsupportedOperationException naming what is not translated
   * @throws java.util.regex.PatternSyntaxException if it is no expression
   */
  static Pattern compile(String regex) {
    return Pattern.compile(new OnigurumaRegex(regex).translate(), FLAGS);
  }

  private String translate() {
    while (at < source.length()) {
      char c = source.charAt(at);
      switch (c) {
        case '\\' -> escape();
        case '[' -> openClass();
        case ']' -> {
          classDepth = Math.max(0, classDepth - 1);
          copy(1);
        }
        case '(' -> group();
        case '}' -> interval();
        default -> copy(1);
      }
    }
    return target.toString();
  }

  private void copy(int chars) {
    target.append(source, at, at + chars);
    at += chars;
  }

  private void openClass() {
    if (source.startsWith("[:", at) && classDepth > 0) {
      throw new UnsupportedOperationException("a POSIX class");
    }
    classDepth++;
    copy(source.startsWith("[^", at) ? 2 : 1);
    if (source.startsWith("]", at)) {
      throw new UnsupportedOperationException("']' as the first of a class");
    }
  }

  private void escape() {
    char c = at + 1 < source.length() ? source.charAt(at + 1) : '\\';
    switch (c) {
      case 's' -> replace("\\p{IsWhite_Space}");
      case 'S' -> replace("\\P{IsWhite_Space}");
      case 'd' -> replace("\\p{Nd}");
      case 'D' -> replace("\\P{Nd}");
      case 'w' -> replace(classDepth > 0 ? WORD : "[" + WORD_ALONE + "]");
      case 'W' -> replace("[^" + (classDepth > 0 ? WORD : WORD_ALONE) + "]");
      case 'p', 'P' -> property();
      case 'x', 'u' -> copy(2);
      default -> {
        if (Character.isLetterOrDigit(c) && SAME_ESCAPES.indexOf(c) < 0) {
          throw new UnsupportedOperationException("\\" + c);
        }
        copy(Math.min(2, source.length() - at));
      }
    }
  }

  private void replace(String by) {
    target.append(by);
    at += 2;
  }

  private void property() {
    int close = source.indexOf('}', at);
    if (!source.startsWith("{", at + 2) || close < 0) {
      throw new UnsupportedOperationException("a property without braces");
    }
    String name = source.substring(at + 3, close);
    boolean negated = source.charAt(at + 1) == 'P' != name.startsWith("^");
    name = name.startsWith("^") ? name.substring(1) : name;
    if (!CATEGORIES.contains(name) && !SCRIPTS.contains(name)) {
      throw new UnsupportedOperationException("the property " + name);
    }
    target.append(negated ? "\\P{" : "\\p{");
    target.append(SCRIPTS.contains(name) ? "Is" : "").append(name).append('}');
    at = close + 1;
  }

  /** Passes the kinds of group that mean the same on both sides. */
  private void group() {
    boolean special = classDepth == 0 && source.startsWith("(?", at);
    if (!special) {
      copy(1);
      return;
    }
    if (source.startsWith("(?i", at)) {
      requireSameFolding();
    }
    for (String kind : new String[] {"(?:", "(?=", "(?!", "(?>", "(?<=", "(?<!", "(?i:"}) {
      if (source.startsWith(kind, at)) {
        copy(kind.length());
        return;
      }
    }
    if (source.startsWith("(?i)", at) && at == 0) {
      copy(4);
      return;
    }
    throw new UnsupportedOperationException(
        "the group " + source.substring(at, Math.min(source.length(), at + 4)));
  }

  /** Refuses a group that ignores case if it, or what follows it, is folded otherwise in Java. */
  private void requireSameFolding() {
    Matcher other = FOLDED_OTHERWISE.matcher(source);
    int end = source.startsWith("(?i:", at) ? source.indexOf(')', at) : source.length();
    if (other.region(at + 3, end < 0 ? source.length() : end).find()) {
      throw new UnsupportedOperationException("'" + other.group() + "' where case is ignored");
    }
  }

  /** Refuses intervals that, one inside the other, repeat something for ever. */
  private void countRepeats() {
    String interval = target.substring(target.lastIndexOf("{") + 1);
    long largest =
        NUMBER
            .matcher(interval)
            .results()
            .map(MatchResult::group)
            .mapToLong(n -> n.length() > 5 ? MAX_REPEATS + 1 : Long.parseLong(n))
            .max()
            .orElse(1);
    repeats *= Math.max(1, largest);
    if (repeats > MAX_REPEATS) {
      throw new UnsupportedOperationException("so many repetitions");
    }
  }

  /** Refuses {n}? and {n}+, which Oniguruma does not read as reluctant and possessive. */
  private void interval() {
    copy(1);
    if (classDepth == 0) {
      countRepeats();
    }
    boolean suffix = source.startsWith("?", at) || source.startsWith("+", at);
    if (classDepth == 0 && suffix) {
      throw new UnsupportedOperationException("'" + source.charAt(at) + "' after an interval");
    }
  }
}
