package dev.limpid.tensor.safetensors;

import dev.limpid.tensor.Shape;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.files.JsonProblem;
import dev.limpid.tensor.files.ModelFile;
import dev.limpid.tensor.files.OneLine;
import dev.limpid.tensor.weights.MissingTensorException;
import dev.limpid.tensor.weights.WeightSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The weights of one model: a single {@code model.safetensors}, or several files with a {@code
 * model.safetensors.index.json} that says which tensor lies where.
 *
 * <p>Tensors are asked for by exact name and expected shape. They are views of the mapped files,
 * which stay mapped as long as any of them is in use.
 */
public final class Checkpoint implements WeightSource {
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  /** In file systems everywhere. */
  private static final int LONGEST_NAME = 255;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(8).build())
                  .build())
          .build();

  private final Path folder;
  private final Map<String, SafetensorsFile> fileOf;

  private final Set<String> names;

  private Checkpoint(Path folder, Map<String, SafetensorsFile> fileOf) {
    this.folder = folder;
    this.fileOf = Collections.unmodifiableMap(fileOf);
    Set<String> all = new LinkedHashSet<>(fileOf.keySet());
    all.removeIf(name -> fileOf.containsKey(PairedBlocks.blocksOf(name)));
    this.names = Collections.unmodifiableSet(all);
  }

  /**
   * Opens the checkpoint in a folder.
   *
   * @throws IOException if there is none, or it is damaged: one line with path and reason
   */
  public static Checkpoint open(Path folder) throws IOException {
    return new Checkpoint(folder, locate(folder, Arena.ofAuto()));
  }

  private static Map<String, SafetensorsFile> locate(Path folder, Arena arena) throws IOException {
    Map<String, SafetensorsFile> fileOf = new LinkedHashMap<>();
    Path index = folder.resolve(INDEX);
    if (Files.exists(folder.resolve(SINGLE)) || !Files.exists(index)) {
      SafetensorsFile file = SafetensorsFile.open(singleFile(folder), arena);
      file.names().forEach(name -> fileOf.put(name, file));
      return fileOf;
    }
    Map<String, String> fileNames = readIndex(index);
    Map<String, SafetensorsFile> opened = new LinkedHashMap<>();
    for (Map.Entry<String, String> entry : fileNames.entrySet()) {
      @Nullable SafetensorsFile file = opened.get(entry.getValue());
      if (file == null) {
        file = SafetensorsFile.open(folder.resolve(entry.getValue()), arena);
        opened.put(entry.getValue(), file);
      }
      if (!file.names().contains(entry.getKey())) {
        throw new MissingTensorException(
            file.path(), entry.getKey(), "is not in the file, though " + INDEX + " says so");
      }
      fileOf.put(entry.getKey(), file);
    }
    return fileOf;
  }

  private static Path singleFile(Path folder) throws IOException {
    Path named = folder.resolve(SINGLE);
    if (Files.exists(named)) {
      return named;
    }
    List<Path> found = new ArrayList<>();
    boolean pickles;
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> all = files.sorted().toList();
      all.stream().filter(p -> p.toString().endsWith(".safetensors")).forEach(found::add);
      pickles = all.stream().anyMatch(p -> p.toString().endsWith(".bin"));
    }
    if (found.size() == 1) {
      return found.getFirst();
    }
    if (found.isEmpty() && pickles) {
      throw new IOException(
          folder
              + ": only .bin weights here; convert them to safetensors (in Python:"
              + " model.save_pretrained(folder, safe_serialization=True))");
    }
    throw new IOException(
        found.isEmpty()
            ? folder + ": no " + SINGLE + " and no " + INDEX + " in this folder"
            : folder + ": several .safetensors files and no " + INDEX);
  }

  private static Map<String, String> readIndex(Path index) throws IOException {
    JsonNode map;
    try {
      map = JSON.readTree(ModelFile.readJson(index)).path("weight_map");
    } catch (JacksonException e) {
      throw new MalformedSafetensorsException(index, 0, "not valid JSON: " + JsonProblem.of(e));
    }
    if (!map.isObject() || map.isEmpty()) {
      throw new MalformedSafetensorsException(index, 0, "it has no weight_map");
    }
    Map<String, String> names = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      String file = entry.getValue().asString("");
      if (!isFileName(file)) {
        throw new MalformedSafetensorsException(
            index,
            0,
            "tensor '%s' is said to lie in '%s', which is no name of a file in this folder"
                .formatted(OneLine.of(entry.getKey()), OneLine.of(file)));
      }
      names.put(entry.getKey(), file);
    }
    return names;
  }

  /** A name with a folder in it could lead out of the checkpoint. */
  private static boolean isFileName(String name) {
    boolean plain = name.length() <= LONGEST_NAME && OneLine.of(name).equals(name);
    if (!plain || name.isEmpty() || name.equals(".") || name.equals("..") || name.contains("\\")) {
      return false;
    }
    try {
      return Path.of(name).equals(Path.of(name).getFileName());
    } catch (InvalidPathException e) {
      return false;
    }
  }

  @Override
  public void requireWhole() throws IOException {
    for (SafetensorsFile file : new LinkedHashSet<>(fileOf.values())) {
      file.requireWhole();
    }
  }

  @Override
  public Path location() {
    return folder;
  }

  /** Returns the names of all tensors; scales of blocks are no tensors of their own. */
  @Override
  public Set<String> names() {
    return names;
  }

  @Override
  public List<Path> files() {
    Set<Path> files = new LinkedHashSet<>();
    fileOf.values().forEach(file -> files.add(file.path()));
    return List.copyOf(files);
  }

  /** Tensors are views: asking for one reads nothing. */
  @Override
  public void require(String name, int... expectedShape) throws MissingTensorException {
    if (isQuantised(name)) {
      blocks(name, expectedShape);
    } else {
      tensor(name, expectedShape);
    }
  }

  /** Returns a part of a tensor; of one in blocks and scales, a copy on the heap. */
  @Override
  public Tensor part(String name, int row, int... expectedShape) throws MissingTensorException {
    return isQuantised(name)
        ? blocks(name, expectedShape).part(row)
        : tensor(name, expectedShape).row(row);
  }

  private boolean isQuantised(String name) {
    return fileOf.containsKey(name) && fileOf.containsKey(PairedBlocks.scalesOf(name));
  }

  private PairedBlocks blocks(String name, int... shape) throws MissingTensorException {
    String scales = PairedBlocks.scalesOf(name);
    return PairedBlocks.of(
        Objects.requireNonNull(fileOf.get(name)),
        name,
        Objects.requireNonNull(fileOf.get(scales)),
        scales,
        shape);
  }

  @Override
  public Checkpoint mappedAgain(Arena arena) throws IOException {
    Map<SafetensorsFile, SafetensorsFile> again = new HashMap<>();
    for (SafetensorsFile file : new LinkedHashSet<>(fileOf.values())) {
      again.put(file, file.mappedAgain(arena));
    }
    Map<String, SafetensorsFile> mapped = new LinkedHashMap<>();
    fileOf.forEach((name, file) -> mapped.put(name, Objects.requireNonNull(again.get(file))));
    return new Checkpoint(folder, mapped);
  }

  /** Returns a tensor by its exact name, as a view of the mapped file. */
  @Override
  public Tensor tensor(String name, int... expectedShape) throws MissingTensorException {
    @Nullable SafetensorsFile file = fileOf.get(name);
    if (file == null) {
      throw new MissingTensorException(folder, name, "is not in the checkpoint");
    }
    Tensor tensor = file.tensor(name);
    Shape expected = Shape.of(expectedShape);
    if (!tensor.shape().equals(expected)) {
      throw new MissingTensorException(
          file.path(),
          name,
          "has shape " + tensor.shape() + ", the configuration needs " + expected);
    }
    return tensor;
  }
}
