package dev.limpid.benchmarks.faithfulness;

import dev.limpid.Analysis;
import dev.limpid.Comparison;
import dev.limpid.LanguageModel;
import dev.limpid.Progress;
import dev.limpid.Prompt;
import dev.limpid.QuestionException;
import dev.limpid.files.PromptEntry;
import dev.limpid.files.PromptFile;
import dev.limpid.files.PromptLine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Prompts of one task, as a model sees them.
 *
 * @param name of their file, without its ending
 */
record PromptSet(String name, List<Entry> entries) {
  private static final int MOST_REFERENCES = 8;

  /**
   * A prompt and what is asked about it; its references are other prompts of the set that are as
   * long, at most eight, or its source where there are none.
   */
  record Entry(int number, Analysis analysis, Comparison comparison) {}

  /** Reads a file whose lines all name a source, an answer and a distractor. */
  static PromptSet read(LanguageModel model, Path file) throws IOException, QuestionException {
    List<PromptLine> lines = lines(file);
    List<Prompt> prompts = new ArrayList<>();
    for (PromptLine line : lines) {
      prompts.add(line.prompt().cut(model.source(), Optional.empty()));
    }
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      PromptLine line = lines.get(i);
      Prompt prompt = prompts.get(i);
      Prompt source = Objects.requireNonNull(line.source()).cut(model.source(), Optional.empty());
      List<Prompt> references =
          prompts.stream()
              .filter(
                  p -> !p.tokens().equals(prompt.tokens()) && p.nPositions() == prompt.nPositions())
              .limit(MOST_REFERENCES)
              .toList();
      Comparison comparison =
          Comparison.of(
                  prompt.nPositions() - 1,
                  prompt.tokenId(Objects.requireNonNull(line.answer())),
                  prompt.tokenId(Objects.requireNonNull(line.distractor())))
              .withSource(source)
              .withReferences(references.isEmpty() ? List.of(source) : references);
      entries.add(new Entry(i, model.analyse(prompt, Progress.NONE), comparison));
    }
    return new PromptSet(file.getFileName().toString().replaceFirst("[.]jsonl$", ""), entries);
  }

  private static List<PromptLine> lines(Path file) throws IOException {
    List<PromptLine> lines = new ArrayList<>();
    try (PromptFile prompts = PromptFile.open(file)) {
      for (var entry = prompts.next(); entry.isPresent(); entry = prompts.next()) {
        switch (entry.get()) {
          case PromptLine line -> lines.add(line);
          case PromptEntry.Bad bad ->
              throw new IOException(file + ":" + bad.number() + ": " + bad.reason());
        }
      }
    }
    return lines;
  }
}
