package dev.limpid.model.tokenizer;

/**
 * A text that is matched by an expression from a file, and counts how often it is looked at: some
 * expressions take time that doubles with every character.
 */
final class CountedText implements CharSequence {
  private static final long LOOKS = 10_000_000;
  private static final long LOOKS_PER_CHAR = 200;

  private final String text;
  private long left;

  CountedText(String text) {
    this.text = text;
    this.left = LOOKS + LOOKS_PER_CHAR * text.length();
  }

  @Override
  public char charAt(int index) {
    if (--left < 0) {
      throw new TokenizationException("a regular expression takes too long on this text");
    }
    return text.charAt(index);
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return text.subSequence(start, end);
  }

  @Override
  public String toString() {
    return text;
  }
}
