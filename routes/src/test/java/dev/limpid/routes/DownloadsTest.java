package dev.limpid.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.attribution.BiasOption;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.Contributions;
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
import java.util.stream.IntStream;
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
  void aRouteBringsHomeWhatIsAboveItsThresholdAndOneRowOfLogits(Path folder) throws IOException {
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
    // Of a layer: seven shares and two flags of every position, how many keys each has above the
    // threshold, and these with a number for each head.
    long t = tokens.size();
    long keys = keysAbove(folder, tokens, options);
    long whole = model.config().nLayers() * (9 * t + t + 1) + keys * (1 + model.config().nHeads());
    assertThat(ops.transfers().downloaded() - before).isEqualTo(whole + model.config().dVocab());
  }

  /** Returns how many keys a route at 0.04 is made of in all layers. */
  private static long keysAbove(Path folder, List<Integer> tokens, ContributionOptions options)
      throws IOException {
    Transformer model = ModelLoader.open(folder, new ReferenceOps());
    ForwardTrace trace = model.trace(tokens, TraceDetail.FULL);
    return IntStream.range(0, trace.nLayers())
        .mapToLong(l ->
            Contributions.above(model, l, List.of(trace.layer(l)), options, 0.04f)
                .getFirst()
                .attention()
                .keys()
                .length)
        .sum();
  }
}
