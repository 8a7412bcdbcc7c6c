package dev.limpid.testdata;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Paths of test data, found from the system property {@code limpid.root} (set by the build). */
public final class TestData {
  private TestData() {}

  /** Returns the root folder of the project. */
  public static Path root() {
    String root = System.getProperty("limpid.root");
    if (root == null) {
      throw new IllegalStateException("system property limpid.root is not set: run tests by Maven");
    }
    return Path.of(root);
  }

  /** Returns the folder {@code testdata}. */
  public static Path folder() {
    return root().resolve("testdata");
  }

  /** Returns the model folders below {@code testdata/goldens} that hold a checkpoint. */
  public static List<Path> goldenModels() {
    return modelsIn(folder().resolve("goldens"));
  }

  /**
   * What an independent implementation computed for one prompt.
   *
   * @param name of the golden, for messages
   * @param model the folder of the model
   * @param expected the tensors; at least tokens, patterns, states after layers and contributions
   */
  public record Golden(String name, Path model, Path expected) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Returns all goldens: of the golden models, the bundled models and the extra data. */
  public static List<Golden> goldens() {
    Stream<Golden> ofFolders =
        Stream.concat(goldenModels().stream(), extraModels().stream())
            .map(model -> golden(model, model.resolve("expected.safetensors")));
    Stream<Golden> ofDemos =
        demoModels().stream()
            .flatMap(model ->
                Stream.of("expected.safetensors", "expected-2.safetensors")
                    .map(file -> golden(model, demoGoldens(model).resolve(file))));
    return Stream.concat(ofFolders, ofDemos).toList();
  }

  private static Golden golden(Path model, Path expected) {
    String number = expected.getFileName().toString().replaceAll("[^0-9]", "");
    String name = model.getFileName().toString();
    return new Golden(number.isEmpty() ? name : name + " " + number, model, expected);
  }

  /** Returns the folders of the bundled models. */
  public static List<Path> demoModels() {
    return modelsIn(folder().resolve("models"));
  }

  /** Returns the folder with what was computed for a bundled model. */
  public static Path demoGoldens(Path model) {
    return folder().resolve("goldens").resolve(model.getFileName());
  }

  /** Returns the folder of held-out prompts, one task a file, and of the corpus. */
  public static Path prompts() {
    return folder().resolve("prompts");
  }

  /**
   * Returns the folder of extra data that the environment variable LIMPID_EXTRA names (see
   * CONTRIBUTING.md; the build hands it on as {@code limpid.extra}), where one is named; the tests
   * pass without it and check more with it.
   */
  public static Optional<Path> extra() {
    String folder = System.getProperty("limpid.extra", "");
    if (folder.isEmpty()) {
      return Optional.empty();
    }
    Path extra = root().resolve(folder).normalize();
    if (!Files.isDirectory(extra.resolve("models"))) {
      throw new IllegalStateException(
          "LIMPID_EXTRA should name a folder that holds models, is '" + folder + "'");
    }
    return Optional.of(extra);
  }

  /** Returns the model folders of the extra data, or an empty list. */
  public static List<Path> extraModels() {
    return extra().map(path -> modelsIn(path.resolve("models"))).orElse(List.of());
  }

  /**
   * Returns the folder of SmolLM2-135M-Instruct in F16, named by the system property {@code
   * limpid.smollm2} (see CONTRIBUTING.md); only tests of the group "accuracy" need it.
   */
  public static Path smolLm2() {
    String folder = System.getProperty("limpid.smollm2", "");
    if (!Files.exists(Path.of(folder, "config.json"))) {
      throw new IllegalStateException(
          "-Dlimpid.smollm2 should name a folder with SmolLM2-135M-Instruct, is '" + folder + "'");
    }
    return Path.of(folder);
  }

  private static List<Path> modelsIn(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(path -> Files.exists(path.resolve("config.json"))).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
