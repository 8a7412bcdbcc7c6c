package dev.limpid.explorer.cli;

import tools.jackson.databind.json.JsonMapper;

/**
 * Loads the classes that read JSON on the side, while the command line is read: they, and the
 * powers of ten that {@link java.math.BigDecimal} computes when it is first needed, are most of
 * what the first document costs.
 */
final class JsonClasses {
  private JsonClasses() {}

  static void load() {
    Thread thread = new Thread(() -> JsonMapper.shared().readTree("{\"a\": [1]}"), "limpid-json");
    thread.setDaemon(true);
    thread.start();
  }
}
