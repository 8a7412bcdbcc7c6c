package dev.limpid.explorer.input;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads what the user points at, whole. */
public final class InputFile {
  /** More text than any model's context holds; a device such as /dev/zero never ends. */
  private static final int LARGEST = 1 << 26;

  private InputFile() {}

  /**
   * Reads a file or a pipe.
   *
   * @throws IOException if it cannot be read or is too large: one line with the path
   */
  public static byte[] read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return read(in, file.toString());
    }
  }

  /**
   * Reads a stream to its end; does not close it.
   *
   * @param name what messages call it
   */
  public static byte[] read(InputStream in, String name) throws IOException {
    byte[] bytes;
    try {
      bytes = in.readNBytes(LARGEST + 1);
    } catch (IOException e) {
      throw new IOException(name + ": cannot be read: " + e.getMessage(), e);
    }
    if (bytes.length > LARGEST) {
      throw new IOException(name + ": has more than %d MiB".formatted(LARGEST >> 20));
    }
    return bytes;
  }
}
