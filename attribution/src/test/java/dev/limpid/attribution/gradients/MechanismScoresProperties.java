package dev.limpid.attribution.gradients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.attribution.logits.Metric;
import dev.limpid.model.BackwardRules;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.LayerStorage;
import dev.limpid.model.load.RandomModel;
import dev.limpid.model.plain.Mechanisms;
import dev.limpid.model.plain.PlainLayer;
import dev.limpid.model.plain.PlainModel;
import dev.limpid.model.plain.PlainWeights;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.toy.AllBackends;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/**
 * Whatever mechanisms a model mixes, scores that gradients give are slopes of a plain program in
 * double precision.
 */
class MechanismScoresProperties {
  /** Float32 against float64, relative to what a product is summed of. */
  private static final double SLOPE = 1e-3;

  /** Of logits of a few units. */
  private static final double VALUE = 2e-4;

  private static final double STEP = 1e-5;

  /** Where two points of Gauss and Legendre lie, each of them with a weight of a half. */
  private static final double[] POINTS = {0.5 - Math.sqrt(3) / 6, 0.5 + Math.sqrt(3) / 6};

  /** A random model with a prompt and a source. */
  private static final class Case {
    final Random random;
    final RandomModel drawn;
    final String backend;
    final List<Integer> tokens;
    final List<Integer> others;
    final List<PlainLayer> plain;
    final List<PlainLayer> plainSource;
    final ForwardTrace source;
    final int target;
    final GradientRun run;

    Case(long seed) {
      random = new Random(seed);
      drawn = RandomModel.any(random);
      backend = AllBackends.NAMES.get(random.nextInt(AllBackends.NAMES.size()));
      Transformer model = drawn.open(AllBackends.open(backend), LayerStorage.IN_MEMORY);
      tokens = new Mechanisms(random).tokens(drawn.config());
      others = random.ints(tokens.size(), 0, drawn.config().dVocab()).boxed().toList();
      plain = drawn.plain().run(tokens);
      plainSource = drawn.plain().run(others);
      Assume.that(PlainModel.isClear(plain) && PlainModel.isClear(plainSource));
      source = model.trace(others, TraceDetail.FULL);
      target = random.nextInt(tokens.size());
      Metric metric = new Metric(Metric.Kind.LOGIT_DIFFERENCE, 0, 1, null);
      ForwardTrace base = model.trace(tokens, TraceDetail.RESIDUALS);
      run = new GradientRun(model, base, target, metric, BackwardRules.EXACT);
    }

    double metric(List<PlainLayer> layers) {
      double[] logits = drawn.plain().logits(layers.getLast().residPost[target]);
      return logits[0] - logits[1];
    }

    void assertClose(String what, double actual, double expected, double tolerance) {
      assertThat(actual)
          .as("%s at %d on %s of %s", what, target, backend, drawn)
          .isCloseTo(expected, within(tolerance));
    }
  }

  /** Drops a case with a kink, as of ReLU or of a clip, or a jump to other experts so near. */
  private static double slope(DoubleUnaryOperator of, double at) {
    double wide = quotient(of, at, STEP);
    double narrow = quotient(of, at, STEP / 10);
    Assume.that(Math.abs(wide - narrow) < 1e-4 * (Math.abs(narrow) + 1e-3));
    return narrow;
  }

  private static double quotient(DoubleUnaryOperator of, double at, double step) {
    return (of.applyAsDouble(at + step) - of.applyAsDouble(at - step)) / (2 * step);
  }

  private static double[] between(double[] from, double[] to, double way) {
    return PlainWeights.plus(PlainWeights.times(1 - way, from), way, to);
  }

  private static double size(Tensor gradient, int t, double[] way) {
    double size = 0;
    for (int i = 0; i < way.length; i++) {
      size += Math.abs(way[i] * gradient.get(t, i));
    }
    return size;
  }

