package dev.limpid.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.attribution.logits.DirectLogitAttribution;
import dev.limpid.attribution.logits.LayerLogits;
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
import dev.limpid.tensor.ops.toy.AllBackends;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Whatever mechanisms a model mixes, its states are the sums that the formulas say, and the shares
 * of their parts are those of a plain program in double precision.
 */
class MechanismAttributionProperties {
  /** Float32 against float64, of numbers from 0 to 1. */
  private static final double SHARE = 2e-4;

  /** Float32 against float64, relative to the sizes of the parts that make a logit. */
  private static final double LOGIT = 1e-4;

  /** Of double sums, relative to their parts. */
  private static final double EXACT = 1e-9;

  /** A random model with a prompt, run by the engine and by the plain program. */
  private static final class Case {
    final RandomModel drawn;
    final String backend;
    final Transformer model;
    final ForwardTrace trace;
    final List<PlainLayer> plain;
    final int last;
    final Random random;

    Case(long seed) {
      random = new Random(seed);
      drawn = RandomModel.any(random);
      backend = AllBackends.NAMES.get(random.nextInt(AllBackends.NAMES.size()));
      model = drawn.open(AllBackends.open(backend), LayerStorage.IN_MEMORY);
      List<Integer> tokens = new Mechanisms(random).tokens(drawn.config());
      plain = drawn.plain().run(tokens);
      Assume.that(PlainModel.isClear(plain));
      trace = model.trace(tokens, TraceDetail.FULL);
      last = tokens.size() - 1;
    }

    void assertClose(String what, double actual, double expected, double tolerance) {
      assertThat(actual)
          .as("%s on %s of %s", what, backend, drawn)
          .isCloseTo(expected, within(tolerance));
    }
  }

  /** In the plain program itself: parts, and biases beside them, are the states. */
  @Property(tries = 300)
  void thePlainPartsSumToThePlainStates(@ForAll long seed) {
    Case c = new Case(seed);
    boolean parallel = c.drawn.config().residual().isParallel();
    for (PlainLayer layer : c.plain) {
      double[] sum = layer.beta(c.last);
      for (double[] part : layer.attentionParts(c.last)) {
        sum = PlainWeights.plus(sum, 1, part);
      }
      assertSame(
          parallel ? PlainWeights.plus(sum, 1, layer.mlpPart(c.last)) : sum,
          parallel ? layer.residPost[c.last] : layer.residMid[c.last]);
      if (!parallel) {
        double[] post = PlainWeights.plus(layer.mlpResidual(c.last), 1, layer.mlpPart(c.last));
        assertSame(PlainWeights.plus(post, 1, layer.outerBias()), layer.residPost[c.last]);
      }
    }
  }

  private static void assertSame(double[] actual, double[] expected) {
    assertThat(actual).containsExactly(expected, within(EXACT * 1e3));
  }

  @Property(tries = 500)
  void contributionsAreThoseOfThePlainProgram(@ForAll long seed, @ForAll BiasOption bias) {
    Case c = new Case(seed);
    List<LayerContributions> layers =
        Contributions.of(c.model, c.trace, new ContributionOptions(bias, 0)).layers();
    boolean separate = bias == BiasOption.SEPARATE;
    boolean parallel = c.drawn.config().residual().isParallel();
    for (int l = 0; l < layers.size(); l++) {
      PlainLayer plain = c.plain.get(l);
      for (int t = 0; t <= c.last; t++) {
        List<Double> ofAttention = new ArrayList<>();
        NodeShares shares = layers.get(l).shares();
        ofAttention.add((double) shares.attentionResidual().get(t));
        for (int k = 0; k <= t; k++) {
          for (int h = 0; h < c.drawn.config().nHeads(); h++) {
            ofAttention.add((double) layers.get(l).attention(t, k, h));
          }
        }
        ofAttention.add((double) shares.attentionBias().get(t));
        List<Double> ofMlp =
            List.of(
                (double) shares.mlp().get(t),
                (double) shares.mlpBias().get(t),
                (double) shares.mlpResidual().get(t));

        double[] zeros = new double[c.drawn.config().dModel()];
        double[] mlpBias = separate ? plain.mlpBias(t) : zeros;
        double[] outer = separate ? plain.outerBias() : zeros;
        List<double[]> attentionParts = plain.attentionParts(t);
        attentionParts.add(separate ? plain.beta(t) : zeros);
        List<double[]> mlpParts = new ArrayList<>();
        mlpParts.add(PlainWeights.plus(plain.mlpPart(t), -1, mlpBias));
        mlpParts.add(PlainWeights.plus(mlpBias, 1, outer));
        if (parallel) {
          attentionParts.addAll(mlpParts);
          List<Double> all = new ArrayList<>(ofAttention);
          all.addAll(ofMlp.subList(0, 2));
          assertShares(c, "layer " + l + ", " + t, all, attentionParts, plain.residPost[t]);
        } else {
          mlpParts.add(plain.mlpResidual(t));
          assertShares(
              c, "attention " + l + ", " + t, ofAttention, attentionParts, plain.residMid[t]);
          assertShares(c, "mlp " + l + ", " + t, ofMlp, mlpParts, plain.residPost[t]);
        }
      }
    }
  }

