package dev.limpid.model.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The text of a continuation as it grows: what {@link Tokenizer#decode} makes of prompt and
 * continuation, less what it makes of the prompt. A BOS in front of the prompt is no text: behind
 * it alone a continuation begins as a text does, without the space of its first word.
 *
 * <p>A token may end in the middle of a character, and in Llama's tokenizers a byte can still
 * change the bytes before it. Such text is held back until nothing that follows can change it.
 */
public final class TextStream {
  private static final char BROKEN = '\uFFFD';

  private final Tokenizer tokenizer;
  private final List<Integer> ids = new ArrayList<>();

  /** What was returned so far, behind the text of the prompt. */
  private String shown;

  /** Begins behind a prompt. */
  public TextStream(LoadedTokenizer loaded, List<Integer> prompt) {
    tokenizer = loaded.tokenizer();
    OptionalInt bos = loaded.specialTokens().bos();
    boolean begins = bos.isPresent() && !prompt.isEmpty() && prompt.getFirst() == bos.getAsInt();
    prompt.subList(begins ? 1 : 0, prompt.size()).forEach(this::append);
    shown = tokenizer.decode(ids);
  }

  /** Takes one more token, and returns the text that is complete by it; often all of its own. */
  public String add(int id) {
    append(id);
    String text = tokenizer.decode(ids);
    return show(text, settled(text));
  }

  /** Returns what was held back, now that no more tokens come. */
  public String end() {
    String text = tokenizer.decode(ids);
    return show(text, text.length());
  }

  /** Ids that spell nothing are left out: models often have more than their tokenizer. */
  private void append(int id) {
    if (tokenizer.knows(id)) {
      ids.add(id);
    }
  }

  private String show(String text, int end) {
    // They differ only where the prompt itself ends in the middle of a character.
    int from = text.startsWith(shown) ? shown.length() : commonLength(text, shown);
    if (end <= from) {
      return "";
    }
    shown = text.substring(0, end);
    return text.substring(from, end);
  }

  /** Returns how much of a text no further token can change. */
  private int settled(String text) {
    int run = ids.size();
    while (run > 0 && ByteFallback.isByte(tokenizer.piece(ids.get(run - 1)))) {
      run--;
    }
    if (run < ids.size()) {
      return Math.min(text.length(), tokenizer.decode(ids.subList(0, run)).length());
    }
    boolean open = !text.isEmpty() && text.charAt(text.length() - 1) == BROKEN;
    return open ? text.length() - 1 : text.length();
  }

  private static int commonLength(String a, String b) {
    int length = 0;
    while (length < Math.min(a.length(), b.length()) && a.charAt(length) == b.charAt(length)) {
      length++;
    }
    return length;
  }
}
