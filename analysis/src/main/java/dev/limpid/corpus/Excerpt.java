package dev.limpid.corpus;

import dev.limpid.Prompt;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The end of a text, up to a position. */
final class Excerpt {
  private static final int LONGEST = 240;

  private Excerpt() {}

  /** Returns the tokens up to a position, of a long text the last of them; null without names. */
  static @Nullable String of(Prompt prompt, int position) {
    Deque<String> pieces = new ArrayDeque<>();
    int length = 0;
    int t = position;
    for (; t >= 0; t--) {
      @Nullable String text = prompt.text(t);
      if (text == null) {
        return null;
      }
      length += text.length();
      if (length > LONGEST && !pieces.isEmpty()) {
        break;
      }
      pieces.addFirst(text);
    }
    return (t >= 0 ? "…" : "") + String.join("", pieces);
  }
}
