package dev.limpid.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.attribution.BiasOption;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.Contributions;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.StreamedBlocks;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.TransformerWeights;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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

  @Test
  void aStreamedModelIsReadOnceForItsGraph() throws IOException {
    Transformer model =
        ModelLoader.open(TestData.folder().resolve("models/demo-gpt2"), Backends.open("vector"));
    List<Integer> reads = new ArrayList<>();
    Transformer streamed = streamed(model, reads);
    List<Integer> tokens = List.of(0, 5, 7, 11, 5);
    FlowGraphBuilder builder = new FlowGraphBuilder(streamed, ContributionOptions.DEFAULT, FINEST);
    ForwardTrace trace = streamed.run(tokens, TraceDetail.RESIDUALS, builder);

    assertThat(reads).containsExactlyElementsOf(numbers(0, model.config().nLayers()));
    FlowGraph kept =
        FlowGraph.of(
            model,
            model.trace(tokens, TraceDetail.FULL),
            ContributionOptions.DEFAULT,
            FINEST,
            done -> {});
    assertThat(new RouteExtractor(builder.graph(), ThresholdMode.RENORMALISED, 0.04).routes())
        .isEqualTo(new RouteExtractor(kept, ThresholdMode.RENORMALISED, 0.04).routes());
    assertThat(trace.logits().toFloats())
        .isEqualTo(model.trace(tokens, TraceDetail.FULL).logits().toFloats());
  }

  @Test
  void aGraphHasAllLayersInOrder() throws IOException {
    Transformer model =
        ModelLoader.open(TestData.folder().resolve("models/demo-gpt2"), Backends.open("vector"));
    ForwardTrace trace = model.trace(List.of(0, 5, 7), TraceDetail.FULL);
    FlowGraphBuilder builder = new FlowGraphBuilder(model, ContributionOptions.DEFAULT, FINEST);
    builder.layer(0, trace.layer(0));
    assertThatThrownBy(() -> builder.layer(2, trace.layer(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("layer 2 where layer 1 is next");
    assertThatThrownBy(builder::graph)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("1 of %d layers have been seen".formatted(model.config().nLayers()));
  }

  @Test
  void nodesAreNumberedInTopologicalOrder() {
    FlowGraph graph = FlowGraph.of(RandomContributions.of(3, 2, 3, 1, BiasOption.EXCLUDED, 0));
    assertThat(numbers(0, graph.nNodes()).stream().map(n -> graph.node(n).id()))
        .startsWith("X0_0", "X0_1", "X0_2", "A0_0", "A0_1", "A0_2", "M0_0")
        .endsWith("I1_0", "I1_1", "I1_2");
    for (int n = 0; n < graph.nNodes(); n++) {
      Node node = graph.node(n);
      assertThat(graph.number(node.kind(), node.layer(), node.position())).isEqualTo(n);
    }
    assertThatThrownBy(() -> graph.node(graph.nNodes()))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  /** The same model with layers that are asked for one by one, and noted. */
  private static Transformer streamed(Transformer model, List<Integer> reads) {
    TransformerWeights w = model.weights();
    StreamedBlocks blocks =
        new StreamedBlocks(
            w.blocks().size(),
            0,
            layer -> {
              reads.add(layer);
              return w.blocks().get(layer);
            });
    return new Transformer(model.config(), w.withBlocks(blocks), model.ops(), model.provenance());
  }

  private static List<Integer> numbers(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }
}
