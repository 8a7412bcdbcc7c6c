package dev.limpid.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.attribution.BiasOption;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.Contributions;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A graph made layer by layer is that of all contributions, as far down as it was made for. */
class FlowGraphTest {
  private static final double FINEST = 0.02;

  /** More than the 64 targets that one sweep takes. */
  private static final int LENGTH = 67;

  static List<Path> models() {
    return TestData.demoModels();
  }

  @ParameterizedTest
  @MethodSource("models")
  void layerByLayerItGivesTheSameRoutes(Path folder) throws IOException {
    Transformer model = ModelLoader.open(folder, Backends.open("vector"));
    List<Integer> tokens =
        IntStream.range(0, Math.min(LENGTH, model.config().nContext()))
            .mapToObj(t -> (t * 37 + 5) % 200)
            .toList();
    ContributionOptions options = new ContributionOptions(BiasOption.SEPARATE, 0);
    ForwardTrace full = model.trace(tokens, TraceDetail.FULL);
    FlowGraph all = FlowGraph.of(Contributions.of(model, full, options));
    ForwardTrace residuals = model.trace(tokens, TraceDetail.RESIDUALS);
    List<Integer> told = new ArrayList<>();
    FlowGraph kept = FlowGraph.of(model, residuals, options, FINEST, told::add);

    assertThat(told)
        .containsExactlyElementsOf(
            Stream.iterate(1, l -> l + 1).limit(model.config().nLayers()).toList());
    assertThat(kept.options()).isEqualTo(options);
    for (ThresholdMode mode : ThresholdMode.values()) {
      for (double threshold : new double[] {FINEST, 0.04, 0.3}) {
        assertThat(new RouteExtractor(kept, mode, threshold).routes())
            .isEqualTo(new RouteExtractor(all, mode, threshold).routes());
      }
    }
    assertThatThrownBy(() -> new RouteExtractor(kept, ThresholdMode.RAW, 0.01))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0.01, this graph was made for 0.02 and above");
  }
}
