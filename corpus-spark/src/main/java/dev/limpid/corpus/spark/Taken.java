package dev.limpid.corpus.spark;

import dev.limpid.corpus.CorpusStatistics;
import dev.limpid.corpus.PromptSampler;
import dev.limpid.corpus.Reject;
import dev.limpid.corpus.SampleRow;
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
    List<PromptRecord> block = new ArrayList<>();
    List<PromptSampler.Asked> asked = new ArrayList<>();
    while (block.size() < PROMPTS && prompts.hasNext()) {
      PromptRecord prompt = prompts.next();
      block.add(prompt);
      if (prompt.reason() == null) {
        asked.add(
            new PromptSampler.Asked(
                prompt.number(), prompt.given(), Optional.ofNullable(prompt.group())));
      }
    }
    Iterator<PromptSampler.Taken> samples = sampler.take(asked).iterator();
    CorpusStatistics statistics = CorpusStatistics.empty(sampler.shape());
    Taken taken = new Taken(new SentStatistics(statistics), new ArrayList<>(), new ArrayList<>());
    for (PromptRecord prompt : block) {
      Optional<String> reason =
          prompt.reason() == null
              ? taken.add(samples.next(), Optional.ofNullable(prompt.group()))
              : Optional.of(prompt.reason());
      if (reason.isPresent()) {
        statistics.plusRejected();
        taken.rejects.add(
            new SentReject(prompt.number(), prompt.file(), prompt.line(), reason.get()));
      }
    }
    return taken;
  }

  /** Returns why there is nothing to add; empty if there is. */
  private Optional<String> add(PromptSampler.Taken taken, Optional<String> group)
      throws IOException {
    for (PromptSampler.Sampled sampled : taken.samples()) {
      statistics.statistics().plus(sampled.sample(), group);
      rows.add(row(sampled.row()));
    }
    return taken.reason();
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
