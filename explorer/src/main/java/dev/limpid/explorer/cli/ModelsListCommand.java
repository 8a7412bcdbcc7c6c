package dev.limpid.explorer.cli;

import dev.limpid.Version;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.show.ModelsText;
import dev.limpid.models.Folders;
import dev.limpid.models.ModelLocation;
import dev.limpid.view.ModelsView;
import java.io.IOException;
import java.util.List;
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

  @OptionGroup(Heading.OUTPUT)
  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  ModelsListCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    List<ModelLocation> models = config.locator(console).all();
    if (json) {
      console.print(ModelsView.of(Version.limpid(), models));
      return ExitCode.DONE;
    }
    new ModelsText(models).print(console.out());
    if (models.isEmpty()) {
      Folders folders = Folders.of(console.variables());
      console
          .err()
          .println(
              "limpid: no models in %s nor in %s; 'limpid models pull ORG/NAME' downloads one"
                  .formatted(folders.models(), folders.hub()));
    }
    return ExitCode.DONE;
  }
}
