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

/** {@code --model} and {@code --config}: which model a command works on. */
@OptionGroup(Heading.MODEL)
final class ModelOption {
  @Option(
      names = {"-m", "--model"},
      paramLabel = "NAME|DIR|GGUF",
      description =
          "Folder of a model in Hugging Face layout, a GGUF file, or a name that 'limpid models list' shows"
              + " (default: "
              + ModelLocator.DEFAULT_MODEL
              + ").")
  private @Nullable String model;

  @Option(
      names = "--adapter",
      paramLabel = "DIR",
      description =
          "Folder of a LoRA adapter (PEFT) to add to the model's weights; --model DIR does the same"
              + " with the base that the adapter names.")
  private @Nullable String adapter;

  @Mixin private final ConfigOption configFile = new ConfigOption();

  /** Finds the model that was asked for, or the default, and opens its files. */
  ModelSource find(Console console) throws IOException {
    ExplorerConfig config = configFile.read(console);
    String name = model != null ? model : config.defaultModel().orElse(ModelLocator.DEFAULT_MODEL);
    ModelLocator locator = ModelLocator.ofUser(console.variables(), config.modelFolders());
    return adapter == null
        ? ModelSource.find(name, locator)
        : ModelSource.of(locator.locate(name, adapter), locator.hashes());
  }
}
