package dev.limpid.model.tokenizer;

import java.text.Normalizer.Form;
import java.util.List;
import java.util.Locale;

/** Rewrites a text before it is split. */
@FunctionalInterface
interface Normalizer {
  /** Leaves every text as it is. */
  Normalizer NONE = text -> text;

  /** Returns the text rewritten. */
  String normalize(String text);

  /** Applies steps one after the other. */
  static Normalizer sequence(List<Normalizer> steps) {
    return text -> {
      String result = text;
      for (Normalizer step : steps) {
        result = step.normalize(result);
      }
      return result;
    };
  }

  /** Writes characters in one of the normal forms of Unicode. */
  static Normalizer unicode(Form form) {
    return text -> java.text.Normalizer.normalize(CanonicalOrder.of(text), form);
  }

  /** Puts a prefix in front of a text that is not empty. */
  static Normalizer prepend(String prefix) {
    return text -> text.isEmpty() ? text : prefix + text;
  }

  /** Puts a content, taken literally, in the place of every match. */
  static Normalizer replace(TextPattern pattern, String content) {
    return text -> pattern.replace(text, content);
  }

  /** Lowers every character by itself, without regard to its neighbours or to a language. */
  static Normalizer lowercase() {
    return text -> {
      StringBuilder lower = new StringBuilder(text.length());
      text.codePoints()
          .forEach(c -> {
            if (c < 0x80) {
              lower.append((char) Character.toLowerCase(c));
            } else {
              lower.append(Character.toString(c).toLowerCase(Locale.ROOT));
            }
          });
      return lower.toString();
    };
  }

  /** Removes white space at the ends. */
  static Normalizer strip(boolean left, boolean right) {
    return text -> {
      int start = 0;
      int end = text.length();
      while (left && start < end && UnicodeClass.isWhiteSpace(text.charAt(start))) {
        start++;
      }
      while (right && start < end && UnicodeClass.isWhiteSpace(text.charAt(end - 1))) {
        end--;
      }
      return text.substring(start, end);
    };
  }
}
