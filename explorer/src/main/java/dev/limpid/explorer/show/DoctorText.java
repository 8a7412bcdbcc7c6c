package dev.limpid.explorer.show;

import dev.limpid.Diagnosis;
import dev.limpid.models.ModelLocation;
import java.io.PrintStream;

/** What Limpid finds here: Java, machine, backends, models. */
public record DoctorText(Diagnosis found) {

  /** Prints it. */
  public void print(PrintStream out) {
    line(out, "limpid", found.limpidVersion());
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
      backend.devices().forEach(device -> line(out, "  device", words(device)));
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

  private static String words(Diagnosis.Device device) {
    String use =
        device.reason() != null
            ? "not usable: " + device.reason()
            : "--device " + device.name() + (device.processor() ? "; not for auto" : "");
    return "%s, %s, %s (%s)"
        .formatted(device.title(), Sizes.binary(device.memoryBytes()), device.driver(), use);
  }

  private static void line(PrintStream out, String label, String text) {
    out.println((label + "          ").substring(0, 10) + text);
  }
}
