package dev.limpid.corpus;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Some prompts that follow one another, taken by one thread. */
record Block(List<CorpusInput.Numbered> entries) {
  /**
   * So many prompts, or characters of text, make one: short prompts are one pass, and threads end
   * at about the same time.
   */
  private static final int PROMPTS = 16;

  private static final int CHARACTERS = 1 << 16;

  /** Reads the next one; it has no entries behind the last. */
  static Block read(CorpusInput input) throws IOException {
    List<CorpusInput.Numbered> entries = new ArrayList<>();
    int characters = 0;
    while (entries.size() < PROMPTS && characters < CHARACTERS) {
      Optional<CorpusInput.Numbered> next = input.next();
      if (next.isEmpty()) {
        break;
      }
      entries.add(next.get());
      characters += characters(next.get().entry());
    }
    return new Block(entries);
  }

  private static int characters(CorpusEntry entry) {
    return entry instanceof CorpusEntry.Prompt prompt && prompt.given().text() != null
        ? prompt.given().text().length()
        : 1;
  }

  /**
   * What became of a block.
   *
   * @param rows of its samples, as they are written
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Outcome(int prompts, CorpusStatistics statistics, byte[] rows, List<Reject> rejects) {}

  /** Takes the samples of its prompts. */
  Outcome take(PromptSampler sampler) throws IOException {
    List<PromptSampler.Asked> asked = new ArrayList<>();
    for (CorpusInput.Numbered entry : entries) {
      if (entry.entry() instanceof CorpusEntry.Prompt prompt) {
        asked.add(new PromptSampler.Asked(entry.number(), prompt.given(), prompt.group()));
      }
    }
    Iterator<PromptSampler.Taken> taken = sampler.take(asked).iterator();
    CorpusStatistics statistics = CorpusStatistics.empty(sampler.shape());
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    List<Reject> rejects = new ArrayList<>();
    for (CorpusInput.Numbered entry : entries) {
      Optional<String> reason =
          switch (entry.entry()) {
            case CorpusEntry.Bad bad -> Optional.of(bad.reason());
            case CorpusEntry.Prompt prompt ->
                add(taken.next(), prompt.group(), statistics, new DataOutputStream(rows));
          };
      if (reason.isPresent()) {
        statistics.plusRejected();
        rejects.add(new Reject(entry.number(), entry.file(), entry.entry().line(), reason.get()));
      }
    }
    return new Outcome(entries.size(), statistics, rows.toByteArray(), rejects);
  }

  /** Returns why there is nothing to add; empty if there is. */
  private static Optional<String> add(
      PromptSampler.Taken taken,
      Optional<String> group,
      CorpusStatistics statistics,
      DataOutputStream rows)
      throws IOException {
    for (PromptSampler.Sampled sampled : taken.samples()) {
      statistics.plus(sampled.sample(), group);
      sampled.row().write(rows);
    }
    return taken.reason();
  }
}
