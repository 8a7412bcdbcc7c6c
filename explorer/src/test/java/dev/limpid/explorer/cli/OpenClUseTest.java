package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.model.ExpertTrace;
import dev.limpid.model.KeyValueCache;
import dev.limpid.model.MlpWeights;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.config.Experts;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.routes.FlowGraphBuilder;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.ThresholdMode;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.DeviceUse;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How often a device is asked for something, waited for, and read from. */
@Tag("opencl")
class OpenClUseTest {
  /** Of a layer without experts, of whatever family, of a whole text or of one more token. */
  private static final long LAUNCHES_OF_LAYER = 14;

  /** Beside those of the experts themselves, which every one that is chosen has. */
  private static final long LAUNCHES_BESIDE_EXPERTS = 20;

  private static final long LAUNCHES_OF_EXPERT = 4;

  /** What is in every vocabulary. */
  private static final List<Integer> TOKENS = List.of(1, 3, 0, 2, 3, 1);

  private static final String PROMPT = "When Mary and John went to the store, John gave a drink to";

  private static final TensorOps OPS = Backends.open("opencl");

  @TempDir private Path home;

  private static Transformer model(String name) throws IOException {
    return ModelLoader.open(TestData.folder().resolve("models").resolve(name), OPS);
  }

  /** One of every family and of everything that is special in one: norms behind blocks, experts. */
  static Stream<Path> models() {
    return Stream.concat(TestData.goldenModels().stream(), TestData.demoModels().stream());
  }

  private static List<Integer> tokens(int n) {
    return IntStream.range(0, n).map(t -> 7 * t % 200).boxed().toList();
  }

  private static long launchesOfExperts(long chosen) {
    return LAUNCHES_BESIDE_EXPERTS + LAUNCHES_OF_EXPERT * chosen;
  }

  private static DeviceUse use() {
    return OPS.deviceUse().orElseThrow();
  }

  /** Of a whole text, of which all is kept. */
  @ParameterizedTest
  @MethodSource("models")
  void aLayerIsFewLaunches(Path folder) throws IOException {
    Transformer model = ModelLoader.open(folder, OPS);
    List<DeviceUse> afterLayer = new ArrayList<>();
    List<Optional<ExpertTrace>> experts = new ArrayList<>();
    try (Scope _ = OPS.scope()) {
      model.trace(TOKENS, TraceDetail.FULL); // brings there what stays for all passes
      model.run(
          TOKENS,
          TraceDetail.FULL,
          (layer, trace) -> {
            afterLayer.add(use());
            experts.add(Optional.ofNullable(trace.experts()));
          });
    }
    for (int l = 1; l < afterLayer.size(); l++) {
      DeviceUse ofLayer = afterLayer.get(l).since(afterLayer.get(l - 1));
      if (experts.get(l).isEmpty()) {
        assertThat(ofLayer.launches()).as("launches").isLessThanOrEqualTo(LAUNCHES_OF_LAYER);
        assertThat(ofLayer.waits()).as("waits").isZero();
        assertThat(ofLayer.uploadedBytes()).as("bytes sent").isZero();
      } else {
        long chosen =
            experts.get(l).get().chosen().stream().flatMap(List::stream).distinct().count();
        assertThat(ofLayer.launches())
            .as("launches, of %d experts", chosen)
            .isLessThanOrEqualTo(launchesOfExperts(chosen));
      }
    }
  }

