package dev.limpid.corpus.spark;

import dev.limpid.files.PromptLine.Given;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A prompt, or why it is none, as it travels.
 *
 * @param number in the corpus, from 0
 * @param line in its file, from 1
 * @param reason why it is none; null if it is one
 */
record PromptRecord(
    long number,
    String file,
    long line,
    @Nullable String text,
    @Nullable List<Integer> tokens,
    @Nullable String group,
    @Nullable String reason)
    implements Serializable {

  Given given() {
    return new Given(text, tokens);
  }

  /** Returns the same with its number. */
  PromptRecord numbered(long other) {
    return new PromptRecord(other, file, line, text, tokens, group, reason);
  }

  /** Returns how long it is, so that tasks get prompts of like length. */
  int length() {
    return text != null ? text.length() : tokens != null ? 4 * tokens.size() : 0;
  }
}
