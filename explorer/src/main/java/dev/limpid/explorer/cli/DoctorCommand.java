package dev.limpid.explorer.cli;

import dev.limpid.explorer.models.Folders;
import dev.limpid.explorer.models.ModelLocation;
import dev.limpid.explorer.models.ModelLocator;
import dev.limpid.explorer.output.JsonOut;
import dev.limpid.explorer.settings.ExplorerConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code limpid doctor}: whether everything Limpid needs is there. */
@Command(
    name = "doctor",
    description = "Shows what Limpid finds here: JDK, cores, memory, backends, models.",
    footer = {"", "Examples:", "  limpid doctor", "  limpid doctor --json"})
final class DoctorCommand implements Callable<Integer> {
  private final Console console;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  DoctorCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    ModelLocator locator = ModelOption.locator(console, ExplorerConfig.defaults());
    Diagnosis diagnosis = Diagnosis.of(Folders.of(console.variables()), locator);
    if (json) {
      JsonOut.print(diagnosis, console.out());
    } else {
      print(diagnosis, console.out());
    }
    return Limpid.DONE;
  }

  private static void print(Diagnosis found, PrintStream out) {
    line(out, "limpid", found.limpid());
    line(
        out,
        "jdk",
        found.jdk().version() + " (" + found.jdk().vendor() + ") in " + found.jdk().home());
    line(out, "machine", found.machine().system() + ", " + found.machine().cores() + " cores");
    line(
        out,
        "memory",
        Sizes.binary(found.machine().memoryBytes())
            + ", heap up to "
            + Sizes.binary(found.machine().heapBytes()));
    out.println();
    for (Diagnosis.Backend backend : found.backends()) {
      String what =
          backend.available()
              ? "available: " + backend.details()
              : "not available: " + backend.reason();
      line(
          out, "backend", backend.name() + ": " + what + (backend.isDefault() ? " (default)" : ""));
    }
    out.println();
    for (ModelLocation model : found.locations()) {
      boolean isDefault = model.name().equals(found.defaultModel());
      line(
          out,
          "model",
          model.name() + " from " + model.origin().words() + (isDefault ? " (default)" : ""));
    }
    if (found.locations().isEmpty()) {
      line(out, "model", "none found; 'limpid models pull ORG/NAME' downloads one");
    }
    line(out, "models in", found.modelsFolder() + " (LIMPID_MODELS)");
    line(out, "and in", found.hubCache() + " (HF_HOME)");
  }

  private static void line(PrintStream out, String label, String text) {
    out.println((label + "          ").substring(0, 10) + text);
  }
}
