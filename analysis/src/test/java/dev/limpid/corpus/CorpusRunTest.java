package dev.limpid.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.DemoModel;
import dev.limpid.LanguageModel;
import dev.limpid.testdata.TestData;
import dev.limpid.view.CorpusView;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run over a corpus that is broken off and goes on. */
class CorpusRunTest {
  private static final List<String> FILES =
      List.of("summary.json", "heads.csv", "mlps.csv", "examples.jsonl", "rejects.jsonl");

  @TempDir Path home;

  private static LanguageModel model() throws IOException {
    return LanguageModel.open("demo-gpt2", DemoModel.settings().withThreads(1));
  }

  /** So many that checkpoints are made on the way. */
  private Path corpus() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String task : List.of("ioi", "facts", "induction", "agreement")) {
      lines.addAll(Files.readAllLines(TestData.folder().resolve("prompts/" + task + ".jsonl")));
    }
    lines.add(300, "no prompt");
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.addAll(lines);
    }
    return Files.write(home.resolve("corpus.jsonl"), all);
  }

  private static CorpusRun.Paths paths(Path file, Path out, boolean resume) {
    return new CorpusRun.Paths(List.of(file), null, PromptFormat.builtIn(), out, resume, List.of());
  }

  @Test
  void aRunThatIsBrokenOffThreeTimesEndsWithTheSameBytes() throws IOException {
    CorpusRun run = new CorpusRun(model(), CorpusSettings.DEFAULT.withGroupBy("task"), 2);
    Path file = corpus();
    Path whole = home.resolve("whole");
    CorpusView view = run.over(List.of(file), whole);
    assertThat(view.groups()).hasSize(5);
    assertThat(view.rejected()).isEqualTo(3);

    Path broken = home.resolve("broken");
    long goneOnFrom = 0;
    for (int kill = 1; kill <= 3; kill++) {
      long at = 500L * kill;
      boolean resume = kill > 1;
      long[] from = new long[1];
      assertThatThrownBy(() ->
              run.over(
                  paths(file, broken, resume),
                  (prompts, before, share) -> {
                    from[0] = before;
                    if (prompts > at) {
                      throw new CancellationException("killed");
                    }
                  }))
          .isInstanceOf(CancellationException.class);
      assertThat(broken.resolve("summary.json")).doesNotExist();
      goneOnFrom = Math.max(goneOnFrom, from[0]);
    }
    assertThat(goneOnFrom).as("went on from a checkpoint").isPositive();
    assertThatThrownBy(() -> run.over(List.of(file), broken))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("holds a run that was broken off; go on with --resume");
    // What a kill in the middle of writing leaves behind the last checkpoint.
    Files.write(
        broken.resolve("state/rows.bin"), new byte[777], java.nio.file.StandardOpenOption.APPEND);
    run.over(paths(file, broken, true), CorpusProgress.NONE);
    for (String name : FILES) {
      assertThat(Files.readAllBytes(broken.resolve(name)))
          .as(name)
          .isEqualTo(Files.readAllBytes(whole.resolve(name)));
    }
    assertThat(broken.resolve("state")).doesNotExist();
    assertThatThrownBy(() -> run.over(paths(file, broken, true), CorpusProgress.NONE))
        .hasMessageContaining("the run in it is complete, nothing is left to do");
  }

  /** Statistics, rows and rejects of prompts that run together, and of each by itself. */
  @Test
  void stackedOrOneByOneTheBytesAreTheSame() throws IOException {
    for (String name : List.of("demo-gpt2", "demo-opt", "demo-llama")) {
      LanguageModel model = LanguageModel.open(name, DemoModel.settings().withThreads(1));
      CorpusSettings settings =
          CorpusSettings.DEFAULT.withPosition(CorpusSettings.Position.ALL).withNeurons();
      PromptSampler sampler = new PromptSampler(model, settings);
      List<PromptSampler.Asked> asked = new ArrayList<>();
      List<String> lines = Files.readAllLines(corpus());
      for (int i = 150; i < 320; i += 3) {
        byte[] line = lines.get(i).getBytes(StandardCharsets.UTF_8);
        CorpusEntry entry = JsonLines.entry(1, line, Optional.of("task"));
        if (entry instanceof CorpusEntry.Prompt prompt) {
          asked.add(new PromptSampler.Asked(asked.size(), prompt.given(), prompt.group()));
        }
      }
      List<PromptSampler.Taken> alone = new ArrayList<>();
      for (PromptSampler.Asked one : asked) {
        alone.addAll(sampler.take(List.of(one)));
      }
      assertThat(bytes(sampler, asked, sampler.take(asked)))
          .as(name)
          .isEqualTo(bytes(sampler, asked, alone));
    }
  }

  private static byte[] bytes(
      PromptSampler sampler, List<PromptSampler.Asked> asked, List<PromptSampler.Taken> taken)
      throws IOException {
    assertThat(taken).hasSameSizeAs(asked);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    CorpusStatistics statistics = CorpusStatistics.empty(sampler.shape());
    for (int i = 0; i < taken.size(); i++) {
      assertThat(taken.get(i).samples()).isNotEmpty();
      for (PromptSampler.Sampled sampled : taken.get(i).samples()) {
        statistics.plus(sampled.sample(), asked.get(i).group());
        sampled.row().write(out);
      }
    }
    statistics.write(out);
    return bytes.toByteArray();
  }

  @Test
  void anotherRunIsNotGoneOnWith() throws IOException {
    Path file = Files.writeString(home.resolve("p.txt"), "The capital of France is\n");
    Path out = home.resolve("out");
    CorpusRun run = new CorpusRun(model(), CorpusSettings.DEFAULT, 1);
    assertThatThrownBy(() ->
            run.over(
                paths(file, out, false),
                (prompts, before, share) -> {
                  throw new CancellationException("killed");
                }))
        .isInstanceOf(CancellationException.class);

    CorpusRun other =
        new CorpusRun(model(), CorpusSettings.DEFAULT.withPosition(CorpusSettings.Position.ALL), 1);
    assertThatThrownBy(() -> other.over(paths(file, out, true), CorpusProgress.NONE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("its --position was last, now it is all");
    CorpusRun otherModel =
        new CorpusRun(
            LanguageModel.open("demo-llama", DemoModel.settings().withThreads(1)),
            CorpusSettings.DEFAULT,
            1);
    assertThatThrownBy(() -> otherModel.over(paths(file, out, true), CorpusProgress.NONE))
        .hasMessageContaining("its model was demo-gpt2, SHA-256 ");
    Path longer = Files.writeString(home.resolve("q.txt"), "The cat\n");
    assertThatThrownBy(() -> run.over(paths(longer, out, true), CorpusProgress.NONE))
        .hasMessageContaining("its file 000000 was ");
    assertThat(run.over(paths(file, out, true), CorpusProgress.NONE).samples()).isEqualTo(1);
  }

  @Test
  void neuronsAreCountedAndLimitsKept() throws IOException {
    CorpusSettings settings =
        new CorpusSettings(
                CorpusSettings.Position.ALL,
                0.04,
                CorpusSettings.DEFAULT.mode(),
                Optional.empty(),
                2,
                1,
                false)
            .withNeurons();
    Path out = home.resolve("out");
    CorpusView view = new CorpusRun(model(), settings, 2).over(List.of(corpus()), out);
    assertThat(view.prompts()).isEqualTo(2);
    List<String> neurons = Files.readAllLines(out.resolve("neurons.csv"));
    assertThat(neurons.getFirst()).isEqualTo("group,layer,neuron,among_strongest,contribution");
    double strongest = 0;
    for (String line : neurons.subList(1, neurons.size())) {
      List<String> cells = List.of(line.split(",", -1));
      strongest += cells.get(1).equals("0") ? Double.parseDouble(cells.get(3)) : 0;
    }
    assertThat(strongest).as("eight of a layer in each sample").isBetween(7.99, 8.01);
    assertThat(Files.readString(out.resolve("examples.jsonl"))).contains("\"neuron\":");
  }

  @Test
  void neuronsOfExpertsHaveNoNumbersThatAllPositionsShare() throws IOException {
    LanguageModel mixture =
        LanguageModel.open(
            TestData.folder().resolve("goldens/mixtral").toString(), DemoModel.settings());
    CorpusSettings settings = CorpusSettings.DEFAULT.withNeurons();
    assertThatThrownBy(() -> new CorpusRun(mixture, settings, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--neurons: layers of this model have experts");
    assertThat(new CorpusRun(mixture, CorpusSettings.DEFAULT, 1).threads()).isEqualTo(1);
  }

  @Test
  void oneTokenHasNoSampleOfAllPositions() throws IOException {
    Path file =
        Files.writeString(home.resolve("p.jsonl"), "{\"tokens\": [3]}\n{\"tokens\": [3, 4]}\n");
    CorpusSettings all = CorpusSettings.DEFAULT.withPosition(CorpusSettings.Position.ALL);
    CorpusView view = new CorpusRun(model(), all, 1).over(List.of(file), home.resolve("out"));
    assertThat(view.prompts()).isEqualTo(1);
    assertThat(Files.readString(home.resolve("out/rejects.jsonl"))).contains("it has one token");
  }

  @Test
  void moreGroupsThanFitAreRefused() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i <= CorpusStatistics.MOST_GROUPS; i++) {
      lines.add("{\"tokens\": [3, 4], \"n\": %d}".formatted(i));
    }
    Path file = Files.write(home.resolve("p.jsonl"), lines);
    CorpusRun run = new CorpusRun(model(), CorpusSettings.DEFAULT.withGroupBy("n"), 1);
    assertThatThrownBy(() -> run.over(List.of(file), home.resolve("out")))
        .hasMessageContaining("--group-by: more than 1000 groups");
  }
}
