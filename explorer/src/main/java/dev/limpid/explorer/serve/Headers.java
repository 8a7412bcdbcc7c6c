package dev.limpid.explorer.serve;

import java.util.function.BiConsumer;

/** The headers that every answer carries, so that a page can load nothing from elsewhere. */
final class Headers {
  static final String NOT_KEPT = "no-store";

  private static final String POLICY =
      "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none';"
          + " frame-ancestors 'none'; form-action 'none'";

  private Headers() {}

  static void put(BiConsumer<String, String> headers) {
    headers.accept("Content-Security-Policy", POLICY);
    headers.accept("X-Content-Type-Options", "nosniff");
    headers.accept("Referrer-Policy", "no-referrer");
  }
}