  /** Attribution patching, from nothing or from a source: the slope at the beginning of the way. */
  @Property(tries = 80)
  void patchingIsTheSlopeOfThePlainProgram(@ForAll long seed, @ForAll boolean zero) {
    Case c = new Case(seed);
    MeanGradients gradients = c.run.gradients(GradientRun.Observer.NONE);
    List<LayerScores> scores =
        ComponentScores.patching(c.run, gradients, zero ? List.of() : List.of(c.source)).layers();
    for (int i = 0; i < 3; i++) {
      int l = c.random.nextInt(scores.size());
      PlainLayer own = c.plain.get(l);
      PlainLayer other = c.plainSource.get(l);
      int q = c.random.nextInt(c.target + 1);
      int k = c.random.nextInt(q + 1);
      int h = c.random.nextInt(c.drawn.config().nHeads());
      double[] term = own.written(h, q, k);
      double[] replaced = zero ? new double[term.length] : other.written(h, q, k);
      c.assertClose(
          "term %d.%d %d<-%d".formatted(l, h, q, k),
          scores.get(l).attention().get(h, q, k),
          slope(c, new PlainModel.Edge(l, h, q, k), term, replaced),
          SLOPE * size(gradients.attention(l), q, raw(own, h, term, replaced)) + 1e-6);

      double[] mlp = own.mlpOut[q];
      double[] instead = zero ? new double[mlp.length] : other.mlpOut[q];
      double[] way = PlainWeights.plus(instead, -1, mlp);
      c.assertClose(
          "mlp %d at %d".formatted(l, q),
          scores.get(l).mlp()[q],
          slope(c, new PlainModel.Block(l, q), mlp, instead),
          SLOPE * size(gradients.mlp(l), q, way) + 1e-6);
    }
  }

  private static double[] raw(PlainLayer layer, int head, double[] from, double[] to) {
    return layer.out(head, PlainWeights.plus(to, -1, from));
  }

  private static double slope(Case c, PlainModel.Part part, double[] from, double[] to) {
    return slope(
        way ->
            c.metric(c.drawn.plain().with(Map.of(part, _ -> between(from, to, way))).run(c.tokens)),
        0);
  }

  /** Along the path from a source's embeddings, or from zeros, and at the run itself. */
  @Property(tries = 80)
  void scoresOfTokensAreSlopesOfThePlainProgram(@ForAll long seed, @ForAll boolean zero) {
    Case c = new Case(seed);
    int token = c.random.nextInt(c.target + 1);
    MeanGradients here = c.run.gradients(GradientRun.Observer.NONE);
    double[] own = c.drawn.plain().embedding(c.tokens.get(token));
    c.assertClose(
        "token " + token,
        TokenScores.inputTimesGradient(c.run, here).values()[token],
        slopeOfToken(c, zero, 1, token, own),
        SLOPE * size(here.embedding(), token, own) + 1e-6);

    @Nullable ForwardTrace start = zero ? null : c.source;
    MeanGradients mean = c.run.alongPath(start, POINTS.length, GradientRun.Observer.NONE);
    TokenScores scores =
        TokenScores.integrated(c.run, start, POINTS.length, GradientRun.Observer.NONE);
    double[] way = zero ? own : PlainWeights.plus(own, -1, other(c, token));
    double expected = 0;
    for (double at : POINTS) {
      expected += slopeOfToken(c, zero, at, token, way) / POINTS.length;
    }
    c.assertClose(
        "integrated " + token,
        scores.values()[token],
        expected,
        SLOPE * (size(mean.embedding(), token, way) + Math.abs(expected)) + 1e-6);
    double begin = c.metric(at(c, zero, 0, token, way, 0));
    double baseline = Objects.requireNonNull(scores.baseline());
    c.assertClose("baseline", baseline, begin, VALUE * (10 + Math.abs(begin)));
  }

  private static double[] other(Case c, int token) {
    return c.drawn.plain().embedding(c.others.get(token));
  }

  /** How the number changes at a point of the path where one token goes a way of its own. */
  private static double slopeOfToken(Case c, boolean zero, double at, int token, double[] way) {
    Assume.that(PlainModel.isClear(at(c, zero, at, token, way, 0)));
    return slope(further -> c.metric(at(c, zero, at, token, way, further)), 0);
  }

  private static List<PlainLayer> at(
      Case c, boolean zero, double at, int token, double[] way, double further) {
    PlainModel plain = c.drawn.plain();
    List<double[]> states = new ArrayList<>();
    for (int t = 0; t < c.tokens.size(); t++) {
      double[] from = zero ? new double[way.length] : other(c, t);
      double[] embedding = between(from, plain.embedding(c.tokens.get(t)), at);
      if (t == token) {
        embedding = PlainWeights.plus(embedding, further, way);
      }
      states.add(plain.entering(embedding, t));
    }
    return plain.layers(0, states.toArray(double[][]::new));
  }
}
