package dev.limpid.explorer.process;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Opens addresses in the browser of whoever sits at this machine. */
public final class Browser {
  private Browser() {}

  /**
   * Opens an address.
   *
   * @throws IOException if this system has no command for that
   */
  public static void open(String address) throws IOException {
    new ProcessBuilder(command(System.getProperty("os.name"), address))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static List<String> command(String system, String address) {
    String name = system.toLowerCase(Locale.ROOT);
    if (name.startsWith("windows")) {
      return List.of("rundll32", "url.dll,FileProtocolHandler", address);
    }
    return List.of(name.startsWith("mac") ? "open" : "xdg-open", address);
  }
}
