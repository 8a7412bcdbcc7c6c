package dev.limpid.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.view.CorpusComparisonView;
import dev.limpid.view.ModelView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.stat.inference.TTest;
import org.junit.jupiter.api.Test;

/** Differences between corpora, held against another implementation and against what is known. */
class CorpusComparisonTest {
  private static final CorpusFolder FOLDER =
      new CorpusFolder(
          Path.of("folder"),
          new ModelView("m", "gpt2", 1, 3, 8, "vector", () -> null, "1"),
          "last",
          0.04,
          "renormalised",
          List.of());

  private static double[][] draws(long seed, int prompts, double... means) {
    Random random = new Random(seed);
    double[][] draws = new double[means.length][prompts];
    for (int i = 0; i < prompts; i++) {
      for (int h = 0; h < means.length; h++) {
        draws[h][i] = means[h] + 0.1 * random.nextGaussian();
      }
    }
    return draws;
  }

  private static PromptFlows flows(double[][] draws) {
    PromptFlows flows = new PromptFlows(draws.length);
    for (int i = 0; i < draws[0].length; i++) {
      flows.add(i, List.of(draws[0][i], draws[1][i], draws[2][i]));
    }
    return flows;
  }

  @Test
  void forOneSampleAPromptItIsWelchsTest() throws IOException {
    double[][] a = draws(1, 37, 0.5, 0.3, 0.2);
    double[][] b = draws(2, 53, 0.5, 0.2, 0.25);
    CorpusComparisonView view =
        new CorpusComparison(FOLDER, FOLDER, 4000, 7).of(null, flows(a), null, flows(b));
    for (CorpusComparisonView.Head head : view.heads()) {
      int h = head.head();
      assertThat(head.p()).isCloseTo(new TTest().tTest(a[h], b[h]), within(1e-9));
      assertThat(head.difference()).isBetween(head.low(), head.high());
      double width = head.high() - head.low();
      double expected = 2 * 1.99 * 0.1 * Math.sqrt(1.0 / 37 + 1.0 / 53);
      assertThat(width).isCloseTo(expected, within(0.25 * expected));
    }
    assertThat(view.heads().getFirst().head()).as("differs most").isEqualTo(1);
    assertThat(view.interval()).isEqualTo("bootstrap");
  }

  @Test
  void samplesOfOnePromptAreNoPromptsOfTheirOwn() throws IOException {
    double[][] a = draws(3, 40, 0.5, 0.3, 0.2);
    PromptFlows once = flows(a);
    PromptFlows repeated = new PromptFlows(3);
    for (int i = 0; i < 40; i++) {
      for (int sample = 0; sample < 5; sample++) {
        repeated.add(i, List.of(a[0][i], a[1][i], a[2][i]));
      }
    }
    once.close();
    repeated.close();
    assertThat(repeated.mean(0)).isCloseTo(once.mean(0), within(1e-12));
    assertThat(repeated.variance(0)).isCloseTo(once.variance(0), within(1e-12));
  }

  @Test
  void manyPromptsGetAnIntervalWithoutDraws() throws IOException {
    int many = PromptFlows.MOST_HELD + 1;
    CorpusComparisonView view =
        new CorpusComparison(FOLDER, FOLDER, 100, 7)
            .of(
                null,
                flows(draws(1, many, 0.5, 0.3, 0.2)),
                null,
                flows(draws(2, 100, 0.5, 0.2, 0.2)));
    assertThat(view.interval()).isEqualTo("welch");
    assertThat(view.resamples()).isZero();
    CorpusComparisonView.Head first = view.heads().getFirst();
    assertThat(0.1).isBetween(first.low(), first.high());
    assertThat(first.high() - first.low()).isCloseTo(2 * 1.98 * 0.01, within(0.008));
  }

  @Test
  void falseDiscoveriesAreThoseOfThePaper() {
    // Benjamini and Hochberg 1995, section 4.1: at 0.05, the first four of 15 are rejected.
    double[] p = {
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
      0.5719, 0.6528, 0.7590, 1.0
    };
    double[] q = CorpusComparison.falseDiscoveries(p);
    for (int i = 0; i < p.length; i++) {
      assertThat(q[i] <= 0.05).as("p = %s", p[i]).isEqualTo(i < 4);
      assertThat(q[i]).isGreaterThanOrEqualTo(p[i]);
    }
  }
}
