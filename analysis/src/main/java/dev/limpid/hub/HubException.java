package dev.limpid.hub;

import java.io.IOException;

/** An answer of the hub that trying again would not change. */
final class HubException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int status;

  HubException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** Returns the HTTP status of the answer. */
  int status() {
    return status;
  }
}
