package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.model.intervene.Site;
import dev.limpid.model.load.LayerStorage;
import dev.limpid.model.load.LoadProgress;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.routes.FlowGraphBuilder;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.ThresholdMode;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.DeviceUse;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.spi.BackendSettings;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a model gives on a device must not depend on how it is run there. */
@Tag("opencl")
class OpenClModelTest {
  private static final double THRESHOLD = 0.02;

  private static final TensorOps OPS = Backends.open("opencl");

  private static Transformer model(String name, TensorOps ops) throws IOException {
    String folder = name.startsWith("demo-") ? "models" : "goldens";
    return ModelLoader.open(TestData.folder().resolve(folder).resolve(name), ops);
  }

  private static List<Integer> tokens(int n) {
    return IntStream.range(0, n).map(t -> 7 * t % 200).boxed().toList();
  }

  private static List<Route> routes(Transformer model, List<Integer> tokens) {
    FlowGraphBuilder builder = new FlowGraphBuilder(model, ContributionOptions.DEFAULT, THRESHOLD);
    model.run(tokens, TraceDetail.RESIDUALS, builder);
    return new RouteExtractor(builder.graph(), ThresholdMode.RENORMALISED, THRESHOLD).routes();
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo-gpt2", "demo-llama"})
  void aModelThatDoesNotFitIsStreamedAndGivesTheSameBits(String name) throws IOException {
    Transformer resident = model(name, Backends.open("opencl"));
    long limit = resident.weights().bytes() * 8 / 10;
    TensorOps small = Backends.open("opencl", BackendSettings.DEFAULT.withDeviceMemory(limit));
    Transformer streamed = model(name, small);
    assertThat(resident.weights().streamed()).isFalse();
    assertThat(streamed.weights().streamed()).isTrue();

    List<Integer> tokens = tokens(20);
    ForwardTrace there = streamed.trace(tokens, TraceDetail.RESIDUALS);
    ForwardTrace expected = resident.trace(tokens, TraceDetail.RESIDUALS);
    assertThat(there.logits().toFloats()).isEqualTo(expected.logits().toFloats());
    assertThat(routes(streamed, tokens)).isEqualTo(routes(resident, tokens));
    assertThat(small.deviceUse().orElseThrow().mostBytes()).isPositive().isLessThanOrEqualTo(limit);
  }

  static Stream<Path> models() {
    return Stream.concat(TestData.goldenModels().stream(), TestData.demoModels().stream());
  }

  /**
   * So the next layer is on its way while the device is busy with the one before, wherever norms
   * stand; a router alone is waited for.
   */
  @ParameterizedTest
  @MethodSource("models")
  void layersAreSentWithoutAWaitForThoseBefore(Path folder) throws IOException {
    Transformer streamed = ModelLoader.open(folder, OPS, LayerStorage.STREAMED, LoadProgress.NONE);
    assertThat(streamed.weights().streamed()).isTrue();
    List<DeviceUse> afterLayer = new ArrayList<>();
    streamed.run(
        List.of(1, 3, 0, 2, 3, 1),
        TraceDetail.RESIDUALS,
        (int layer, LayerTrace trace) -> afterLayer.add(OPS.deviceUse().orElseThrow()));
    for (int l = 1; l < afterLayer.size(); l++) {
      DeviceUse ofLayer = afterLayer.get(l).since(afterLayer.get(l - 1));
      boolean routes = streamed.config().mlp().expertsOf(l).isPresent();
      assertThat(ofLayer.uploadedBytes()).isPositive();
      assertThat(ofLayer.waits()).as("waits of layer %d", l).isEqualTo(routes ? 1 : 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo-gpt2", "demo-llama"})
  void rerunsGiveTheSameBitsAloneOrTogether(String name) throws IOException {
    TensorOps ops = Backends.open("opencl");
    Transformer model = model(name, ops);
    List<Integer> tokens = tokens(9);
    ForwardTrace base = model.trace(tokens, TraceDetail.FULL);
    List<List<Intervention>> runs = new ArrayList<>();
    for (int layer = 0; layer < model.config().nLayers(); layer++) {
      for (int position = 5; position < 9; position++) {
        runs.add(List.of(Intervention.zero(new Site.Head(layer, 1, position))));
      }
    }
    Tensor together = model.rerun(base, runs, 8, _ -> {});
    for (int i = 0; i < runs.size(); i++) {
      Tensor alone = model.rerun(base, List.of(runs.get(i)), 8, _ -> {});
      assertThat(alone.toFloats()).as("%s", runs.get(i)).isEqualTo(together.row(i).toFloats());
    }
  }
}
