package dev.limpid.attribution.gradients;

import static dev.limpid.testdata.Close.assertCloseToLargest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.attribution.logits.Metric;
import dev.limpid.model.BackwardRules;
import dev.limpid.model.LayerGradients;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.toy.AllBackends;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Gradients and relevance against torch's in float64, on every backend. */
class GradientsGoldenTest {
  /** Relative to the largest element of a tensor: float32 all the way, and softmax in the truth. */
  private static final double TOLERANCE = 1e-4;

  private static final double ALPHA = 0.2;

  static Stream<Arguments> cases() throws IOException {
    return TestData.goldenModels().stream()
        .filter(folder -> Files.exists(truth(folder)))
        .flatMap(folder -> AllBackends.NAMES.stream().map(name -> Arguments.of(folder, name)));
  }

  private static Path truth(Path folder) {
    return folder.resolveSibling("gradients").resolve(folder.getFileName() + ".safetensors");
  }

  /** A golden and its run. */
  private record Golden(SafetensorsFile file, GradientRun run) {
    private static Golden open(Path folder, String backend, BackwardRules rules, TraceDetail detail)
        throws IOException {
      SafetensorsFile file = SafetensorsFile.open(truth(folder), Arena.ofAuto());
      Transformer model = ModelLoader.open(folder, AllBackends.open(backend));
      JsonNode ids =
          JsonMapper.shared()
              .readTree(Files.readString(folder.resolve("reference.json")))
              .get(0)
              .get("input_ids");
      Metric metric =
          new Metric(
              Metric.Kind.LOGIT_DIFFERENCE, one(file, "answer"), one(file, "distractor"), null);
      return new Golden(
          file,
          new GradientRun(
              model,
              model.trace(
                  IntStream.range(0, ids.size()).mapToObj(i -> ids.get(i).intValue()).toList(),
                  detail),
              one(file, "position"),
              metric,
              rules));
    }

    private static int one(SafetensorsFile file, String name) throws IOException {
      return file.tensor(name).toInts()[0];
    }

    void isClose(Tensor actual, String name) throws IOException {
      assertCloseToLargest(name, actual.toFloats(), file.tensor(name).toFloats(), TOLERANCE);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientsAreThoseOfTorch(Path folder, String backend) throws IOException {
    Golden golden = Golden.open(folder, backend, BackwardRules.EXACT, TraceDetail.RESIDUALS);
    GradientRun run = golden.run();
    AllGradients all = new AllGradients(run.trace().nLayers());

    MeanGradients gradients = run.gradients(all);

    assertThat(run.value()).isCloseTo(golden.file().tensor("value").get(0), within(TOLERANCE * 10));
    golden.isClose(gradients.embedding(), "gradient.embedding");
    for (int l = 0; l < run.trace().nLayers(); l++) {
      LayerGradients layer = all.layer(l);
      String name = "gradient.layers." + l + ".";
      golden.isClose(layer.residPre(), name + "resid_pre");
      golden.isClose(layer.residMid(), name + "resid_mid");
      golden.isClose(layer.residPost(), name + "resid_post");
      golden.isClose(layer.neuronPre(), name + "neuron_pre");
      golden.isClose(layer.neuronPost(), name + "neuron_post");
      golden.isClose(layer.pattern(), name + "pattern");
      golden.isClose(gradients.attention(l), name + "resid_mid");
      golden.isClose(gradients.mlp(l), name + "resid_post");
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void relevanceIsThatOfTorch(Path folder, String backend) throws IOException {
    Golden golden = Golden.open(folder, backend, BackwardRules.relevance(ALPHA), TraceDetail.FULL);
    GradientRun run = golden.run();

    MeanGradients relevance = run.gradients(GradientRun.Observer.NONE);
    TokenScores tokens = TokenScores.inputTimesGradient(run, relevance);
    ComponentScores components = ComponentScores.along(run, relevance);

    golden.isClose(row(tokens.values()), "relevance.tokens");
    for (int l = 0; l < run.trace().nLayers(); l++) {
      LayerScores layer = components.layers().get(l);
      String name = "relevance.layers." + l + ".";
      golden.isClose(row(layer.mlp()), name + "mlp_out");
      golden.isClose(byQuery(layer.attention()), name + "attention");
    }
  }

  private static Tensor row(double[] values) {
    Tensor row = Tensor.zeros(values.length);
    for (int i = 0; i < values.length; i++) {
      row.array()[i] = (float) values[i];
    }
    return row;
  }

  private static Tensor byQuery(Tensor x) {
    Tensor out = Tensor.zeros(x.dim(1), x.dim(2), x.dim(0));
    for (int h = 0; h < x.dim(0); h++) {
      for (int pair = 0; pair < x.dim(1) * x.dim(2); pair++) {
        out.array()[pair * x.dim(0) + h] = x.get(h, pair / x.dim(2), pair % x.dim(2));
      }
    }
    return out;
  }
}
