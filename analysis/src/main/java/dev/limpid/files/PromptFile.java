package dev.limpid.files;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file of prompts: one JSON object a line (see {@link PromptLine}), read when it is asked for, so
 * that it may be long, or a pipe. A line that is no prompt is told as a value, and the rest goes
 * on.
 */
public final class PromptFile implements Closeable {
  /** More than the text of any prompt; a device such as /dev/zero never ends a line. */
  private static final int LONGEST = 1 << 26;

  private final String name;
  private final InputStream in;
  private int lines;
  private long bytes;

  private PromptFile(InputStream in, String name) {
    this.in = in;
    this.name = name;
  }

  /**
   * Opens a file.
   *
   * @throws IOException if it cannot be read
   */
  public static PromptFile open(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(file + ": is a folder; give a file with one JSON object a line");
    }
    return of(Files.newInputStream(file), file.toString());
  }

  /**
   * Reads a stream, which is closed with this.
   *
   * @param name what messages call it
   */
  public static PromptFile of(InputStream in, String name) {
    return new PromptFile(new BufferedInputStream(in, 1 << 16), name);
  }

  /** Returns what messages call it. */
  public String name() {
    return name;
  }

  /** Returns how much of it was read. */
  public long bytesRead() {
    return bytes;
  }

  /**
   * Returns what the next line that is not blank says; empty behind the last.
   *
   * @throws IOException if it cannot be read
   */
  public Optional<PromptEntry> next() throws IOException {
    for (Optional<byte[]> line = line(); line.isPresent(); line = line()) {
      if (!isBlank(line.get())) {
        return Optional.of(PromptLine.parse(lines, line.get()));
      }
    }
    return Optional.empty();
  }

  /** The next line without its end; empty behind the last. */
  private Optional<byte[]> line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try {
      int b = in.read();
      if (b < 0) {
        return Optional.empty();
      }
      lines++;
      for (; b >= 0 && b != '\n'; b = in.read()) {
        line.write(b);
        if (line.size() > LONGEST) {
          throw new IOException("line %d has more than %d MiB".formatted(lines, LONGEST >> 20));
        }
      }
      bytes += line.size() + (b < 0 ? 0 : 1);
    } catch (IOException e) {
      throw new IOException(name + ": cannot be read: " + e.getMessage(), e);
    }
    return Optional.of(line.toByteArray());
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
