package dev.limpid.explorer.serve;

import dev.limpid.json.JsonOut;
import java.util.Optional;

/**
 * What an answer holds.
 *
 * @param type its media type
 * @param bytes not modified
 * @param file the name it is saved by; empty where it is shown
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Content(String type, byte[] bytes, Optional<String> file) {
  static final String JSON = "application/json";

  /** Returns a record as the JSON document that the commands print. */
  public static Content json(Object document) {
    return json(JsonOut.bytes(document));
  }

  /** Returns a JSON document that is written already. */
  public static Content json(byte[] document) {
    return new Content(JSON, document, Optional.empty());
  }

  /** Returns a file to be saved. */
  public static Content file(String type, byte[] bytes, String name) {
    return new Content(type, bytes, Optional.of(name));
  }
}
