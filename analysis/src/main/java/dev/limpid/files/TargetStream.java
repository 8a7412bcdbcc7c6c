package dev.limpid.files;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/** Puts the name of the file in front of what the system says when it cannot be written. */
final class TargetStream extends FilterOutputStream {
  private final Path target;

  TargetStream(Path target, OutputStream out) {
    super(out);
    this.target = target;
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    try {
      out.write(bytes, from, count);
    } catch (IOException e) {
      throw new IOException(target + ": cannot be written: " + e.getMessage(), e);
    }
  }
}
