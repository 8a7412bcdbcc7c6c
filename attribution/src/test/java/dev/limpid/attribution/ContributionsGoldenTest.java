package dev.limpid.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.toy.AllBackends;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Contributions against the formula in float64 on Hugging Face's states, both bias options. */
class ContributionsGoldenTest {
  /** Absolute; contributions lie in [0, 1], computed from float32 states. */
  private static final double TOLERANCE = 1e-4;

  /** The relative residual of the parts' sum: float32 rounding of a sum of D terms. */
  private static final double UNEXPLAINED = 1e-5;

  static Stream<Arguments> goldens() {
    return AllBackends.NAMES.stream()
        .flatMap(backend ->
            TestData.goldens().stream()
                .flatMap(golden ->
                    Arrays.stream(BiasOption.values())
                        .map(bias -> Arguments.of(backend, bias, golden))));
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("goldens")
  void everyContributionEqualsTheFormula(String backend, BiasOption bias, TestData.Golden golden)
      throws IOException {
    Transformer model = ModelLoader.open(golden.model(), AllBackends.open(backend));
    SafetensorsFile expected = SafetensorsFile.open(golden.expected(), Arena.ofAuto());
    List<Integer> tokens = Arrays.stream(expected.tensor("tokens").toInts()).boxed().toList();
    ForwardTrace trace = model.trace(tokens, TraceDetail.RESIDUALS);

    Contributions actual = Contributions.of(model, trace, new ContributionOptions(bias, 0));

    for (int l = 0; l < trace.nLayers(); l++) {
      LayerContributions layer = actual.layers().get(l);
      String prefix = (bias == BiasOption.SEPARATE ? "separate." : "") + "layers." + l + ".";
      assertAttention(expected.tensor(prefix + "attention").toHeap(), layer, prefix);
      assertRow(expected, prefix + "attention_residual", layer.shares().attentionResidual());
      assertRow(expected, prefix + "mlp", layer.shares().mlp());
      if (!layer.shares().oneNode()) {
        assertRow(expected, prefix + "mlp_residual", layer.shares().mlpResidual());
      }
      if (bias == BiasOption.SEPARATE) {
        assertRow(expected, prefix + "attention_bias", layer.shares().attentionBias());
        assertRow(expected, prefix + "mlp_bias", layer.shares().mlpBias());
      }
      Unexplained unexplained = Unexplained.of(model, l, trace.layer(l));
      for (float rest : unexplained.attention().array()) {
        assertThat(rest).as(prefix + "attention_unexplained").isBetween(0f, (float) UNEXPLAINED);
      }
      for (float rest : unexplained.mlp().array()) {
        assertThat(rest).as(prefix + "mlp_unexplained").isBetween(0f, (float) UNEXPLAINED);
      }
    }
  }

  private static void assertAttention(Tensor expected, LayerContributions actual, String prefix) {
    expected
        .shape()
        .require("golden", prefix, actual.nPositions(), actual.nPositions(), actual.nHeads());
    for (int q = 0; q < actual.nPositions(); q++) {
      for (int k = 0; k < actual.nPositions(); k++) {
        for (int h = 0; h < actual.nHeads(); h++) {
          float contribution = k <= q ? actual.attention(q, k, h) : 0;
          assertThat(Math.abs(contribution - expected.get(q, k, h)))
              .as("%sattention [%d, %d, %d]", prefix, q, k, h)
              .isLessThanOrEqualTo((float) TOLERANCE);
        }
      }
    }
  }

  private static void assertRow(SafetensorsFile file, String name, Tensor actual)
      throws IOException {
    float[] expected = file.tensor(name).toFloats();
    assertThat(actual.shape().size()).as(name).isEqualTo(expected.length);
    for (int t = 0; t < expected.length; t++) {
      assertThat(Math.abs(actual.get(t) - expected[t]))
          .as("%s [%d]", name, t)
          .isLessThanOrEqualTo((float) TOLERANCE);
    }
  }
}
