package dev.limpid.explorer.settings;

import dev.limpid.explorer.input.InputFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The configuration file of the LM Transparency Tool, read as it is.
 *
 * @param maxUserStringLength the longest sentence a person may type, in characters; empty: any
 * @param preloadedDatasetFilename a file with one sentence a line to choose from
 * @param debug whether to show what helps to find errors
 * @param demoMode whether strangers use it, so that nothing of the machine may be chosen
 * @param allowLoadingDatasetFiles whether a person may load own files of sentences
 * @param models folders by name, in the file's order; a name without a folder is one of the hub
 * @param defaultModel the model to start with
 */
public record ExplorerConfig(
    Optional<Integer> maxUserStringLength,
    Optional<Path> preloadedDatasetFilename,
    boolean debug,
    boolean demoMode,
    boolean allowLoadingDatasetFiles,
    Map<String, Optional<Path>> models,
    Optional<String> defaultModel) {

  private static final Set<String> KEYS =
      Set.of(
          "max_user_string_length",
          "preloaded_dataset_filename",
          "debug",
          "demo_mode",
          "allow_loading_dataset_files",
          "models",
          "default_model");

  /** Keeps the order of the models. */
  public ExplorerConfig {
    models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
  }

  /** Returns the settings of a run without a file. */
  public static ExplorerConfig defaults() {
    return new ExplorerConfig(
        Optional.empty(), Optional.empty(), false, false, true, Map.of(), Optional.empty());
  }

  /** Returns the folders of the models that have one. */
  public Map<String, Path> modelFolders() {
    Map<String, Path> folders = new LinkedHashMap<>();
    models.forEach((name, folder) -> folder.ifPresent(path -> folders.put(name, path)));
    return folders;
  }

  /**
   * Reads a file. Relative paths in it are taken from the current folder, as LM-TT does.
   *
   * @param warnings hears of keys that are not known
   * @throws IOException if it is not there, not JSON, or a value is of the wrong kind
   */
  public static ExplorerConfig read(Path file, Consumer<String> warnings) throws IOException {
    JsonNode root;
    try {
      root = JsonMapper.shared().readTree(InputFile.read(file));
    } catch (JacksonException e) {
      throw new IOException(
          "%s: not valid JSON (line %d): %s"
              .formatted(file, e.getLocation().getLineNr(), e.getOriginalMessage()),
          e);
    }
    if (!root.isObject()) {
      throw new IOException(file + ": not a JSON object");
    }
    Set<String> unknown = new TreeSet<>(root.propertyNames());
    unknown.removeAll(KEYS);
    if (!unknown.isEmpty()) {
      warnings.accept(file + ": keys that are not known: " + String.join(", ", unknown));
    }
    return new Reader(file, root).read();
  }

  private record Reader(Path file, JsonNode root) {
    ExplorerConfig read() throws IOException {
      ExplorerConfig defaults = defaults();
      return new ExplorerConfig(
          number("max_user_string_length"),
          text("preloaded_dataset_filename").map(Path::of),
          flag("debug", defaults.debug),
          flag("demo_mode", defaults.demoMode),
          flag("allow_loading_dataset_files", defaults.allowLoadingDatasetFiles),
          models(),
          text("default_model"));
    }

    private Map<String, Optional<Path>> models() throws IOException {
      JsonNode node = root.path("models");
      Map<String, Optional<Path>> models = new LinkedHashMap<>();
      if (node.isMissingNode() || node.isNull()) {
        return models;
      }
      if (!node.isObject()) {
        throw wrong("models", "an object of names and folders", node);
      }
      for (Map.Entry<String, JsonNode> entry : node.properties()) {
        JsonNode folder = entry.getValue();
        if (!folder.isString() && !folder.isNull()) {
          throw wrong("models." + entry.getKey(), "a folder", folder);
        }
        String path = folder.asString("");
        models.put(entry.getKey(), path.isEmpty() ? Optional.empty() : Optional.of(Path.of(path)));
      }
      return models;
    }

    private Optional<Integer> number(String key) throws IOException {
      JsonNode node = root.path(key);
      if (node.isMissingNode() || node.isNull()) {
        return Optional.empty();
      }
      if (!node.isIntegralNumber() || !node.canConvertToInt()) {
        throw wrong(key, "a whole number", node);
      }
      return Optional.of(node.asInt());
    }

    private Optional<String> text(String key) throws IOException {
      JsonNode node = root.path(key);
      if (node.isMissingNode() || node.isNull()) {
        return Optional.empty();
      }
      if (!node.isString()) {
        throw wrong(key, "a text", node);
      }
      return Optional.of(node.asString()).filter(text -> !text.isEmpty());
    }

    private boolean flag(String key, boolean otherwise) throws IOException {
      JsonNode node = root.path(key);
      if (node.isMissingNode() || node.isNull()) {
        return otherwise;
      }
      if (!node.isBoolean()) {
        throw wrong(key, "true or false", node);
      }
      return node.asBoolean();
    }

    private IOException wrong(String key, String expected, JsonNode found) {
      return new IOException("%s: %s: is to be %s, is %s".formatted(file, key, expected, found));
    }
  }
}
