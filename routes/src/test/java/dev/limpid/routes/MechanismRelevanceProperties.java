package dev.limpid.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.attribution.gradients.GradientRun;
import dev.limpid.attribution.gradients.LayerScores;
import dev.limpid.attribution.gradients.Relevance;
import dev.limpid.attribution.gradients.StateScores;
import dev.limpid.attribution.logits.Metric;
import dev.limpid.model.BackwardRules;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.config.Experts;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Positions;
import dev.limpid.model.load.LayerStorage;
import dev.limpid.model.load.RandomModel;
import dev.limpid.model.plain.Mechanisms;
import dev.limpid.model.plain.PlainLayer;
import dev.limpid.model.plain.PlainModel;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.toy.AllBackends;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;

/** Whatever mechanisms a model mixes, relevance is handed down whole. */
class MechanismRelevanceProperties {
  /** Float32, relative to what is summed. */
  private static final double TOLERANCE = 2e-4;

  private static final class Case {
    final RandomModel drawn;
    final String backend;
    final List<PlainLayer> plain;
    final Relevance relevance;
    final Tensor[] ofMid;
    final Tensor[] ofPost;

    Case(long seed, Predicate<ModelConfig> wanted, double alpha) {
      Random random = new Random(seed);
      drawn = RandomModel.any(random, wanted);
      backend = AllBackends.NAMES.get(random.nextInt(AllBackends.NAMES.size()));
      Transformer model = drawn.open(AllBackends.open(backend), LayerStorage.IN_MEMORY);
      List<Integer> tokens = new Mechanisms(random).tokens(drawn.config());
      plain = drawn.plain().run(tokens);
      Assume.that(PlainModel.isClear(plain));
      ofMid = new Tensor[plain.size()];
      ofPost = new Tensor[plain.size()];
      GradientRun run =
          new GradientRun(
              model,
              model.trace(tokens, TraceDetail.RESIDUALS),
              random.nextInt(tokens.size()),
              new Metric(Metric.Kind.LOGIT_DIFFERENCE, 0, 1, null),
              BackwardRules.relevance(alpha));
      relevance =
          Relevance.of(
              run,
              _ ->
                  (layer, _, gradients) -> {
                    ofMid[layer] = copy(gradients.residMid());
                    ofPost[layer] = copy(gradients.residPost());
                  });
    }

    /**
     * What a logit was before its cap is read from what it is, badly where it is nearly the cap.
     */
    boolean isBelowTheCap() {
      double[] logits = drawn.plain().logits(plain.getLast().residPost[relevance.position()]);
      double cap = drawn.config().head().cap().orElse(Double.POSITIVE_INFINITY);
      return Math.max(Math.abs(logits[0]), Math.abs(logits[1])) < 0.99 * cap;
    }

    private static Tensor copy(Tensor tensor) {
      return Tensor.of(tensor.toFloats(), tensor.dim(0), tensor.dim(1));
    }

    void assertClose(String what, double actual, double expected, double size) {
      assertThat(actual)
          .as("%s on %s of %s", what, backend, drawn)
          .isCloseTo(expected, within(TOLERANCE * (0.1 + size)));
    }
  }

  private static double along(Tensor gradient, int t, double[] part) {
    double sum = 0;
    for (int i = 0; i < part.length; i++) {
      sum += part[i] * gradient.get(t, i);
    }
    return sum;
  }

  private static double size(Tensor gradient, int t, double[] state) {
    double sum = 0;
    for (int i = 0; i < state.length; i++) {
      sum += Math.abs(state[i] * gradient.get(t, i));
    }
    return sum;
  }

  /** Parts are worth what the plain program's are, and biases what they lack to the state's. */
  @Property(tries = 100)
  void whatAStateIsWorthIsWhatItsPartsAndBiasesAre(
      @ForAll long seed, @ForAll @DoubleRange(max = 1) double alpha) {
    Case c = new Case(seed, _ -> true, alpha);
    boolean parallel = c.drawn.config().residual().isParallel();
    for (int l = 0; l < c.plain.size(); l++) {
      PlainLayer plain = c.plain.get(l);
      StateScores states = c.relevance.states().get(l);
      LayerScores parts = c.relevance.components().layers().get(l);
      Tensor behind = parallel ? c.ofPost[l] : c.ofMid[l]; // of the state that attention adds to
      for (int q = 0; q <= c.relevance.position(); q++) {
        double[] state = parallel ? plain.residPost[q] : plain.residMid[q];
        double size = size(behind, q, state) + size(behind, q, plain.attentionResidual(q));
        double sum = states.midResidual()[q] + along(behind, q, plain.beta(q));
        for (int h = 0; h < c.drawn.config().nHeads(); h++) {
          for (int k = 0; k <= q; k++) {
            double[] term = plain.term(h, q, k);
            double worth = along(behind, q, term);
            size += size(behind, q, term);
            c.assertClose("term", parts.attention().get(h, q, k), worth, size(behind, q, term));
            sum += parts.attention().get(h, q, k);
          }
        }
        double[] mlp = plain.mlpPart(q);
        double ofMlp = size(c.ofPost[l], q, mlp) + size(c.ofPost[l], q, plain.residPost[q]);
        double worth = along(c.ofPost[l], q, mlp);
        c.assertClose("mlp " + l, parts.mlp()[q], worth, ofMlp);
        if (parallel) {
          c.assertClose("state " + l, sum + parts.mlp()[q], states.post()[q], size + ofMlp);
        } else {
          c.assertClose("state " + l, sum, states.mid()[q], size);
          double outer = along(c.ofPost[l], q, plain.outerBias());
          double post = states.postResidual()[q] + parts.mlp()[q] + outer;
          c.assertClose("post " + l, post, states.post()[q], ofMlp + size);
        }
      }
    }
  }

  /** What is nobody's: all biases, and what of a part a clip cuts off. */
  private static boolean hasNoBias(ModelConfig config) {
    Optional<Experts> experts = config.mlp().experts();
    return !config.norm().bias()
        && !config.attention().inputBias()
        && !config.attention().outputBias()
        && config.attention().clip().isEmpty()
        && !config.mlp().bias()
        && experts.filter(e -> e.bias() || e.clamp().isPresent()).isEmpty()
        && !config.head().bias()
        && !(config.positions() instanceof Positions.Learned);
  }

  @Property(tries = 80)
  void withoutPatternsAndBiasesEveryLayerHandsAllOfItDown(@ForAll long seed) {
    Case c = new Case(seed, MechanismRelevanceProperties::hasNoBias, 0);
    Assume.that(c.isBelowTheCap());
    double value = c.relevance.value();
    for (StateScores states : c.relevance.states()) {
      c.assertClose("post", sum(states.post()), value, size(states.post()));
      if (!states.oneNode()) {
        c.assertClose("mid", sum(states.mid()), value, size(states.mid()));
      }
    }
    c.assertClose("tokens", c.relevance.tokens().sum(), value, size(c.relevance.tokens().values()));
  }

  private static double sum(double[] numbers) {
    return Arrays.stream(numbers).sum();
  }

  private static double size(double[] numbers) {
    return Arrays.stream(numbers).map(Math::abs).sum();
  }
}
