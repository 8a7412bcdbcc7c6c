package dev.limpid.explorer.page;

import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.limpid.explorer.Main",
                "serve",
                "--port",
                Integer.toString(port)));
    command.addAll(options);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("LIMPID_BUNDLED", TestData.folder().resolve("models").toString());
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
