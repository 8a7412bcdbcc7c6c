package dev.limpid.tensor.gguf;

import dev.limpid.tensor.Shape;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.weights.MissingTensorException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One model in GGUF (version 2 or 3, little endian), mapped read-only: metadata, descriptions of
 * the tensors, the data. It lies in one file, or in several parts of which the first is opened.
 *
 * <p>Every claim of a header is checked when the file is opened, against the bytes that are there:
 * nothing is allocated for what is only claimed. Tensors of types the engine does not compute with
 * are listed, and are an error only when asked for.
 */
public final class GgufFile {
  private static final String ENDING = ".gguf";

  private final List<GgufPart> parts;
  private final Map<String, GgufPart> partOf;

  private GgufFile(List<GgufPart> parts) {
    this.parts = List.copyOf(parts);
    Map<String, GgufPart> located = new LinkedHashMap<>();
    parts.forEach(part -> part.tensors().keySet().forEach(name -> located.put(name, part)));
    this.partOf = Collections.unmodifiableMap(located);
  }

  /**
   * Maps a file and checks its header; where it is the first part of several, those beside it, too.
   *
   * @param arena how long the mapping lives; tensors must not be used after it is closed
   * @throws MalformedGgufException if a file is damaged, or of a kind that is not supported
   * @throws IOException if a file cannot be read, or a part is missing or of another model
   */
  public static GgufFile open(Path path, Arena arena) throws IOException {
    return new GgufFile(GgufSplit.all(GgufPart.open(path, arena), arena));
  }

  /** Returns whether a path leads to a file that says by its name that it is one. */
  public static boolean isAt(Path path) {
    return path.toString().toLowerCase(Locale.ROOT).endsWith(ENDING) && Files.isRegularFile(path);
  }

  /**
   * Returns the files of a folder that are models by their names, sorted: whole ones, and the first
   * of several parts.
   *
   * @throws IOException if the folder cannot be read
   */
  public static List<Path> modelsIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(GgufFile::isAt).filter(GgufFile::isNoLaterPart).sorted().toList();
    }
  }

  /** Returns whether a file's name does not say that it is a part behind the first of several. */
  public static boolean isNoLaterPart(Path path) {
    @Nullable Path name = path.getFileName();
    return name == null || !GgufSplit.isLaterPart(name.toString());
  }

  /**
   * Checks that the files are still as long as they were when they were mapped.
   *
   * @throws MalformedGgufException if one is not
   */
  public void requireWhole() throws IOException {
    for (GgufPart part : parts) {
      part.requireWhole();
    }
  }

  /**
   * Returns the same model mapped once more, so that what is read of it can be let go of.
   *
   * @param arena how long that mapping lives
   * @throws IOException if a file was cut off or changed since it was opened
   */
  public GgufFile mappedAgain(Arena arena) throws IOException {
    List<GgufPart> again = new ArrayList<>();
    for (GgufPart part : parts) {
      again.add(part.mappedAgain(arena));
    }
    return new GgufFile(again);
  }

  /** Returns the path of the file, the first of several. */
  public Path path() {
    return parts.getFirst().path();
  }

  /** Returns the paths of all files the model lies in, in order. */
  public List<Path> paths() {
    return parts.stream().map(GgufPart::path).toList();
  }

  /** Returns the version of the format, 2 or 3. */
  public int version() {
    return parts.getFirst().version();
  }

  /** Returns the keys and their values. */
  public GgufMetadata metadata() {
    return parts.getFirst().metadata();
  }

  /** Returns the names of all tensors, in the order of the headers. */
  public Set<String> names() {
    return partOf.keySet();
  }

  /**
   * Returns the extents of a tensor, outermost first (the file has them the other way round), or
   * empty if there is none of that name.
   */
  public Optional<Shape> shape(String name) {
    return Optional.ofNullable(find(name)).map(GgufTensorInfo::shape);
  }

  /** Returns how the elements of a tensor are stored, or empty if there is none of that name. */
  public Optional<GgufType> type(String name) {
    return Optional.ofNullable(find(name)).map(GgufTensorInfo::type);
  }

  private @Nullable GgufTensorInfo find(String name) {
    @Nullable GgufPart part = partOf.get(name);
    return part == null ? null : part.tensors().get(name);
  }

  /**
   * Checks that a tensor is there and of a type that is supported, without reading it.
   *
   * @throws MissingTensorException if not
   */
  public void requireSupported(String name) throws MissingTensorException {
    info(name);
  }

  private GgufTensorInfo info(String name) throws MissingTensorException {
    @Nullable GgufTensorInfo tensor = find(name);
    if (tensor == null) {
      throw new MissingTensorException(path(), name, "is not in the file");
    }
    if (!tensor.type().isSupported()) {
      throw new MissingTensorException(
          Objects.requireNonNull(partOf.get(name)).path(),
          name,
          "has type %s, supported are %s".formatted(tensor.type(), GgufType.supported()));
    }
    return tensor;
  }

  /**
   * Returns a tensor, a view of the mapped file: one of a quantised type is decoded whenever it is
   * read.
   *
   * @throws MissingTensorException if there is none of that name, or its type is not supported
   */
  public Tensor tensor(String name) throws MissingTensorException {
    GgufTensorInfo tensor = info(name);
    return Objects.requireNonNull(partOf.get(name)).tensor(tensor);
  }
}
