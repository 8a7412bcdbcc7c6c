package dev.limpid.model.tokenizer;

/** Classes of code points as Unicode and Hugging Face define them; Java's own differ in places. */
final class UnicodeClass {
  private static final int PUNCTUATION =
      (1 << Character.CONNECTOR_PUNCTUATION)
          | (1 << Character.DASH_PUNCTUATION)
          | (1 << Character.START_PUNCTUATION)
          | (1 << Character.END_PUNCTUATION)
          | (1 << Character.INITIAL_QUOTE_PUNCTUATION)
          | (1 << Character.FINAL_QUOTE_PUNCTUATION)
          | (1 << Character.OTHER_PUNCTUATION);

  private static final int NUMERIC =
      (1 << Character.DECIMAL_DIGIT_NUMBER)
          | (1 << Character.LETTER_NUMBER)
          | (1 << Character.OTHER_NUMBER);

  private static final int WORD =
      (1 << Character.NON_SPACING_MARK)
          | (1 << Character.ENCLOSING_MARK)
          | (1 << Character.COMBINING_SPACING_MARK)
          | (1 << Character.DECIMAL_DIGIT_NUMBER)
          | (1 << Character.CONNECTOR_PUNCTUATION);

  private static final int SPACE =
      (1 << Character.SPACE_SEPARATOR)
          | (1 << Character.LINE_SEPARATOR)
          | (1 << Character.PARAGRAPH_SEPARATOR);

  private UnicodeClass() {}

  /** Returns whether a code point has the property White_Space. */
  static boolean isWhiteSpace(int codePoint) {
    return (codePoint >= '\t' && codePoint <= '\r')
        || codePoint == ' '
        || codePoint == 0x85
        || isOneOf(SPACE, codePoint);
  }

  /** Returns whether a code point is a number of any kind (N). */
  static boolean isNumeric(int codePoint) {
    return isOneOf(NUMERIC, codePoint);
  }

  /** Returns whether a code point is punctuation (P), or one of the symbols of ASCII. */
  static boolean isPunctuation(int codePoint) {
    if (codePoint < 0x80) {
      return codePoint > ' ' && codePoint < 0x7f && !Character.isLetterOrDigit(codePoint);
    }
    return isOneOf(PUNCTUATION, codePoint);
  }

  /** Returns whether a code point is part of a word (the \w of UTS #18). */
  static boolean isWord(int codePoint) {
    return Character.isAlphabetic(codePoint)
        || isOneOf(WORD, codePoint)
        || codePoint == 0x200c
        || codePoint == 0x200d;
  }

  private static boolean isOneOf(int types, int codePoint) {
    return ((types >> Character.getType(codePoint)) & 1) != 0;
  }
}
