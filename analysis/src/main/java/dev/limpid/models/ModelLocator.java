package dev.limpid.models;

import dev.limpid.model.load.lora.Adapter;
import dev.limpid.models.ModelLocation.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds a model by what {@code --model} says: a name of the configuration file, else a folder or a
 * GGUF file, else a bundled model, else a folder of the models folder, else what Hugging Face's
 * libraries have downloaded. Never goes to the network.
 */
public final class ModelLocator {
  /** The model that is taken where none is named. */
  public static final String DEFAULT_MODEL = "demo-gpt2";

  /** What everybody calls them, and what they are called on the hub. */
  private static final Map<String, String> ON_HUB =
      Map.of(
          "gpt2", "openai-community/gpt2",
          "gpt2-medium", "openai-community/gpt2-medium",
          "gpt2-large", "openai-community/gpt2-large",
          "gpt2-xl", "openai-community/gpt2-xl",
          "distilgpt2", "distilbert/distilgpt2",
          "opt-125m", "facebook/opt-125m",
          "SmolLM2-135M", "HuggingFaceTB/SmolLM2-135M");

  private static final Pattern NAME =
      Pattern.compile(
          "[^./\\\\\\p{Cntrl}][^/\\\\\\p{Cntrl}]*(/[^./\\\\\\p{Cntrl}][^/\\\\\\p{Cntrl}]*)?");

  private final Folders folders;
  private final BundledModels bundled;
  private final HubCache hub;
  private final Map<String, Path> configured;

  /**
   * Creates a locator.
   *
   * @param configured folders of models by the names a configuration file gives them
   */
  public ModelLocator(Folders folders, BundledModels bundled, Map<String, Path> configured) {
    this.folders = folders;
    this.bundled = bundled;
    this.hub = new HubCache(folders.hub());
    this.configured = Map.copyOf(configured);
  }

  /** Returns what finds models for a user with these environment variables. */
  public static ModelLocator ofUser(Map<String, String> variables) {
    return ofUser(variables, Map.of());
  }

  /**
   * Returns what finds models for a user with these environment variables.
   *
   * @param configured folders of models by the names a configuration file gives them
   */
  public static ModelLocator ofUser(Map<String, String> variables, Map<String, Path> configured) {
    Folders folders = Folders.of(variables);
    Optional<Path> bundled =
        Optional.ofNullable(variables.get("LIMPID_BUNDLED"))
            .filter(value -> !value.isEmpty())
            .map(Path::of);
    return new ModelLocator(folders, BundledModels.find(bundled, folders.cache()), configured);
  }

  /**
   * Finds a model.
   *
   * @throws ModelNotFoundException if there is none; lists what was looked at
   * @throws IOException if a bundled model cannot be copied to the cache
   */
  public ModelLocation locate(String name) throws IOException {
    return withBase(find(name));
  }

  /**
   * Finds a model and an adapter to be added to it.
   *
   * @param base the model, whatever the adapter says of its base
   * @param adapter its folder, or its name
   * @throws ModelNotFoundException if one is not there
   */
  public ModelLocation locate(String base, String adapter) throws IOException {
    ModelLocation to = locate(base);
    ModelLocation added = find(adapter);
    if (to.base().isPresent()) {
      throw new IOException(
          "%s: is an adapter itself; one can be added to a model".formatted(to.folder()));
    }
    return new ModelLocation(
        to.name() + "+" + added.name(), added.folder(), added.origin(), Optional.of(to));
  }

  /** Finds the base of an adapter: seen from its folder, or else by what {@code --model} takes. */
  private ModelLocation withBase(ModelLocation found) throws IOException {
    if (!Adapter.isIn(found.folder())) {
      return found;
    }
    Adapter adapter = Adapter.open(found.folder());
    Optional<Path> beside = adapter.baseFolder();
    ModelLocation base = beside.isPresent() ? find(beside.get().toString()) : baseByName(adapter);
    return new ModelLocation(found.name(), found.folder(), found.origin(), Optional.of(base));
  }

  private ModelLocation baseByName(Adapter adapter) throws IOException {
    if (adapter.base().isBlank()) {
      throw adapter.withoutBase();
    }
    try {
      ModelLocation base = find(adapter.base());
      if (Adapter.isIn(base.folder())) {
        throw new IOException(
            base.folder() + ": is an adapter itself; one can be added to a model");
      }
      return base;
    } catch (ModelNotFoundException e) {
      throw new ModelNotFoundException(
          "%s: the base of this adapter, %s; or name one: --model BASE --adapter %s"
              .formatted(adapter.folder(), e.getMessage(), adapter.folder()));
    }
  }

  private ModelLocation find(String name) throws IOException {
    List<String> lookedAt = new ArrayList<>();
    @Nullable Path named = configured.get(name);
    if (named != null) {
      return require(found(name, named, Origin.CONFIGURATION, lookedAt), name, lookedAt);
    }
    if (name.isBlank()) {
      throw new ModelNotFoundException("model '': the name is empty");
    }
    Optional<ModelLocation> location = given(path(name), lookedAt);
    if (location.isEmpty() && isName(name)) {
      location = byName(name, lookedAt);
    }
    return require(location, name, lookedAt);
  }

  private ModelLocation require(
      Optional<ModelLocation> location, String name, List<String> lookedAt) throws IOException {
    if (location.isEmpty()) {
      throw notFound(name, lookedAt);
    }
    return location.get();
  }

