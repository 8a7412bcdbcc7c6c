package dev.limpid.explorer.serve;

import dev.limpid.json.JsonOut;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * One event of a stream.
 *
 * @param data one line of JSON, without its end; not modified
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Event(String name, byte[] data) {
  /** A line that says nothing, to see whether somebody is there. */
  static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

  static Event of(String name, Object document) {
    return line(name, JsonOut.bytes(document));
  }

  /** Returns an event of a document that ends with a line end. */
  static Event line(String name, byte[] document) {
    String text = new String(document, StandardCharsets.UTF_8).stripTrailing();
    return new Event(name, text.getBytes(StandardCharsets.UTF_8));
  }

  byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(data.length + name.length() + 16);
    out.writeBytes(("event: " + name + "\ndata: ").getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(data);
    out.writeBytes("\n\n".getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }
}