  private static void assertShares(
      Case c, String what, List<Double> actual, List<double[]> parts, double[] whole) {
    double[] expected = PlainModel.shares(parts, whole);
    for (int i = 0; expected != null && i < expected.length; i++) {
      c.assertClose(what + " part " + i, actual.get(i), expected[i], SHARE);
    }
  }

  @Property(tries = 300)
  void neuronsAreThoseOfThePlainProgram(@ForAll long seed) {
    Case c = new Case(seed);
    for (int l = 0; l < c.plain.size(); l++) {
      PlainLayer plain = c.plain.get(l);
      PlainMlp mlp = plain.mlp[c.last];
      NeuronContributions neurons =
          NeuronContributions.of(c.model, l, c.trace.layer(l), ContributionOptions.DEFAULT, c.last);
      List<double[]> parts = new ArrayList<>(List.of(plain.mlpResidual(c.last)));
      List<Double> actual = new ArrayList<>(List.of(neurons.residual()));
      for (int n = 0; n < mlp.neurons().length; n++) {
        parts.add(plain.neuron(c.last, n));
      }
      for (int j = 0; j < mlp.all().size(); j++) {
        for (int n = 0; n < mlp.all().get(j).neurons().length; n++) {
          parts.add(plain.neuron(c.last, j, n));
        }
      }
      for (float share : neurons.neurons().toFloats()) {
        actual.add((double) share);
      }
      assertThat(actual).as(c.drawn.toString()).hasSameSizeAs(parts);
      assertShares(c, "neurons of layer " + l, actual, parts, plain.residPost[c.last]);
    }
  }

  /** Each part of a logit difference, and all of them together. */
  @Property(tries = 500)
  void partsOfLogitsAreThoseOfThePlainProgram(@ForAll long seed) {
    Case c = new Case(seed);
    PlainModel plain = c.drawn.plain();
    int t = c.random.nextInt(c.last + 1);
    int answer = c.random.nextInt(c.drawn.config().dVocab());
    int other = c.random.nextInt(c.drawn.config().dVocab());
    DirectLogitAttribution split = DirectLogitAttribution.of(c.model, c.trace, t, answer, other);

    double[] logits = plain.beforeCap(c.plain.getLast().residPost[t]);
    double[] sizes = new double[1];
    for (int l = 0; l < c.plain.size(); l++) {
      PlainLayer layer = c.plain.get(l);
      LayerLogits actual = split.layers().get(l);
      boolean mid = !c.drawn.config().residual().isParallel();
      List<double[]> expected = new ArrayList<>();
      List<Double> got = new ArrayList<>();
      for (int h = 0; h < c.drawn.config().nHeads(); h++) {
        for (int k = 0; k <= t; k++) {
          expected.add(plain.along(c.plain, l, mid, t, layer.term(h, t, k)));
          got.add((double) actual.attention().get(h, k));
        }
      }
      expected.add(plain.along(c.plain, l, mid, t, layer.beta(t)));
      got.add(actual.attentionBias());
      double[] mlpBias = PlainWeights.plus(layer.mlpBias(t), 1, layer.outerBias());
      expected.add(plain.along(c.plain, l, false, t, mlpBias));
      got.add(actual.mlpBias());
      expected.add(
          plain.along(
              c.plain, l, false, t, PlainWeights.plus(layer.mlpPart(t), -1, layer.mlpBias(t))));
      got.add(actual.mlp());
      for (int i = 0; i < got.size(); i++) {
        double part = expected.get(i)[answer] - expected.get(i)[other];
        sizes[0] += Math.abs(part);
        c.assertClose(
            "part %d of layer %d".formatted(i, l), got.get(i), part, LOGIT * (10 + Math.abs(part)));
      }
    }
    c.assertClose("the sum", split.sum(), logits[answer] - logits[other], LOGIT * (10 + sizes[0]));
  }
}
