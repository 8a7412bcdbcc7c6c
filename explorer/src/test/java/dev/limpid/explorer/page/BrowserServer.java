package dev.limpid.explorer.page;

import dev.limpid.explorer.JavaCommand;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The command {@code limpid serve} in a process of its own. */
final class BrowserServer {
  private final List<String> options;
  private final String address;
  private Process process;

  /**
   * Starts it.
   *
   * @param options of the command, besides the port
   */
  BrowserServer(List<String> options) {
    this.options = List.copyOf(options);
    process = serve(0);
    address = address(process);
  }

  /** Where it is, for as long as this object is used. */
  String address() {
    return address;
  }

  /** Ends it, under pages that may be open. */
  void stop() {
    process.destroy();
    process.onExit().join();
  }

  /** Starts another server where the last one was. */
  void start() {
    process = serve(URI.create(address).getPort());
    address(process);
  }

  private static String address(Process process) {
    try {
      String line = process.inputReader(StandardCharsets.UTF_8).readLine();
      if (line == null) {
        throw new IOException("limpid serve ended without an address");
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process serve(int port) {
    List<String> words = new ArrayList<>(List.of("serve", "--port", Integer.toString(port)));
    words.addAll(options);
    ProcessBuilder builder = new ProcessBuilder(JavaCommand.of(JavaCommand.BY_HAND, words));
    builder.environment().put("LIMPID_BUNDLED", TestData.folder().resolve("models").toString());
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
