package dev.limpid.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.toy.AllBackends;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What experts wrote, against the formulas in float64 on Hugging Face's states. */
class ExpertPartsGoldenTest {
  /** Absolute, of numbers from 0 to 1 that are computed from float32 states. */
  private static final double SHARE = 1e-4;

  /** Of the lengths of float32 vectors, relative. */
  private static final double LENGTH = 1e-4;

  /** The relative residual of the parts' sum: float32 rounding of a sum of D terms. */
  private static final double UNEXPLAINED = 1e-5;

  static Stream<Arguments> goldens() {
    return AllBackends.NAMES.stream()
        .flatMap(backend -> withExperts().map(golden -> Arguments.of(backend, golden)));
  }

  private static Stream<TestData.Golden> withExperts() {
    return TestData.goldens().stream().filter(ExpertPartsGoldenTest::hasExperts);
  }

  private static boolean hasExperts(TestData.Golden golden) {
    return open(golden).names().stream().anyMatch(name -> name.endsWith(".experts"));
  }

  private static SafetensorsFile open(TestData.Golden golden) {
    try {
      return SafetensorsFile.open(golden.expected(), Arena.ofAuto());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void everyFamilyWithExpertsIsThere() {
    TreeSet<String> names = new TreeSet<>();
    withExperts().forEach(golden -> names.add(golden.name()));
    assertThat(names)
        .contains(
            "mixtral",
            "qwen2-moe",
            "qwen3-moe",
            "olmoe",
            "gpt-oss",
            "granite-moe",
            "granite-moe-shared");
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("goldens")
  void theyAreThoseOfTheFormulas(String backend, TestData.Golden golden) throws IOException {
    Transformer model = ModelLoader.open(golden.model(), AllBackends.open(backend));
    SafetensorsFile expected = open(golden);
    List<Integer> tokens = Arrays.stream(expected.tensor("tokens").toInts()).boxed().toList();
    ForwardTrace trace = model.trace(tokens, TraceDetail.RESIDUALS);
    double multiplier = model.config().residual().multiplier();
    for (int l = 0; l < trace.nLayers(); l++) {
      String at = "layers." + l + ".";
      boolean has = expected.names().contains(at + "experts");
      assertThat(model.config().mlp().expertsOf(l).isPresent()).isEqualTo(has);
      for (int t = 0; has && t < tokens.size(); t++) {
        ExpertParts parts =
            ExpertParts.of(model, l, trace.layer(l), ContributionOptions.DEFAULT, t).orElseThrow();
        Tensor shares = expected.tensor(at + "experts").toHeap();
        Tensor out = expected.tensor(at + "expert_out").toHeap();
        Tensor weights = expected.tensor(at + "expert_weight").toHeap();
        int[] index = expected.tensor(at + "expert_index").toInts();
        int used = weights.dim(1);
        double residual = expected.tensor(at + "experts_residual").toFloats()[t];
        assertThat(parts.residual()).isCloseTo(residual, within(SHARE));
        assertThat(parts.unexplained()).isBetween(0.0, UNEXPLAINED);
        for (int j = 0; j < parts.written().size(); j++) {
          ExpertParts.Written one = parts.written().get(j);
          boolean shared = j == used;
          int column = shared ? shares.dim(1) - 1 : index[t * used + j];
          assertThat(one.expert()).isEqualTo(shared ? "shared" : "" + column);
          assertThat(one.contribution()).isCloseTo(shares.get(t, column), within(SHARE));
          if (!shared) {
            assertThat(one.weight()).isCloseTo(weights.get(t, j), within(SHARE));
          }
          Tensor wrote =
              shared ? expected.tensor(at + "shared_out").toHeap().row(t) : out.row(t).row(j);
          double length = multiplier * norm(wrote);
          assertThat(one.norm()).isCloseTo(length, within(LENGTH * (length + 1)));
        }
        assertThat(parts.written().size() + parts.passed().size()).isEqualTo(shares.dim(1));
      }
    }
  }

  private static double norm(Tensor vector) {
    double square = 0;
    for (float x : vector.toFloats()) {
      square += (double) x * x;
    }
    return Math.sqrt(square);
  }
}
