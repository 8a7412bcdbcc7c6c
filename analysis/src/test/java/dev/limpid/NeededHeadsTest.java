package dev.limpid;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.attribution.gradients.LayerScores;
import dev.limpid.files.PromptFile;
import dev.limpid.files.PromptLine;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.model.intervene.Site;
import dev.limpid.testdata.TestData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The heads that relevance ranks first are the ones the answer needs. */
class NeededHeadsTest {
  private static final int PROMPTS = 10;
  private static final int HEADS = 2;
  private static final int DRAWS = 20;

  private record Head(int layer, int head) {}

  @Test
  void withoutTheFirstHeadsTheAnswerIsGone() throws Exception {
    LanguageModel model =
        LanguageModel.open(TestData.folder().resolve("models/demo-gpt2").toString());
    int nLayers = model.transformer().config().nLayers();
    int nHeads = model.transformer().config().nHeads();
    double[][] relevance = new double[nLayers][nHeads];
    List<Experiment> experiments = new ArrayList<>();
    List<Integer> lengths = new ArrayList<>();
    double full = 0;
    for (PromptLine line : prompts()) {
      Prompt prompt = line.prompt().cut(model.source(), Optional.empty());
      Analysis analysis = model.analyse(prompt, Progress.NONE);
      Comparison comparison =
          Comparison.of(
              analysis.last(),
              prompt.tokenId(Objects.requireNonNull(line.answer())),
              prompt.tokenId(Objects.requireNonNull(line.distractor())));
      AttributionSettings asked = AttributionSettings.of(AttributionSettings.Method.RELEVANCE);
      List<LayerScores> layers =
          Objects.requireNonNull(analysis.attribution(comparison, asked, false).components())
              .layers();
      for (int l = 0; l < nLayers; l++) {
        for (int h = 0; h < nHeads; h++) {
          for (int t = 0; t < prompt.nPositions(); t++) {
            relevance[l][h] += layers.get(l).head(h, t);
          }
        }
      }
      experiments.add(analysis.experiment(comparison));
      lengths.add(prompt.nPositions());
      full += experiments.getLast().base();
    }
    List<Head> heads = new ArrayList<>();
    for (int l = 0; l < nLayers; l++) {
      for (int h = 0; h < nHeads; h++) {
        heads.add(new Head(l, h));
      }
    }
    heads.sort(Comparator.comparingDouble(h -> -relevance[h.layer][h.head]));
    List<Head> others = new ArrayList<>(heads.subList(HEADS, heads.size()));

    assertThat(without(experiments, lengths, heads.subList(0, HEADS)) / full)
        .as("what is left without %s", heads.subList(0, HEADS))
        .isLessThan(0.2);
    double[] left = new double[DRAWS];
    Random random = new Random(7);
    for (int i = 0; i < DRAWS; i++) {
      Collections.shuffle(others, random);
      left[i] = without(experiments, lengths, others.subList(0, HEADS)) / full;
    }
    Arrays.sort(left);
    assertThat((left[DRAWS / 2 - 1] + left[DRAWS / 2]) / 2)
        .as("what is left without others, the median")
        .isGreaterThan(0.8);
  }

  private static List<PromptLine> prompts() throws Exception {
    Path file = TestData.prompts().resolve("ioi.jsonl");
    List<PromptLine> lines = new ArrayList<>();
    try (PromptFile prompts = PromptFile.open(file)) {
      while (lines.size() < PROMPTS) {
        lines.add((PromptLine) prompts.next().orElseThrow());
      }
    }
    return lines;
  }

  private static double without(
      List<Experiment> experiments, List<Integer> lengths, List<Head> heads) throws Exception {
    double sum = 0;
    for (int i = 0; i < experiments.size(); i++) {
      List<Intervention> zero = new ArrayList<>();
      for (Head head : heads) {
        for (int t = 0; t < lengths.get(i); t++) {
          zero.add(Intervention.zero(new Site.Head(head.layer, head.head, t)));
        }
      }
      sum += experiments.get(i).value(zero);
    }
    return sum;
  }
}
