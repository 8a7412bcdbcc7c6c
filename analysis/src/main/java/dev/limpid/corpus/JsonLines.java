package dev.limpid.corpus;

import dev.limpid.files.PromptEntry;
import dev.limpid.files.PromptLine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON objects, one a line, with {@code text} or {@code tokens}. */
public final class JsonLines implements PromptFormat {
  JsonLines() {}

  @Override
  public String ending() {
    return ".jsonl";
  }

  @Override
  public PromptReader open(Path file, Optional<String> groupBy) throws IOException {
    return open(Files.newInputStream(file), file.toString(), groupBy);
  }

  /**
   * Reads a stream, which is closed with the reader.
   *
   * @param name what messages call it
   */
  static PromptReader open(InputStream in, String name, Optional<String> groupBy) {
    return new LinesReader(new Lines(in, name), (number, line) -> entry(number, line, groupBy));
  }

  /**
   * Says what a line is.
   *
   * @param number from 1
   */
  public static CorpusEntry entry(long number, byte[] line, Optional<String> groupBy) {
    return switch (PromptLine.parse(1, line)) {
      case PromptEntry.Bad bad -> new CorpusEntry.Bad(number, bad.reason());
      case PromptLine prompt ->
          new CorpusEntry.Prompt(
              number,
              prompt.prompt(),
              groupBy.flatMap(key -> group(JsonMapper.shared().readTree(line).path(key))));
    };
  }

  private static Optional<String> group(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    return Optional.of(value.isString() ? value.asString() : value.toString());
  }
}
