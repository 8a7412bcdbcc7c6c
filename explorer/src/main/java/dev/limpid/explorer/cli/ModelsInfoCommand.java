package dev.limpid.explorer.cli;

import dev.limpid.ModelInfo;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.show.ModelText;
import dev.limpid.models.ModelLocator;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpid models info}: what a model is, without running it. */
@Command(
    name = "info",
    description = "Describes a model: family, sizes, parameters, tokenizer, licence, memory.",
    footer = {
      "",
      "Examples:",
      "  limpid models info demo-gpt2",
      "  limpid models info path/to/checkpoint --json",
      "  limpid models info path/to/model.gguf"
    })
final class ModelsInfoCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      paramLabel = "NAME|DIR|GGUF",
      description = "A name 'limpid models list' shows, a folder, or a GGUF file.")
  private String name = "";

  @Mixin private final ConfigOption config = new ConfigOption();

  @OptionGroup(Heading.OUTPUT)
  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  ModelsInfoCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    ModelLocator locator = config.locator(console);
    ModelInfo model = ModelInfo.of(locator.locate(name), locator.hashes());
    if (json) {
      console.print(model);
    } else {
      new ModelText(model.summary(), name, console.width()).print(console.out());
    }
    return ExitCode.DONE;
  }
}