  /**
   * Finds a model by a name of {@link #all} alone: nothing that looks like a path is followed.
   *
   * @throws ModelNotFoundException if none is listed by that name
   * @throws IOException if a bundled model cannot be copied to the cache
   */
  public ModelLocation listed(String name) throws IOException {
    Optional<ModelLocation> listed = all().stream().filter(m -> m.name().equals(name)).findFirst();
    if (listed.isEmpty()) {
      throw new ModelNotFoundException("model '" + name + "': no model is listed by that name");
    }
    if (listed.get().origin() == Origin.BUNDLED) {
      return new ModelLocation(name, bundled.find(name).orElseThrow(), Origin.BUNDLED);
    }
    return withBase(listed.get());
  }

  /** Returns what knows the SHA-256 of files from earlier runs of this user. */
  public FileHashes hashes() {
    return new FileHashes(folders.cache().resolve("hashes"));
  }

  /** A folder or file goes by its own name, wherever it lies. */
  private static Optional<ModelLocation> given(Path path, List<String> lookedAt) {
    @Nullable Path own = path.toAbsolutePath().normalize().getFileName();
    Origin origin = Files.isRegularFile(path) ? Origin.FILE : Origin.FOLDER;
    return found(own == null ? path.toString() : own.toString(), path, origin, lookedAt);
  }

  private Optional<ModelLocation> byName(String name, List<String> lookedAt) throws IOException {
    Optional<Path> own = bundled.find(name);
    if (own.isPresent()) {
      return own.map(folder -> new ModelLocation(name, folder, Origin.BUNDLED));
    }
    lookedAt.add("the bundled models (" + String.join(", ", bundled.names()) + ")");
    return found(name, folders.models().resolve(name), Origin.MODELS_FOLDER, lookedAt)
        .or(() -> inHub(name, lookedAt));
  }

  private Optional<ModelLocation> inHub(String name, List<String> lookedAt) {
    Optional<Path> snapshot = hub.find(name);
    if (snapshot.isEmpty()) {
      Path folder = hub.folderOf(name);
      lookedAt.add(folder + (Files.exists(folder) ? " (no whole snapshot in it)" : ""));
    }
    return snapshot
        .flatMap(ModelFolder::modelAt)
        .map(model -> new ModelLocation(name, model, Origin.HUB_CACHE));
  }

  private static Optional<ModelLocation> found(
      String name, Path folder, Origin origin, List<String> lookedAt) {
    Optional<Path> model = ModelFolder.modelAt(folder);
    if (model.isPresent()) {
      return Optional.of(new ModelLocation(name, model.get(), origin));
    }
    lookedAt.add(folder.toAbsolutePath() + whyNone(folder));
    return Optional.empty();
  }

  private static String whyNone(Path folder) {
    List<Path> several = ModelFolder.ggufModelsIn(folder);
    if (!several.isEmpty()) {
      return " (a folder with %d GGUF models; give one, as %s)"
          .formatted(several.size(), several.getFirst());
    }
    return Files.isDirectory(folder)
        ? " (a folder without config.json)"
        : Files.exists(folder) ? " (a file that is no .gguf; give the folder it is in)" : "";
  }

  /** Names are one or two plain words, so that no name leads out of the folders searched. */
  private static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  private static Path path(String name) throws IOException {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new ModelNotFoundException("model '" + name + "': neither a name nor a path");
    }
  }

  private ModelNotFoundException notFound(String name, List<String> lookedAt) throws IOException {
    List<String> names = all().stream().map(ModelLocation::name).toList();
    Optional<String> meant = Spelling.nearest(name, names);
    @Nullable String onHub = ON_HUB.get(name);
    String what;
    if (meant.isPresent()) {
      what = "did you mean " + meant.get() + "? 'limpid models list' shows what there is";
    } else if (onHub != null) {
      what = "'limpid models pull %s' downloads it; then give --model %s".formatted(onHub, onHub);
    } else {
      what =
          "looked at: %s; 'limpid models list' shows what there is, 'limpid models pull %s' downloads %s"
              .formatted(
                  String.join(", ", lookedAt),
                  isOfHub(name) ? name : "ORG/NAME",
                  isOfHub(name) ? "it, if the hub has it" : "more");
    }
    return new ModelNotFoundException("model '%s': not found; %s".formatted(name, what));
  }

  private static boolean isOfHub(String name) {
    return isName(name) && name.contains("/");
  }

  /**
   * Returns all models there are: bundled, in the models folder, in Hugging Face's cache. A bundled
   * one's folder may not be there yet; {@link #locate} copies it.
   */
  public List<ModelLocation> all() throws IOException {
    List<ModelLocation> all = new ArrayList<>();
    configured.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> add(entry.getValue(), entry.getKey(), Origin.CONFIGURATION, all));
    for (String name : bundled.names()) {
      bundled
          .folder(name)
          .map(folder -> new ModelLocation(name, folder, Origin.BUNDLED))
          .ifPresent(all::add);
    }
    for (Path folder : ModelFolder.in(folders.models())) {
      addFrom(folder, folder.getFileName().toString(), all);
    }
    all.addAll(hub.all());
    return List.copyOf(all);
  }

  /** A folder of the models folder is a model, or an organisation with models in it. */
  private static void addFrom(Path folder, String name, List<ModelLocation> all) {
    if (ModelFolder.holdsModel(folder)) {
      add(folder, name, Origin.MODELS_FOLDER, all);
      return;
    }
    for (Path inner : ModelFolder.in(folder)) {
      add(inner, name + "/" + inner.getFileName(), Origin.MODELS_FOLDER, all);
    }
  }

  private static void add(Path path, String name, Origin origin, List<ModelLocation> all) {
    ModelFolder.modelAt(path).map(at -> new ModelLocation(name, at, origin)).ifPresent(all::add);
  }
}
