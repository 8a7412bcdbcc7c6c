package dev.limpid.routes.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.logits.Metric;
import dev.limpid.attribution.patching.PatchedRuns;
import dev.limpid.attribution.patching.Replacement;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.config.Attention;
import dev.limpid.model.load.LayerStorage;
import dev.limpid.model.load.RandomModel;
import dev.limpid.model.plain.Mechanisms;
import dev.limpid.model.plain.PlainLayer;
import dev.limpid.model.plain.PlainModel;
import dev.limpid.routes.FlowGraph;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.ThresholdMode;
import dev.limpid.tensor.ops.toy.AllBackends;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;

/** Whatever mechanisms a model mixes, a circuit of it is what a plain program makes of it. */
class MechanismCircuitProperties {
  /** Float32 against float64, of a difference of logits, relative to the largest of them. */
  private static final double TOLERANCE = 2e-4;

  /** A random model, a prompt with its source, which has the same token at the target. */
  private static final class Case {
    final Random random;
    final RandomModel drawn;
    final String backend;
    final Transformer model;
    final List<PlainLayer> plainSource;
    final List<Integer> tokens;
    final ForwardTrace base;
    final ForwardTrace source;
    final int target;
    final Components components;
    final PatchedRuns runs;
    final Metric metric = new Metric(Metric.Kind.LOGIT_DIFFERENCE, 0, 1, null);

    Case(long seed) {
      random = new Random(seed);
      drawn = RandomModel.any(random);
      backend = AllBackends.NAMES.get(random.nextInt(AllBackends.NAMES.size()));
      model = drawn.open(AllBackends.open(backend), LayerStorage.IN_MEMORY);
      tokens = new Mechanisms(random).tokens(drawn.config());
      target = random.nextInt(tokens.size());
      List<Integer> others =
          new ArrayList<>(random.ints(tokens.size(), 0, drawn.config().dVocab()).boxed().toList());
      others.set(target, tokens.get(target));
      plainSource = drawn.plain().run(others);
      Assume.that(PlainModel.isClear(plainSource));
      Assume.that(PlainModel.isClear(drawn.plain().run(tokens)));
      base = model.trace(tokens, TraceDetail.FULL);
      source = model.trace(others, TraceDetail.FULL);
      components = Components.of(drawn.config(), target, true);
      runs = new PatchedRuns(model, base, target);
    }

    double value(Replacement replacement, boolean frozen, BitSet circuit) {
      return new CircuitRuns(runs, components, replacement, frozen)
          .outcomes(List.of(circuit), metric, _ -> {})
          .getFirst()
          .value();
    }

    void assertClose(double actual, double[] logits) {
      double size = Arrays.stream(logits).map(Math::abs).max().orElseThrow();
      assertClose(actual, logits[0] - logits[1], size);
    }

    void assertClose(double actual, double expected, double size) {
      assertThat(actual)
          .as("at %d on %s of %s", target, backend, drawn)
          .isCloseTo(expected, within(TOLERANCE * (1 + size)));
    }

    double[] logits(List<PlainLayer> layers) {
      return drawn.plain().logits(layers.getLast().residPost[target]);
    }
  }

  /** Every component that is not in it is 0, or what it is in the source. */
  @Property(tries = 80)
  void circuitsAreThoseOfThePlainProgram(
      @ForAll long seed, @ForAll boolean zero, @ForAll @DoubleRange(max = 1) double share) {
    Case c = new Case(seed);
    BitSet circuit = new BitSet();
    for (int i = 0; i < c.components.size(); i++) {
      circuit.set(i, c.random.nextDouble() < share);
    }
    Map<PlainModel.Part, UnaryOperator<double[]>> changes = new LinkedHashMap<>();
    c.components.forEachTerm((number, l, h, q, k) -> {
      if (!circuit.get(number)) {
        double[] other = c.plainSource.get(l).written(h, q, k);
        changes.put(new PlainModel.Edge(l, h, q, k), own -> zero ? new double[own.length] : other);
      }
    });
    c.components.forEachMlp((number, l, t) -> {
      if (!circuit.get(number)) {
        double[] other = c.plainSource.get(l).mlpOut[t];
        changes.put(new PlainModel.Block(l, t), own -> zero ? new double[own.length] : other);
      }
    });
    List<PlainLayer> expected = c.drawn.plain().with(changes).run(c.tokens);
    Assume.that(PlainModel.isClear(expected));
    Replacement replacement = zero ? Replacement.ZERO : Replacement.from(c.source);
    c.assertClose(c.value(replacement, false, circuit), c.logits(expected));
  }

  @Property(tries = 60)
  void allComponentsAreTheModelAndNoneAreTheSource(@ForAll long seed, @ForAll boolean frozen) {
    Case c = new Case(seed);
    double[] full = c.logits(c.drawn.plain().run(c.tokens));
    for (Replacement r : List.of(Replacement.ZERO, Replacement.from(c.source))) {
      c.assertClose(c.value(r, frozen, c.components.all()), full);
    }
    // Beside a sink b_V counts by what is left of a row, which is no component.
    Attention attention = c.drawn.config().attention();
    boolean biasIsApart = attention.inputBias() && attention.clip().isEmpty();
    Assume.that(!(attention.scores().sinks() && biasIsApart));
    c.assertClose(
        c.value(Replacement.from(c.source), false, new BitSet()), c.logits(c.plainSource));
  }

  @Property(tries = 60)
  void aRouteIsWhatIsWiderThanItsThreshold(
      @ForAll long seed, @ForAll @DoubleRange(min = 0, max = 0.3) double threshold) {
    Case c = new Case(seed);
    Contributions contributions = Contributions.of(c.model, c.base);
    double[] widths = new CircuitScores(c.components).width(contributions);
    RouteExtractor extractor =
        new RouteExtractor(FlowGraph.of(contributions), ThresholdMode.RENORMALISED, threshold);
    BitSet wide = new BitSet();
    for (int i = 0; i < widths.length; i++) {
      wide.set(i, widths[i] > threshold);
    }
    assertThat(RouteCircuit.of(c.components, extractor.route(c.target)))
        .as("of %s", c.drawn)
        .isEqualTo(wide);
  }
}
