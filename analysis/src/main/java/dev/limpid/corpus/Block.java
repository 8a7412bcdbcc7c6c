package dev.limpid.corpus;

import dev.limpid.Prompt;
import dev.limpid.QuestionException;
import dev.limpid.model.NonFiniteStateException;
import dev.limpid.model.tokenizer.TokenizationException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Some prompts that follow one another, taken by one thread. */
record Block(List<CorpusInput.Numbered> entries) {
  /** So many prompts, or characters of text, make one. */
  private static final int PROMPTS = 16;

  private static final int CHARACTERS = 1 << 16;

  private static final int LONGEST_GROUP = 200;

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
    CorpusStatistics statistics = CorpusStatistics.empty(sampler.shape());
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    List<Reject> rejects = new ArrayList<>();
    for (CorpusInput.Numbered entry : entries) {
      Optional<String> reason =
          switch (entry.entry()) {
            case CorpusEntry.Bad bad -> Optional.of(bad.reason());
            case CorpusEntry.Prompt prompt ->
                take(sampler, entry.number(), prompt, statistics, new DataOutputStream(rows));
          };
      if (reason.isPresent()) {
        statistics.plusRejected();
        rejects.add(new Reject(entry.number(), entry.file(), entry.entry().line(), reason.get()));
      }
    }
    return new Outcome(entries.size(), statistics, rows.toByteArray(), rejects);
  }

  /** Returns why it cannot be run; empty if it was. */
  private static Optional<String> take(
      PromptSampler sampler,
      long number,
      CorpusEntry.Prompt entry,
      CorpusStatistics statistics,
      DataOutputStream rows)
      throws IOException {
    if (entry.group().filter(group -> group.length() > LONGEST_GROUP).isPresent()) {
      return Optional.of("the name of its group has more than " + LONGEST_GROUP + " characters");
    }
    List<PromptSampler.Sampled> samples;
    try {
      Prompt prompt = entry.given().cut(sampler.model().source(), Optional.empty());
      samples = sampler.samples(number, prompt, entry.group());
    } catch (QuestionException | TokenizationException | NonFiniteStateException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
    if (samples.isEmpty()) {
      return Optional.of(PromptSampler.NO_SAMPLE);
    }
    for (PromptSampler.Sampled sampled : samples) {
      statistics.plus(sampled.sample(), entry.group());
      sampled.row().write(rows);
    }
    return Optional.empty();
  }
}
