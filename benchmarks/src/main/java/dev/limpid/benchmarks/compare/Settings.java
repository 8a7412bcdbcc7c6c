package dev.limpid.benchmarks.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** What all measurements beside peers are told: where things lie, and how often to measure. */
final class Settings {
  @Option(names = "--root", defaultValue = ".", description = "the project's folder")
  private Path root = Path.of(".");

  @Option(names = "--python", required = true, description = "python with requirements.txt")
  private Path python = Path.of("");

  @Option(
      names = "--python-lens2",
      required = true,
      description = "python with requirements-lens2.txt")
  private Path pythonLens2 = Path.of("");

  @Option(
      names = "--warm",
      defaultValue = "1.5",
      description = "seconds of each side's work before it is timed: ${DEFAULT-VALUE}")
  private double warm;

  @Option(
      names = "--out",
      required = true,
      description = "file of JSON lines that results are added to")
  private Path out = Path.of("");

  /** Returns peers to start, all of which end together. */
  Peers peers() {
    return new Peers(root.resolve("benchmarks/peers/peer.py"), python, pythonLens2);
  }

  /** Returns how often each side is timed. */
  Rounds rounds(int count) {
    return new Rounds(count, warm);
  }

  /** Opens a model, with this project's README as its prompt. */
  Subject open(String name, Path folder) throws IOException {
    return Subject.open(name, folder, root.resolve("README.md"));
  }

  Machine machine() throws IOException {
    return Machine.here(root);
  }

  /** Adds results to the file, one JSON document a line. */
  void append(List<?> results) throws IOException {
    JsonMapper json = new JsonMapper();
    List<String> lines = new ArrayList<>();
    for (Object result : results) {
      lines.add(json.writeValueAsString(result));
    }
    Files.createDirectories(out.toAbsolutePath().getParent());
    Files.write(
        out, lines, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
