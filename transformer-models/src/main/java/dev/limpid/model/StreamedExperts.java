package dev.limpid.model;

import dev.limpid.model.MlpWeights.Dense;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.AbstractList;
import java.util.Objects;

/**
 * Experts that are read whenever a position goes to them, and not kept: of a model whose layers are
 * streamed, only the pages of chosen experts are touched.
 *
 * <p>What cannot be read is an {@link UncheckedIOException}.
 */
public final class StreamedExperts extends AbstractList<Dense> {
  /** Reads one expert. */
  public interface Reader {
    /** Returns the expert, counted from 0. */
    Dense read(int expert) throws IOException;
  }

  private final int size;
  private final long bytes;
  private final Reader reader;

  /**
   * Creates the list of that many experts; none is read yet.
   *
   * @param bytes the memory that all of them would take
   */
  public StreamedExperts(int size, long bytes, Reader reader) {
    this.size = size;
    this.bytes = bytes;
    this.reader = reader;
  }

  /** Returns the memory that all of them would take. */
  public long bytes() {
    return bytes;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Dense get(int expert) {
    Objects.checkIndex(expert, size);
    try {
      return reader.read(expert);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
