package dev.limpid.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.attribution.BiasOption;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.logits.LogitLens;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.ops.ReferenceOps;
import dev.limpid.tensor.ops.toy.ToyOps;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A route brings home from a device what it is made of, and nothing else. */
class DownloadsTest {
  private static final Set<String> PLAIN =
      Set.of("gpt2", "opt", "llama", "mistral", "qwen2", "qwen3", "starcoder2");

  /** What few families have, such as norms behind blocks, is computed at home. */
  static Stream<Path> models() {
    return TestData.goldenModels().stream()
        .filter(folder -> !folder.getFileName().toString().equals("opt-350m"))
        .filter(folder -> PLAIN.contains(config(folder).modelType()));
  }

  private static ModelConfig config(Path folder) {
    try {
      return ModelLoader.open(folder, new ReferenceOps()).config();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void aRouteBringsHomeContributionsAndOneRowOfLogits(Path folder) throws IOException {
    ToyOps ops = new ToyOps(new ReferenceOps());
    Transformer model = ModelLoader.open(folder, ops);
    List<Integer> tokens = List.of(1, 3, 0, 2, 3, 1);
    ContributionOptions options = new ContributionOptions(BiasOption.SEPARATE, 0);
    long before = ops.transfers().downloaded();

    FlowGraphBuilder builder = new FlowGraphBuilder(model, options, 0.04);
    ForwardTrace trace = model.run(tokens, TraceDetail.RESIDUALS, builder);
    Route route = new RouteExtractor(builder.graph(), ThresholdMode.RENORMALISED, 0.04).route(5);
    int best = new LogitLens(model, 1).reading(trace.logits(5)).top().getFirst().id();

    assertThat(route.nodes()).isNotEmpty();
    assertThat(best).isBetween(0, model.config().dVocab() - 1);
    long t = tokens.size();
    long ofLayer = model.config().nHeads() * t * (t + 1) / 2 + 5 * t;
    assertThat(ops.transfers().downloaded() - before)
        .isEqualTo(model.config().nLayers() * ofLayer + model.config().dVocab());
  }
}
