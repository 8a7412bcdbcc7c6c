package dev.limpid.models;

import dev.limpid.tensor.gguf.GgufFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the README.md beside a model says, in the form the hub gives it: facts between two lines of
 * dashes, then text.
 *
 * @param licence what the facts call so, else the name of a licence file
 * @param about the first paragraph of the text
 * @param examples the prompts the facts list under {@code widget}
 */
public record ModelCard(Optional<String> licence, Optional<String> about, List<String> examples) {
  private static final String FENCE = "---";
  private static final int LONGEST = 400;

  private static final Pattern EXAMPLE = Pattern.compile("- text: \"(.*)\"");

  /** Reads the card of a model, or what a GGUF file says in its place; else all is empty. */
  public static ModelCard read(Path folder) throws IOException {
    if (GgufFile.isAt(folder)) {
      return GgufFacts.card(folder);
    }
    Path file = folder.resolve("README.md");
    List<String> lines =
        Files.isRegularFile(file)
            ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList()
            : List.of();
    int facts = lines.isEmpty() || !lines.getFirst().strip().equals(FENCE) ? -1 : 0;
    int end = facts < 0 ? -1 : indexOfFence(lines);
    List<String> head = lines.subList(0, Math.max(end, 0));
    Optional<String> licence =
        head.stream()
            .filter(line -> line.startsWith("license:"))
            .map(line -> line.substring("license:".length()).strip().replaceAll("[\"']", ""))
            .filter(text -> !text.isEmpty())
            .findFirst();
    return new ModelCard(
        licence.isPresent() ? licence : licenceFile(folder),
        paragraph(lines.subList(end + 1, lines.size())),
        head.stream()
            .map(line -> EXAMPLE.matcher(line.strip()))
            .filter(Matcher::matches)
            .map(found -> found.group(1))
            .toList());
  }

  private static int indexOfFence(List<String> lines) {
    for (int i = 1; i < lines.size(); i++) {
      if (lines.get(i).strip().equals(FENCE)) {
        return i;
      }
    }
    return -1;
  }

  private static Optional<String> licenceFile(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(path -> path.getFileName().toString())
          .filter(name -> name.startsWith("LICENSE") || name.startsWith("LICENCE"))
          .sorted()
          .findFirst()
          .map(name -> "see " + name);
    }
  }

  private static Optional<String> paragraph(List<String> lines) {
    String text =
        String.join(
            " ",
            lines.stream()
                .map(String::strip)
                .dropWhile(ModelCard::isDecoration)
                .takeWhile(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList());
    if (text.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…");
  }

  private static boolean isDecoration(String line) {
    return line.isEmpty()
        || line.startsWith("#")
        || line.startsWith("<")
        || line.startsWith("![")
        || line.startsWith("[!");
  }
}
