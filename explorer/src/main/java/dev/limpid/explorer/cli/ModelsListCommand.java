package dev.limpid.explorer.cli;

import dev.limpid.explorer.models.Folders;
import dev.limpid.explorer.models.ModelLocation;
import dev.limpid.explorer.models.ModelLocator;
import dev.limpid.explorer.output.JsonOut;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpid models list}: the names {@code --model} can take. */
@Command(
    name = "list",
    description = "Lists the models that --model finds by name.",
    footer = {"", "Examples:", "  limpid models list", "  limpid models list --json"})
final class ModelsListCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private final ConfigOption config = new ConfigOption();

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  ModelsListCommand(Console console) {
    this.console = console;
  }

  record Listing(List<Diagnosis.Model> models) {}

  @Override
  public Integer call() throws IOException {
    ModelLocator locator = ModelOption.locator(console, config.read(console));
    List<ModelLocation> models = locator.all();
    if (json) {
      JsonOut.print(new Listing(models.stream().map(Diagnosis.Model::of).toList()), console.out());
      return Limpid.DONE;
    }
    int widest = models.stream().mapToInt(model -> model.name().length()).max().orElse(0);
    for (ModelLocation model : models) {
      console
          .out()
          .printf(
              Locale.ROOT,
              "%-" + widest + "s  from %s: %s%n",
              model.name(),
              model.origin().words(),
              model.folder());
    }
    if (models.isEmpty()) {
      Folders folders = Folders.of(console.variables());
      console
          .err()
          .println(
              "limpid: no models in %s nor in %s; 'limpid models pull ORG/NAME' downloads one"
                  .formatted(folders.models(), folders.hub()));
    }
    return Limpid.DONE;
  }
}
