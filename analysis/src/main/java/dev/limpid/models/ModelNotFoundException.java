package dev.limpid.models;

import java.io.IOException;

/** Thrown when no model of that name is found; the message lists what was looked at. */
public final class ModelNotFoundException extends IOException {
  private static final long serialVersionUID = 1L;

  ModelNotFoundException(String message) {
    super(message);
  }
}
