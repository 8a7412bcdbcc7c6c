package dev.limpid.explorer.process;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes a JSON document with the number of its prompt as the first key, {@code line}, and
 * otherwise as it is: a document may be long, and is not held for this.
 */
public final class NumberedLine extends FilterOutputStream {
  private final byte[] start;
  private boolean isBegun;

  /** Begins a document. */
  public NumberedLine(OutputStream out, int number) {
    super(out);
    this.start = ("{\"line\":" + number + ",").getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    if (isBegun || count == 0) {
      out.write(bytes, from, count);
      return;
    }
    if (bytes[from] != '{') {
      throw new IllegalArgumentException("not a JSON object");
    }
    isBegun = true;
    out.write(start);
    out.write(bytes, from + 1, count - 1);
  }
}
