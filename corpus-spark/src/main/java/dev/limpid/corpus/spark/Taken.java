package dev.limpid.corpus.spark;

import dev.limpid.Prompt;
import dev.limpid.QuestionException;
import dev.limpid.corpus.CorpusStatistics;
import dev.limpid.corpus.PromptSampler;
import dev.limpid.corpus.PromptSampler.Sampled;
import dev.limpid.corpus.Reject;
import dev.limpid.corpus.SampleRow;
import dev.limpid.model.NonFiniteStateException;
import dev.limpid.model.tokenizer.TokenizationException;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What was taken of some prompts.
 *
 * @param rows of {@code prompts.parquet}
 */
record Taken(SentStatistics statistics, List<Row> rows, List<SentReject> rejects)
    implements Serializable {
  private static final int PROMPTS = 64;

  /** A reject that can be sent. */
  record SentReject(long number, String file, long line, String reason) implements Serializable {
    Reject reject() {
      return new Reject(number, file, line, reason);
    }
  }

  /** Takes the prompts of a task, block by block, so that none of it is held as a whole. */
  static Iterator<Taken> of(Iterator<PromptRecord> prompts, JobOptions options) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return prompts.hasNext();
      }

      @Override
      public Taken next() {
        try {
          return block(prompts, ExecutorModel.sampler(options));
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      }
    };
  }

  private static Taken block(Iterator<PromptRecord> prompts, PromptSampler sampler)
      throws IOException {
    CorpusStatistics statistics = CorpusStatistics.empty(sampler.shape());
    Taken taken = new Taken(new SentStatistics(statistics), new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < PROMPTS && prompts.hasNext(); i++) {
      PromptRecord prompt = prompts.next();
      Optional<String> reason = taken.take(prompt, sampler);
      if (reason.isPresent()) {
        statistics.plusRejected();
        taken.rejects.add(
            new SentReject(prompt.number(), prompt.file(), prompt.line(), reason.get()));
      }
    }
    return taken;
  }

  /** Returns why it cannot be run; empty if it was. */
  private Optional<String> take(PromptRecord record, PromptSampler sampler) throws IOException {
    if (record.reason() != null) {
      return Optional.of(record.reason());
    }
    Optional<String> group = Optional.ofNullable(record.group());
    List<Sampled> samples;
    try {
      Prompt prompt = record.given().cut(sampler.model().source(), Optional.empty());
      samples = sampler.samples(record.number(), prompt, group);
    } catch (QuestionException | TokenizationException | NonFiniteStateException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
    if (samples.isEmpty()) {
      return Optional.of(PromptSampler.NO_SAMPLE);
    }
    for (Sampled sampled : samples) {
      statistics.statistics().plus(sampled.sample(), group);
      rows.add(row(sampled.row()));
    }
    return Optional.empty();
  }

  private static Row row(SampleRow row) {
    return RowFactory.create(
        row.prompt(),
        row.position(),
        row.predictionId(),
        row.predictionText(),
        row.probability(),
        row.entropy(),
        row.nodes(),
        row.edges(),
        row.lostFlow(),
        row.group(),
        CollectionConverters.asScala(Arrays.stream(row.headFlows()).boxed().toList()).toSeq());
  }
}
