package dev.limpid.corpus;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/** Reads the prompts of one file when they are asked for. */
public interface PromptReader extends Closeable {
  /**
   * Returns the next entry; empty behind the last.
   *
   * @throws IOException if the file cannot be read on: one line says where and why
   */
  Optional<CorpusEntry> next() throws IOException;

  /** Returns how far it is, of the size that the format goes by: bytes or rows. */
  long done();
}
