package dev.limpid.files;

/** A line of a {@link PromptFile}: a prompt, or why it is none. */
public sealed interface PromptEntry permits PromptEntry.Bad, PromptLine {
  /** Returns the number of the line in its file, from 1. */
  int number();

  /**
   * A line that is no prompt.
   *
   * @param reason in words, without file and line
   */
  record Bad(int number, String reason) implements PromptEntry {}
}
