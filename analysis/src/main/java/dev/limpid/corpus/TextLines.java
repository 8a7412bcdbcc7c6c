package dev.limpid.corpus;

import dev.limpid.files.PromptLine.Given;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A text with one prompt a line. */
final class TextLines implements PromptFormat {
  @Override
  public String ending() {
    return ".txt";
  }

  @Override
  public PromptReader open(Path file, Optional<String> groupBy) throws IOException {
    return new LinesReader(
        new Lines(Files.newInputStream(file), file.toString()), TextLines::entry);
  }

  static CorpusEntry entry(long number, byte[] line) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
      return new CorpusEntry.Prompt(number, new Given(text, null), Optional.empty());
    } catch (CharacterCodingException e) {
      return new CorpusEntry.Bad(number, "not valid UTF-8");
    }
  }
}
