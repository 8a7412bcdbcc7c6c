package dev.limpid.corpus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A kind of files with prompts, told by how their names end. */
public interface PromptFormat {
  /** Returns one prompt a line, objects as JSON lines, and tables of comma-separated values. */
  static List<PromptFormat> builtIn() {
    return List.of(new TextLines(), new JsonLines(), new CsvTable());
  }

  /** Says what a line of a text is; its number is from 1. */
  static CorpusEntry textLine(long number, byte[] line) {
    return TextLines.entry(number, line);
  }

  /** Returns how names of such files end, with the dot. */
  String ending();

  /**
   * Opens a file.
   *
   * @param groupBy the key that groups are made by
   * @throws IOException if it cannot be read, or holds no prompts by its form
   */
  PromptReader open(Path file, Optional<String> groupBy) throws IOException;

  /** Returns the size of a file that {@link PromptReader#done} goes up to. */
  default long size(Path file) throws IOException {
    return Files.size(file);
  }
}
