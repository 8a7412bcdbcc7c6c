package dev.limpid.explorer.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.Analysis;
import dev.limpid.LanguageModel;
import dev.limpid.Settings;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.models.ModelLocator;
import dev.limpid.testdata.TestData;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Traces are kept by their bytes, and the one that was not asked for longest goes first. */
class TracesTest {
  private static Analysis analysis;

  private final Traces traces = new Traces(100);

  @BeforeAll
  static void run() throws Exception {
    ModelLocator bundled =
        ModelLocator.ofUser(
            Map.of(
                "LIMPID_BUNDLED", TestData.folder().resolve("models").toString(),
                "LIMPID_CACHE", "/dev/null/nowhere",
                "HF_HOME", "/dev/null/nowhere"));
    analysis =
        LanguageModel.open("demo-gpt2", Settings.defaults().withLocator(bundled)).analyse("The");
  }

  private static Trace trace(String id, long bytes) {
    return new Trace(id, analysis, ContributionOptions.DEFAULT, new byte[0], bytes);
  }

  @Test
  void theOneThatWasNotAskedForLongestGoesFirst() {
    traces.put(trace("a", 40));
    traces.put(trace("b", 40));
    assertThat(traces.find("a")).isPresent();

    traces.put(trace("c", 40));

    assertThat(traces.find("b")).isEmpty();
    assertThat(traces.find("a")).isPresent();
    assertThat(traces.size()).isEqualTo(new Traces.Size(100, 80, 2));
    assertThatThrownBy(() -> traces.require("b")).isInstanceOf(Refusal.class);
  }

  @Test
  void bytesAreCountedAndNotTraces() {
    for (int i = 0; i < 50; i++) {
      traces.put(trace("small " + i, 2));
    }
    assertThat(traces.size().traces()).isEqualTo(50);

    traces.put(trace("large", 90));

    assertThat(traces.size()).isEqualTo(new Traces.Size(100, 100, 6));
    traces.put(trace("larger than all", 300));
    assertThat(traces.size()).isEqualTo(new Traces.Size(100, 300, 1));
  }
}
