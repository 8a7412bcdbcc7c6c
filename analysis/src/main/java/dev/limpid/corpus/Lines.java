package dev.limpid.corpus;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/** Lines of bytes; one that is too long is passed over without being held. */
final class Lines implements Closeable {
  /** More than the text of any prompt that a model can take. */
  static final int LONGEST = 1 << 24;

  private final InputStream in;
  private final String name;
  private final byte[] buffer = new byte[1 << 16];
  private int at;
  private int filled;
  private long bytes;
  private long number;

  /**
   * Reads a stream, which is closed with this.
   *
   * @param name what messages call it
   */
  Lines(InputStream in, String name) {
    this.in = in;
    this.name = name;
  }

  /**
   * A line without its end.
   *
   * @param number from 1
   * @param bytes none of one that is too long
   */
  record Line(long number, Optional<byte[]> bytes) {
    boolean isBlank() {
      return bytes.isPresent() && isBlank(bytes.get());
    }

    private static boolean isBlank(byte[] line) {
      for (byte b : line) {
        if (b != ' ' && b != '\t') {
          return false;
        }
      }
      return true;
    }
  }

  /** Returns the next line that is not blank; empty behind the last. */
  Optional<Line> next() throws IOException {
    try {
      for (Optional<Line> line = line(); line.isPresent(); line = line()) {
        if (!line.get().isBlank()) {
          return line;
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new IOException(name + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private Optional<Line> line() throws IOException {
    if (!fill()) {
      return Optional.empty();
    }
    number++;
    byte[] line = new byte[0];
    boolean isTooLong = false;
    while (fill()) {
      int end = at;
      while (end < filled && buffer[end] != '\n') {
        end++;
      }
      isTooLong |= line.length + (end - at) > LONGEST;
      line = isTooLong ? new byte[0] : joined(line, buffer, at, end);
      boolean isEnd = end < filled;
      at = isEnd ? end + 1 : end;
      if (isEnd) {
        break;
      }
    }
    return Optional.of(
        new Line(number, isTooLong ? Optional.empty() : Optional.of(withoutReturn(line))));
  }

  private static byte[] joined(byte[] line, byte[] buffer, int from, int to) {
    byte[] joined = Arrays.copyOf(line, line.length + to - from);
    System.arraycopy(buffer, from, joined, line.length, to - from);
    return joined;
  }

  private static byte[] withoutReturn(byte[] line) {
    boolean has = line.length > 0 && line[line.length - 1] == '\r';
    return has ? Arrays.copyOf(line, line.length - 1) : line;
  }

  /** Returns whether there is a byte to be read. */
  private boolean fill() throws IOException {
    while (at == filled) {
      int count = in.read(buffer);
      if (count < 0) {
        return false;
      }
      at = 0;
      filled = count;
      bytes += count;
    }
    return true;
  }

  /** Returns how many bytes were read. */
  long bytesRead() {
    return bytes - (filled - at);
  }

  /** Returns why a line that is too long is passed over. */
  static String tooLong() {
    return "a line of more than %d MiB".formatted(LONGEST >> 20);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
