package dev.limpid.explorer.cli;

import dev.limpid.ModelSource;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.settings.ExplorerConfig;
import dev.limpid.models.ModelLocator;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code --model} and {@code --config}: which models a server offers, and which it begins with. */
@OptionGroup(Heading.MODEL)
final class ServedModelOption {
  @Option(
      names = {"-m", "--model"},
      paramLabel = "NAME|DIR|GGUF",
      description =
          "The model to begin with; all that 'limpid models list' shows can be chosen (default: "
              + ModelLocator.DEFAULT_MODEL
              + ").")
  private @Nullable String model;

  @Option(
      names = "--adapter",
      paramLabel = "DIR",
      description =
          "Folder of a LoRA adapter (PEFT) to add to the weights of the model to begin with; the model without it"
              + " can be chosen, too, where it is listed.")
  private @Nullable String adapter;

  @Mixin private final ConfigOption configFile = new ConfigOption();

  /** Reads the configuration, or returns the defaults where none was given. */
  ExplorerConfig config(Console console) throws IOException {
    return configFile.read(console);
  }

  /** Finds the model to begin with. */
  ModelSource find(ModelLocator locator, ExplorerConfig config) throws IOException {
    String name = model != null ? model : config.defaultModel().orElse(ModelLocator.DEFAULT_MODEL);
    return adapter == null
        ? ModelSource.find(name, locator)
        : ModelSource.of(locator.locate(name, adapter), locator.hashes());
  }
}
