package dev.limpid.benchmarks.compare;

import dev.limpid.LanguageModel;
import dev.limpid.Settings;
import dev.limpid.corpus.CorpusRun;
import dev.limpid.corpus.CorpusSettings;
import dev.limpid.corpus.PromptSampler;
import dev.limpid.files.PromptLine.Given;
import dev.limpid.model.LayerVisitor;
import dev.limpid.model.TraceDetail;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** Rows about one model: many short prompts, run together, alone, and elsewhere. */
final class PromptRows {
  private static final int SHORTEST = 8;
  private static final int LONGEST = 32;
  private static final int BATCH = 16;

  /**
   * Of so many prompts, files and a thread that waits for the last block take no part worth naming.
   */
  private static final int CORPUS = 1024;

  private final Subject subject;
  private final Peers peers;

  PromptRows(Subject subject, Peers peers) {
    this.subject = subject;
    this.peers = peers;
  }

  /** Returns traces of prompts in one pass beside the same one by one. */
  List<Row> stacked() {
    List<List<Integer>> prompts = prompts(64);
    List<LayerVisitor> none = Collections.nCopies(prompts.size(), LayerVisitor.NONE);
    return List.of(
        new Row(
            what("traces", prompts),
            "own, one by one",
            Goal.timesAsFast(1.8),
            Timed.of(() -> subject.model().runTogether(prompts, TraceDetail.RESIDUALS, none)),
            Timed.of(() -> prompts.forEach(p -> subject.model().trace(p, TraceDetail.RESIDUALS)))));
  }

  /** Returns a corpus with routes and lens beside the same one by one, and a plain forward pass. */
  List<Row> corpus() throws IOException {
    List<List<Integer>> prompts = prompts(CORPUS);
    int threads = subject.model().ops().threads();
    PromptSampler alone = new PromptSampler(open(threads), CorpusSettings.DEFAULT);
    CorpusRun run = new CorpusRun(open(1), CorpusSettings.DEFAULT, threads);
    Path home = Files.createTempDirectory("limpid-corpus");
    Path file =
        Files.write(
            home.resolve("prompts.jsonl"),
            prompts.stream().map(p -> "{\"tokens\": %s}".formatted(p)).toList());
    Timed ours = Timed.of(() -> over(run, file, home.resolve("out")));
    Peer batches = peers.start(subject, "Batches");
    List<Row> rows = new ArrayList<>();
    rows.add(
        new Row(
            what("corpus, routes and lens", prompts),
            "own, one by one",
            Goal.timesAsFast(1.8),
            ours,
            Timed.of(() -> prompts.forEach(p -> take(alone, p)))));
    for (boolean last : new boolean[] {false, true}) {
      Map<String, Object> arguments = Map.of("prompts", prompts, "size", BATCH, "last", last);
      rows.add(
          new Row(
              what("corpus, routes and lens", prompts),
              "Hugging Face forward, batches of " + BATCH + (last ? ", last logits alone" : ""),
              Goal.timesAsFast(1.3),
              ours,
              batches.task("forward", List.of(), arguments)));
    }
    return rows;
  }

  private LanguageModel open(int threads) throws IOException {
    return LanguageModel.open(
        subject.folder().toString(), Settings.defaults().withThreads(threads));
  }

  private static void take(PromptSampler sampler, List<Integer> prompt) {
    try {
      sampler.take(List.of(new PromptSampler.Asked(0, new Given(null, prompt), Optional.empty())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void over(CorpusRun run, Path file, Path out) {
    try {
      run.over(List.of(file), out);
      try (Stream<Path> files = Files.list(out)) {
        for (Path made : files.toList()) {
          Files.delete(made);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Pieces of the text, of any lengths. */
  private List<List<Integer>> prompts(int count) {
    Random random = new Random(1);
    return Stream.generate(
            () -> {
              int length = random.nextInt(SHORTEST, LONGEST + 1);
              int from = random.nextInt(subject.text().size() - length);
              return List.copyOf(subject.text().subList(from, from + length));
            })
        .limit(count)
        .toList();
  }

  private String what(String work, List<List<Integer>> prompts) {
    return "%s: %s of %d prompts of %d to %d tokens"
        .formatted(subject.name(), work, prompts.size(), SHORTEST, LONGEST);
  }
}
