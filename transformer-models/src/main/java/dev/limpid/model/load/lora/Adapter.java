package dev.limpid.model.load.lora;

import dev.limpid.model.config.ModelConfigException;
import dev.limpid.tensor.Shape;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import dev.limpid.tensor.weights.MissingTensorException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A folder with adapter_config.json and adapter_model.safetensors, as PEFT writes it: for modules
 * of a base, by their names, what is added to their weights or stands in their place.
 */
public final class Adapter {
  private static final String WEIGHTS = "adapter_model.safetensors";

  private static final Pattern NAME = Pattern.compile("base_model\\.model\\.(.+)");

  /** What an adapter holds of a module, and by which end of a name. */
  enum Part {
    A("\\.lora_A(\\.default)?\\.weight"),
    B("\\.lora_B(\\.default)?\\.weight"),
    EMBEDDING_A("\\.lora_embedding_A(\\.default)?"),
    EMBEDDING_B("\\.lora_embedding_B(\\.default)?"),
    BIAS("(\\.base_layer)?\\.bias"),
    WHOLE("(\\.base_layer|\\.modules_to_save(\\.default)?)?\\.weight");

    private final Pattern name;

    Part(String end) {
      this.name = Pattern.compile("(.+?)" + end);
    }
  }

  private final Path folder;
  private final AdapterConfig config;
  private final SafetensorsFile file;
  private final Map<String, Map<Part, String>> modules;

  private Adapter(
      Path folder,
      AdapterConfig config,
      SafetensorsFile file,
      Map<String, Map<Part, String>> modules) {
    this.folder = folder;
    this.config = config;
    this.file = file;
    this.modules = modules;
  }

  /** Returns whether a folder holds an adapter and no model. */
  public static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(AdapterConfig.FILE))
        && !Files.exists(folder.resolve("config.json"));
  }

  /**
   * Opens the adapter in a folder.
   *
   * @throws IOException if there is none, it is damaged, or it asks for more than a sum, in words
   */
  public static Adapter open(Path folder) throws IOException {
    if (!Files.isRegularFile(folder.resolve(AdapterConfig.FILE))) {
      throw new IOException(folder + ": no adapter here: it has no " + AdapterConfig.FILE);
    }
    AdapterConfig config = AdapterConfig.read(folder);
    if (!Files.exists(folder.resolve(WEIGHTS))) {
      throw new IOException(
          Files.exists(folder.resolve("adapter_model.bin"))
              ? folder.resolve("adapter_model.bin") + ": convert it to safetensors"
              : folder + ": no " + WEIGHTS + " here");
    }
    SafetensorsFile file = SafetensorsFile.open(folder.resolve(WEIGHTS), Arena.ofAuto());
    Map<String, Map<Part, String>> modules = new TreeMap<>();
    for (String name : file.names()) {
      put(name, file, modules);
    }
    if (modules.isEmpty()) {
      throw new IOException(file.path() + ": holds no tensors");
    }
    return new Adapter(folder, config, file, Collections.unmodifiableMap(modules));
  }

  private static void put(String name, SafetensorsFile file, Map<String, Map<Part, String>> modules)
      throws MissingTensorException {
    Matcher whole = NAME.matcher(name);
    for (Part part : Part.values()) {
      Matcher of = part.name.matcher(whole.matches() ? whole.group(1) : "");
      if (of.matches()) {
        Map<Part, String> parts =
            modules.computeIfAbsent(of.group(1), module -> new EnumMap<>(Part.class));
        @Nullable String other = parts.put(part, name);
        if (other != null) {
          throw new MissingTensorException(
              file.path(), name, "says the same as '%s'".formatted(other));
        }
        return;
      }
    }
    throw new MissingTensorException(
        file.path(),
        name,
        "is nothing that a LoRA adapter adds to a base, or puts in the place of a weight");
  }

  /** Returns the folder. */
  public Path folder() {
    return folder;
  }

  /** Returns the folder or the name of the model it was trained on; empty where it does not say. */
  public String base() {
    return config.base();
  }

  /** Returns the folder of its base, where it names one by a path from its own folder. */
  public Optional<Path> baseFolder() {
    if (base().isBlank()) {
      return Optional.empty();
    }
    try {
      Path path = folder.resolve(base());
      return Files.isRegularFile(path.resolve("config.json"))
          ? Optional.of(path)
          : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** Returns the exception for a base that is not in a folder from here. */
  public ModelConfigException withoutBase() {
    return new ModelConfigException(
        config.file(),
        "base_model_name_or_path '%s' is no folder with a config.json, seen from here; give the base and the adapter"
            .formatted(base()));
  }

  /** Returns r, where no pattern says otherwise. */
  public int rank() {
    return config.rank();
  }

  /** Returns alpha, where no pattern says otherwise. */
  public double alpha() {
    return config.alpha();
  }

  /** Returns how many modules of the base it changes. */
  public int nModules() {
    return modules.size();
  }

  /** Returns how many numbers it holds. */
  public long parameters() {
    return file.names().stream().mapToLong(n -> file.shape(n).map(Shape::size).orElse(0L)).sum();
  }

  /** Returns the files whose content counts. */
  public List<Path> files() {
    return List.of(file.path(), folder.resolve(AdapterConfig.FILE));
  }

  /** Returns what it holds of each module, by the modules' names in the base. */
  Map<String, Map<Part, String>> modules() {
    return modules;
  }

  /** Returns the same through a mapping of its own. */
  Adapter mappedAgain(Arena arena) throws IOException {
    return new Adapter(folder, config, file.mappedAgain(arena), modules);
  }

  void requireWhole() throws IOException {
    file.requireWhole();
  }

  /**
   * Checks that a part of a module has a shape.
   *
   * @throws MissingTensorException if it has not, naming both
   */
  void require(String module, Part part, int... shape) throws IOException {
    String name = name(module, part);
    Shape stored = file.shape(name).orElseThrow();
    Shape expected = Shape.of(shape);
    if (!stored.equals(expected)) {
      throw new MissingTensorException(
          file.path(), name, "has shape %s, the base needs %s".formatted(stored, expected));
    }
  }

  /** Returns r of a module; A's rows, or columns of B, must be as many. */
  int rank(String module) throws ModelConfigException {
    return config.rank(module);
  }

  float scale(String module) throws ModelConfigException {
    return (float) config.scale(module);
  }

  /** Returns a part of a module; all its numbers are finite. */
  Tensor tensor(String module, Part part) throws IOException {
    String name = name(module, part);
    Tensor tensor = file.tensor(name);
    if (!tensor.allFinite()) {
      throw new MissingTensorException(file.path(), name, "has weights that are NaN or infinite");
    }
    return tensor;
  }

  /** Returns the name of a part; it must be there where its counterpart is. */
  private String name(String module, Part part) throws IOException {
    Map<Part, String> parts = Objects.requireNonNull(modules.get(module));
    @Nullable String name = parts.get(part);
    if (name == null) {
      throw new MissingTensorException(
          file.path(),
          parts.values().iterator().next(),
          "has no counterpart (A without B, or B without A)");
    }
    return name;
  }

  /** Returns the exception that says what is wrong with what it holds of a module. */
  MissingTensorException wrong(String module, String reason) {
    String name = Objects.requireNonNull(modules.get(module)).values().iterator().next();
    return new MissingTensorException(file.path(), name, reason);
  }
}
