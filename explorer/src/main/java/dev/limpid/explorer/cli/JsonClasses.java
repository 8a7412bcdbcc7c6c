package dev.limpid.explorer.cli;

import tools.jackson.databind.json.JsonMapper;

/**
 * Loads the classes that read JSON on the side, while the command line is read: what the first
 * document costs, mostly class loading and the powers of ten in {@link java.math.BigDecimal}, is a
 * tenth of a second.
 */
final class JsonClasses {
  private JsonClasses() {}

  static void load() {
    Thread thread = new Thread(() -> JsonMapper.shared().readTree("{\"a\": [1]}"), "limpid-json");
    thread.setDaemon(true);
    thread.start();
  }
}
