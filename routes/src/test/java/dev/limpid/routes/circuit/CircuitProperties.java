package dev.limpid.routes.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.attribution.logits.Metric;
import dev.limpid.attribution.patching.PatchedRuns;
import dev.limpid.attribution.patching.Replacement;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;

/** What must hold of circuits whatever the model and the prompt. */
class CircuitProperties {
  /** Of a number read from logits of a few units, summed in another order. */
  private static final double TOLERANCE = 1e-3;

  private static final List<Transformer> MODELS =
      Stream.of(
              "gpt2-defaults",
              "opt-biased",
              "llama-gqa-head-dim",
              "mistral-sliding-window",
              "qwen3-biased-windows")
          .map(CircuitProperties::open)
          .toList();

  private static Transformer open(String name) {
    try {
      return ModelLoader.open(
          TestData.folder().resolve("goldens").resolve(name), Backends.open("vector"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A prompt with its source, which ends in the same token, and a target, by chance. */
  private static final class Case {
    final Random random;
    final Transformer model;
    final ForwardTrace base;
    final ForwardTrace source;
    final Components components;
    final PatchedRuns runs;
    final Metric metric;

    Case(long seed) {
      random = new Random(seed);
      model = MODELS.get(random.nextInt(MODELS.size()));
      int n = 2 + random.nextInt(7);
      int target = random.nextInt(n);
      List<Integer> tokens = tokens(n);
      List<Integer> others = new ArrayList<>(tokens(n));
      others.set(target, tokens.get(target));
      base = model.trace(tokens, TraceDetail.FULL);
      source = model.trace(others, TraceDetail.FULL);
      components = Components.of(model.config(), target, true);
      runs = new PatchedRuns(model, base, target);
      metric = new Metric(Metric.Kind.LOGIT_DIFFERENCE, 0, 1, null);
    }

    List<Integer> tokens(int count) {
      return random.ints(count, 0, model.config().dVocab()).boxed().toList();
    }

    double value(Replacement replacement, boolean frozen, BitSet circuit) {
      return new CircuitRuns(runs, components, replacement, frozen)
          .outcomes(List.of(circuit), metric, _ -> {})
          .getFirst()
          .value();
    }
  }

  @Property(tries = 60)
  void allComponentsAreTheModelAndNoneAreTheSource(@ForAll long seed, @ForAll boolean frozen) {
    Case c = new Case(seed);
    double full = c.metric.of(c.runs.logits());
    for (Replacement r : List.of(Replacement.ZERO, Replacement.from(c.source))) {
      assertThat(c.value(r, frozen, c.components.all())).isCloseTo(full, within(TOLERANCE));
    }
    assertThat(c.value(Replacement.from(c.source), false, new BitSet()))
        .isCloseTo(c.metric.of(c.source.logits(c.components.target())), within(TOLERANCE));
  }

  @Property(tries = 60)
  void circuitsByChanceAreAsLarge(@ForAll long seed) {
    Case c = new Case(seed);
    BitSet like = new BitSet();
    c.random.ints(c.random.nextInt(20), 0, c.components.size()).forEach(like::set);
    BitSet drawn = RouteCircuit.random(c.components, like, c.random);
    int terms = c.components.nTerms();
    assertThat(drawn.cardinality()).isEqualTo(like.cardinality());
    assertThat(drawn.get(0, terms).cardinality()).isEqualTo(like.get(0, terms).cardinality());
    assertThat(drawn.length()).isLessThanOrEqualTo(c.components.size());
  }

  @Property(tries = 60)
  void everyComponentHasANumberOfItsOwn(@ForAll long seed) {
    Components components = new Case(seed).components;
    BitSet numbers = new BitSet();
    components.forEachTerm((number, l, h, q, k) -> {
      assertThat(number).isEqualTo(numbers.cardinality());
      assertThat(components.term(l, h, q, k)).isEqualTo(number);
      numbers.set(number);
    });
    components.forEachMlp((number, l, q) -> {
      assertThat(components.mlp(l, q)).isEqualTo(number);
      numbers.set(number);
    });
    assertThat(numbers).isEqualTo(components.all());
  }

  @Property(tries = 100)
  void areasOfAStraightLine(@ForAll @DoubleRange(min = -3, max = 3) double empty) {
    double full = empty + 2;
    List<Double> values = Curve.SIZES.stream().map(size -> empty + 2 * size).toList();
    Curve curve = Curve.of(values, full, empty);
    double width = 1 - Curve.SIZES.getFirst();
    double mean = (1 + Curve.SIZES.getFirst()) / 2;
    assertThat(curve.cpr()).isCloseTo(width * mean, within(1e-9));
    assertThat(curve.cmd()).isCloseTo(width * (1 - mean), within(1e-9));
    assertThat(Curve.of(values, empty, empty).cpr()).isNull();
  }
}
