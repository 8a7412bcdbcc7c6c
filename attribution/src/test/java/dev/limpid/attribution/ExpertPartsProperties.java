package dev.limpid.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.LayerStorage;
import dev.limpid.model.load.RandomModel;
import dev.limpid.model.plain.Mechanisms;
import dev.limpid.model.plain.PlainLayer;
import dev.limpid.model.plain.PlainMlp;
import dev.limpid.model.plain.PlainModel;
import dev.limpid.model.plain.PlainWeights;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.toy.AllBackends;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** What experts wrote, and which were nearly taken, whatever mechanisms stand around them. */
class ExpertPartsProperties {
  /** Float32 against float64, of numbers from 0 to 1. */
  private static final double SHARE = 2e-4;

  /** Float32 against float64, of vectors, relative to the largest number of the state. */
  private static final double VECTOR = 1e-4;

  /** Of a sum of float32 vectors, relative to it. */
  private static final double UNEXPLAINED = 1e-4;

  @Property(tries = 400)
  void theyAreThoseOfThePlainProgram(@ForAll long seed, @ForAll BiasOption bias) {
    Random random = new Random(seed);
    RandomModel drawn = RandomModel.withExperts(random);
    String backend = AllBackends.NAMES.get(random.nextInt(AllBackends.NAMES.size()));
    LayerStorage storage = random.nextBoolean() ? LayerStorage.IN_MEMORY : LayerStorage.STREAMED;
    Transformer model = drawn.open(AllBackends.open(backend), storage);
    List<Integer> tokens = new Mechanisms(random).tokens(drawn.config());
    List<PlainLayer> expected = drawn.plain().run(tokens);
    Assume.that(PlainModel.isClear(expected));
    ForwardTrace trace = model.trace(tokens, TraceDetail.RESIDUALS);
    int t = random.nextInt(tokens.size());
    ContributionOptions options = new ContributionOptions(bias, 0);
    for (int l = 0; l < expected.size(); l++) {
      var actual = ExpertParts.of(model, l, trace.layer(l), options, t);
      assertThat(actual.isPresent()).isEqualTo(drawn.config().mlp().expertsOf(l).isPresent());
      if (actual.isPresent()) {
        String of = "layer %d on %s of %s".formatted(l, backend, drawn);
        assertSame(of, actual.get(), expected.get(l), t, bias);
        assertOneSumForAll(
            of,
            actual.get(),
            ExpertContributions.of(model, l, trace.layer(l), options).orElseThrow(),
            bias);
      }
    }
  }

  private static void assertSame(
      String of, ExpertParts actual, PlainLayer layer, int t, BiasOption bias) {
    PlainMlp mlp = layer.mlp[t];
    assertThat(actual.written()).as(of).hasSameSizeAs(mlp.all());
    double sum = Arrays.stream(mlp.router()).map(Math::exp).sum();
    List<double[]> parts = new ArrayList<>();
    List<Double> shares = new ArrayList<>();
    for (int j = 0; j < mlp.all().size(); j++) {
      ExpertParts.Written one = actual.written().get(j);
      PlainMlp.Written written = mlp.all().get(j);
      boolean shared = j == mlp.chosen().size();
      assertThat(one.expert()).as(of).isEqualTo(shared ? "shared" : "" + mlp.chosen().get(j));
      assertThat(one.weight()).as(of).isCloseTo(written.weight(), within(SHARE));
      if (shared) {
        assertThat(one.choice()).as(of).isNull();
      } else {
        assertChoice(of, one.choice(), mlp.chosen().get(j), mlp.router(), sum);
      }
      parts.add(layer.behindMlp(t, written.out()));
      shares.add(one.contribution());
      assertVector(of, one.update(), parts.getLast(), layer.residPost[t]);
      double norm = Math.sqrt(PlainWeights.dot(parts.getLast(), parts.getLast()));
      assertThat(one.norm()).as(of).isCloseTo(norm, within(VECTOR * (1 + 10 * norm)));
    }

    List<Integer> others =
        IntStream.range(0, mlp.router().length)
            .boxed()
            .filter(e -> !mlp.chosen().contains(e))
            .sorted((a, b) -> Double.compare(mlp.router()[b], mlp.router()[a]))
            .toList();
    assertThat(actual.passed()).as(of).hasSameSizeAs(others);
    for (int i = 0; i < others.size(); i++) {
      assertChoice(of, actual.passed().get(i), others.get(i), mlp.router(), sum);
    }

    double[] biases = PlainWeights.plus(layer.mlpBias(t), 1, layer.outerBias());
    parts.add(layer.mlpResidual(t));
    shares.add(actual.residual());
    parts.add(bias == BiasOption.SEPARATE ? biases : new double[biases.length]);
    shares.add(actual.bias());
    double[] all = bias == BiasOption.SEPARATE ? new double[biases.length] : biases;
    for (double[] part : parts) {
      all = PlainWeights.plus(all, 1, part);
    }
    assertThat(all).as("the sum of " + of).containsExactly(layer.residPost[t], within(1e-9));
    assertThat(actual.unexplained()).as(of).isBetween(0.0, UNEXPLAINED);
    double[] wanted = PlainModel.shares(parts, layer.residPost[t]);
    for (int i = 0; wanted != null && i < wanted.length; i++) {
      assertThat(shares.get(i)).as("part %d of %s", i, of).isCloseTo(wanted[i], within(SHARE));
    }
  }

  private static void assertChoice(
      String of, ExpertParts.@Nullable Choice actual, int expert, double[] router, double sum) {
    Objects.requireNonNull(actual, of);
    assertThat(actual.expert()).as(of).isEqualTo(expert);
    double size = 1 + Math.abs(router[expert]);
    assertThat(actual.router()).as(of).isCloseTo(router[expert], within(SHARE * size));
    assertThat(actual.probability())
        .as(of)
        .isCloseTo(Math.exp(router[expert]) / sum, within(SHARE * size));
  }

  private static void assertVector(String of, Tensor actual, double[] expected, double[] whole) {
    double largest = Arrays.stream(whole).map(Math::abs).max().orElseThrow();
    for (double x : expected) {
      largest = Math.max(largest, Math.abs(x));
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual.get(i))
          .as("component %d of %s", i, of)
          .isCloseTo(expected[i], within(VECTOR * largest));
    }
  }

  /** The table of all positions holds the same numbers. */
  private static void assertOneSumForAll(
      String of, ExpertParts parts, ExpertContributions all, BiasOption bias) {
    if (bias == BiasOption.SEPARATE) {
      return; // the table has biases excluded
    }
    int t = parts.position();
    double sum = all.residual().get(t);
    for (int e = 0; e < all.experts().dim(1); e++) {
      sum += all.experts().get(t, e);
    }
    assertThat(sum).as(of).isCloseTo(parts.cancelling() ? 0 : 1, within(1e-6));
    assertThat((double) all.residual().get(t)).isCloseTo(parts.residual(), within(1e-6));
    for (ExpertParts.Written one : parts.written()) {
      int column = one.choice() == null ? all.experts().dim(1) - 1 : one.choice().expert();
      assertThat((double) all.experts().get(t, column))
          .as(of)
          .isCloseTo(one.contribution(), within(1e-6));
    }
    for (ExpertParts.Choice other : parts.passed()) {
      assertThat(all.experts().get(t, other.expert())).as(of).isZero();
    }
  }
}