  /** What is to be computed of a mixture depends on what its router says, and on nothing else. */
  @ParameterizedTest
  @MethodSource("models")
  void aPassWaitsForRoutersAlone(Path folder) throws IOException {
    Transformer model = ModelLoader.open(folder, OPS);
    int nLayers = model.config().nLayers();
    boolean[] routes = new boolean[nLayers];
    long nRouters = 0;
    long numbers = 0;
    for (int l = 0; l < nLayers; l++) {
      if (model.weights().block(l).mlp() instanceof MlpWeights.Sparse mlp) {
        routes[l] = true;
        nRouters++;
        numbers += mlp.router().weight().outputs() + (mlp.sharedGate() == null ? 0 : 1);
      }
    }
    List<DeviceUse> afterLayer = new ArrayList<>();
    try (Scope _ = OPS.scope()) {
      model.trace(TOKENS, TraceDetail.FULL); // brings there what stays for all passes
      DeviceUse before = use();
      model.run(TOKENS, TraceDetail.FULL, (layer, trace) -> afterLayer.add(use()));
      DeviceUse ofPass = use().since(before);
      assertThat(ofPass.downloads()).as("downloads").isEqualTo(nRouters);
      // With them comes whether the two states of each layer that are looked at are finite.
      long looks = nRouters == 0 ? 0 : 4L * nLayers;
      long read = TOKENS.size() * numbers;
      assertThat(ofPass.downloadedBytes()).isBetween(4 * read, 4 * (read + looks));
      // Embeddings and angles are sent before the first layer.
      for (int l = 1; l < nLayers; l++) {
        DeviceUse ofLayer = afterLayer.get(l).since(afterLayer.get(l - 1));
        assertThat(ofLayer.waits()).as("waits of layer %d", l).isEqualTo(routes[l] ? 1 : 0);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void aLayerOfOneMoreTokenIsFewLaunchesToo(Path folder) throws IOException {
    Transformer model = ModelLoader.open(folder, OPS);
    long most = 4;
    long nRouters = 0;
    for (int l = 0; l < model.config().nLayers(); l++) {
      Optional<Experts> experts = model.config().mlp().expertsOf(l);
      nRouters += experts.isPresent() ? 1 : 0;
      most += experts.map(e -> launchesOfExperts(e.used())).orElse(LAUNCHES_OF_LAYER);
    }
    KeyValueCache cache = new KeyValueCache();
    try (Scope _ = OPS.scope()) {
      Tensor first = model.extend(TOKENS.subList(1, TOKENS.size()), cache);
      DeviceUse before = use();
      Tensor next = model.extend(List.of(3), cache);
      DeviceUse ofToken = use().since(before);
      assertThat(ofToken.launches()).isLessThanOrEqualTo(most);
      assertThat(ofToken.downloads()).isEqualTo(nRouters);
      assertThat(next.shape()).isEqualTo(first.rows(0, 1).shape());
    }
  }

  /** Of every layer the shares, the keys above the threshold and how many, and two flags. */
  @ParameterizedTest
  @ValueSource(strings = {"demo-gpt2", "demo-llama"})
  void aRouteBringsHomeOnlyWhatIsAboveTheThreshold(String name) throws IOException {
    Transformer model = model(name);
    int nPositions = 120;
    int nLayers = model.config().nLayers();
    FlowGraphBuilder builder = new FlowGraphBuilder(model, ContributionOptions.DEFAULT, 0.04);
    DeviceUse before = use();
    model.run(tokens(nPositions), TraceDetail.RESIDUALS, builder);
    DeviceUse ofRun = use().since(before);
    long all = 4L * model.config().nHeads() * nPositions * (nPositions + 1) / 2 * nLayers;
    long shares = 4L * 9 * nPositions * nLayers;
    assertThat(ofRun.downloads()).isLessThanOrEqualTo(4L * nLayers);
    assertThat(ofRun.downloadedBytes()).isBetween(shares, shares + all / 4);
    assertThat(new RouteExtractor(builder.graph(), ThresholdMode.RENORMALISED, 0.04).routes())
        .hasSize(nPositions);
  }

  @Test
  void debugTellsTheNeedBeforeARunAndTheDownloadsAfterIt() {
    LimpidRun run =
        new LimpidRun.World(home).run("explain", "--debug", "--device", "opencl", "--json", PROMPT);
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.DONE);
    assertThat(run.err())
        .containsPattern(
            "debug: opencl:0: weights of \\S+ MiB; a run of 15 tokens needs \\S+ KiB more"
                + " \\(\\S+ KiB with all of its trace\\), of \\S+ \\SiB left\n")
        .containsPattern(
            "debug: opencl:0: \\d+ launches, \\S+ MiB sent, \\d+ downloads of \\S+ KiB, at most"
                + " \\S+ MiB of its memory taken\n");
    LimpidRun here = new LimpidRun.World(home).run("explain", "--debug", "--json", PROMPT);
    assertThat(here.err()).doesNotContain("debug:");
  }
}
