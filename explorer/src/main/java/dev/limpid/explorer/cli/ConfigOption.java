package dev.limpid.explorer.cli;

import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.settings.ExplorerConfig;
import dev.limpid.models.ModelLocator;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --config}: a configuration file. */
@OptionGroup(Heading.MODEL)
final class ConfigOption {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "JSON file that names models and a default, as written for LM-TT.")
  private @Nullable Path file;

  /** Returns what finds models for this user. */
  ModelLocator locator(Console console) throws IOException {
    return ModelLocator.ofUser(console.variables(), read(console).modelFolders());
  }

  /** Reads the file, or returns the defaults where none was given. */
  ExplorerConfig read(Console console) throws IOException {
    return file == null ? ExplorerConfig.defaults() : ExplorerConfig.read(file, console::warn);
  }
}
