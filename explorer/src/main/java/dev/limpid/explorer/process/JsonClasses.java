package dev.limpid.explorer.process;

import tools.jackson.databind.json.JsonMapper;

/**
 * Loads the classes that read JSON on the side, while the command line is read: they, and the
 * powers of ten that {@link java.math.BigDecimal} computes when it is first needed, are most of
 * what the first document costs.
 */
public final class JsonClasses {
  private JsonClasses() {}

  /** Begins to load them. */
  public static void load() {
    Thread thread = new Thread(() -> JsonMapper.shared().readTree("{\"a\": [1]}"), "limpid-json");
    thread.setDaemon(true);
    thread.start();
  }
}
