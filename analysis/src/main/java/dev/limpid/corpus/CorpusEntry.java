package dev.limpid.corpus;

import dev.limpid.files.PromptLine.Given;
import java.util.Optional;

/** A place of a corpus where a prompt stands, or should. */
public sealed interface CorpusEntry {
  /** Returns the number of the line in its file, from 1; of a table, of the row. */
  long line();

  /**
   * A prompt.
   *
   * @param group the value of the key that groups are made by; empty where it has none
   */
  record Prompt(long line, Given given, Optional<String> group) implements CorpusEntry {}

  /**
   * Something that is no prompt.
   *
   * @param reason in words, without file and line
   */
  record Bad(long line, String reason) implements CorpusEntry {}
}
