package dev.limpid.hub;

import java.io.IOException;

/** A download whose content is not what was announced. */
final class DamagedContentException extends IOException {
  private static final long serialVersionUID = 1L;

  DamagedContentException(String message) {
    super(message);
  }
}
