package dev.limpid.model.load.lora;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A name that is matched by an expression from a file, and counts how often it is looked at: some
 * expressions take time that doubles with every character.
 */
final class CountedName implements CharSequence {
  private static final int LOOKS = 1_000_000;

  private final String name;
  private int left = LOOKS;

  private CountedName(String name) {
    this.name = name;
  }

  /** Returns whether an expression matches the whole name; null where it takes too long. */
  static @Nullable Boolean matches(Pattern pattern, String name) {
    try {
      return pattern.matcher(new CountedName(name)).matches();
    } catch (TooLong | StackOverflowError e) {
      return null;
    }
  }

  /** Ends a match. */
  private static final class TooLong extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public char charAt(int index) {
    if (--left < 0) {
      throw new TooLong();
    }
    return name.charAt(index);
  }

  @Override
  public int length() {
    return name.length();
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return name.subSequence(start, end);
  }

  @Override
  public String toString() {
    return name;
  }
}
