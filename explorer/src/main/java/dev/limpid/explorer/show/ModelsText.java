package dev.limpid.explorer.show;

import dev.limpid.models.ModelLocation;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** The models that are found by name, a line each. */
public record ModelsText(List<ModelLocation> models) {

  /** Prints them. */
  public void print(PrintStream out) {
    int widest = models.stream().mapToInt(model -> model.name().length()).max().orElse(0);
    for (ModelLocation model : models) {
      out.printf(
          Locale.ROOT,
          "%-" + widest + "s  from %s: %s%n",
          model.name(),
          model.origin().words(),
          model.folder());
    }
  }
}
