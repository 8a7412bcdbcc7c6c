package dev.limpid.explorer.cli;

import dev.limpid.ModelSource;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.input.InputFile;
import dev.limpid.explorer.process.Browser;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.ExplorerServer;
import dev.limpid.explorer.serve.Models;
import dev.limpid.explorer.serve.Refusal;
import dev.limpid.explorer.serve.api.Paths;
import dev.limpid.explorer.settings.ExplorerConfig;
import dev.limpid.models.ModelLocator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpid serve}: the page, and the interface behind it. */
@Command(
    name = "serve",
    description = {
      "Serves a page on this machine that answers in a browser what the other commands answer in"
          + " the terminal; Ctrl+C ends it."
    },
    footer = {
      "",
      "Examples:",
      "  limpid serve",
      "  limpid serve --model path/to/checkpoint --port 0 --open",
      "  limpid serve --model path/to/base --adapter path/to/adapter"
    })
final class ServeCommand implements Callable<Integer> {
  private static final int LAST_PORT = 65_535;

  private final Console console;

  @Mixin private final ServedModelOption model = new ServedModelOption();

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8017",
      description = "The port to listen on; 0 for any that is free (default: 8017).")
  private int port;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description =
          "Listen on this name or address of the machine, so that others reach it too; there is no"
              + " password (default: this machine alone).")
  private @Nullable String host;

  @Option(names = "--open", description = "Open the page in a browser.")
  private boolean open;

  @OptionGroup(Heading.COMPUTATION)
  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "What computes (default: vector; 'limpid doctor' lists them).")
  private @Nullable String backend;

  private boolean debug;

  ServeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (port < 0 || port > LAST_PORT) {
      throw new UsageFailure("--port: " + port + "; give 1 to 65535, or 0 for any that is free");
    }
    ExplorerConfig config = model.config(console);
    ModelLocator locator = ModelLocator.ofUser(console.variables(), config.modelFolders());
    ModelSource begin = model.find(locator, config);
    Models models = Models.find(locator, begin, Optional.ofNullable(backend), console::warn);
    Explorer explorer = new Explorer(models, config, sentences(config));
    debug = config.debug();
    ExplorerServer server =
        new ExplorerServer(
            explorer, Paths.all(explorer), Optional.ofNullable(host), port, this::report);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "limpid-end"));
    if (host != null) {
      console.warn("whoever reaches %s can use this server: there is no password".formatted(host));
    }
    console.out().println(server.address());
    console.out().flush();
    Thread.ofVirtual().name("limpid-prepare").start(() -> prepare(explorer));
    if (open) {
      openPage(server.address());
    }
    new CountDownLatch(1).await(); // the signal that ends the process ends the server
    return ExitCode.DONE;
  }

  /** What goes wrong here is said to whoever asks for the same. */
  private static void prepare(Explorer explorer) {
    try {
      Paths.prepare(explorer);
    } catch (IOException | Refusal e) {
      // The page hears of it.
    }
  }

  private void openPage(String address) {
    try {
      Browser.open(address);
    } catch (IOException e) {
      console.warn("no browser can be opened from here; open %s in one".formatted(address));
    }
  }

  /** The file that a person chooses sentences from has one a line. */
  private static List<String> sentences(ExplorerConfig config) throws IOException {
    if (config.preloadedDatasetFilename().isEmpty()) {
      return List.of();
    }
    byte[] bytes = InputFile.read(config.preloadedDatasetFilename().get());
    return new String(bytes, StandardCharsets.UTF_8).lines().filter(l -> !l.isBlank()).toList();
  }

  /** With {@code debug} in the configuration file also where it was thrown, as with --debug. */
  private void report(Throwable thrown) {
    console.warn("a request failed: " + thrown);
    if (debug) {
      thrown.printStackTrace(console.err());
    }
  }
}
