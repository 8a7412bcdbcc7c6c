package dev.limpid.model.load;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Something that is read from files when it is first asked for, and then kept. Safe to share
 * between threads; a reading that failed is tried again.
 */
final class ReadOnce<T> {
  /** Reads it. */
  interface Reader<T> {
    T read() throws IOException;
  }

  private final Reader<T> reader;
  private @Nullable T kept;

  ReadOnce(Reader<T> reader) {
    this.reader = reader;
  }

  synchronized T get() throws IOException {
    @Nullable T value = kept;
    if (value == null) {
      value = reader.read();
      kept = value;
    }
    return value;
  }
}
