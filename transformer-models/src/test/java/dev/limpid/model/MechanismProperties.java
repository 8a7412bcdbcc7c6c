package dev.limpid.model;

import static dev.limpid.testdata.Close.assertCloseToLargest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.model.intervene.Intervention;
import dev.limpid.model.intervene.Site;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.statistics.Statistics;
import org.jspecify.annotations.Nullable;

/**
 * Mechanisms mix: whatever a model's facts are together, the forward pass is that of a plain
 * program in double precision, or the facts are refused in words.
 */
class MechanismProperties {
  /** Of a row: beyond it what is left has fewer than five digits in floats. */
  private static final double MOST_DROPPED = 0.999;

  /** Float32 against float64, relative to the largest magnitude of the tensor. */
  private static final double TOLERANCE = 1e-4;

  /** Float32 against float64, of a gradient, relative to the sum of what it is summed of. */
  private static final double SLOPE = 1e-3;

  @Property(tries = 2000)
  void factsAreComputedOrRefusedInWords(@ForAll long seed) {
    Optional<String> refusal = Optional.empty();
    try {
      new Mechanisms(new Random(seed)).draw();
    } catch (IllegalArgumentException e) {
      refusal = Mechanisms.refusal(e);
      assertThat(refusal).as(e.toString()).isPresent();
    }
    Statistics.label("computed")
        .collect(refusal.isEmpty())
        .coverage(checker -> checker.check(true).percentage(p -> p > 50));
  }

  @Property(tries = 600)
  void anyCombinationIsThatOfThePlainProgram(@ForAll long seed) {
    Random random = new Random(seed);
    RandomModel drawn = RandomModel.any(random);
    String backend = AllBackends.NAMES.get(random.nextInt(AllBackends.NAMES.size()));
    Transformer model = drawn.open(AllBackends.open(backend), LayerStorage.IN_MEMORY);
    List<Integer> tokens = new Mechanisms(random).tokens(drawn.config());
    List<PlainLayer> expected = drawn.plain().run(tokens);
    Assume.that(PlainModel.isClear(expected));
    ForwardTrace trace = model.trace(tokens, TraceDetail.FULL);
    try {
      for (int l = 0; l < expected.size(); l++) {
        assertSame("layers." + l + ".", drawn, trace.layer(l), expected.get(l));
      }
      double[][] logits =
          Arrays.stream(expected.getLast().residPost)
              .map(drawn.plain()::logits)
              .toArray(double[][]::new);
      assertClose("logits", trace.logits(), logits);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + " on " + backend + " of " + drawn, e);
    }
  }

  private static void assertSame(
      String at, RandomModel drawn, LayerTrace actual, PlainLayer expected) {
    assertClose(at + "resid_pre", actual.residPre(), expected.residPre);
    for (int h = 0; h < expected.pattern.length; h++) {
      assertClose(at + "pattern", actual.pattern().row(h), expected.pattern[h]);
    }
    assertClose(at + "attn_out", actual.attnOut(), expected.attnOut);
    if (!drawn.config().residual().isParallel()) {
      assertClose(at + "resid_mid", actual.residMid(), expected.residMid);
    }
    double[][] neurons = rows(expected, PlainMlp::neurons);
    assertClose(at + "neuron_post", actual.neuronPost(), neurons);
    @Nullable ExpertTrace experts = actual.experts();
    if (experts != null) {
      for (int t = 0; t < expected.mlp.length; t++) {
        assertThat(experts.chosen().get(t)).isEqualTo(expected.mlp[t].chosen());
      }
      // Of all positions together: where a neuron is barely on, one by itself is all rounding.
      double[][] out =
          Arrays.stream(expected.mlp)
              .flatMap(mlp -> mlp.experts().stream().map(PlainMlp.Written::out))
              .toArray(double[][]::new);
      assertClose(at + "expert_out", experts.out(), out);
      assertClose(at + "router", experts.router(), rows(expected, PlainMlp::router));
    }
    assertClose(at + "mlp_out", actual.mlpOut(), expected.mlpOut);
    assertClose(at + "resid_post", actual.residPost(), expected.residPost);
  }

  private static double[][] rows(PlainLayer layer, Function<PlainMlp, double[]> of) {
    return Arrays.stream(layer.mlp).map(of).toArray(double[][]::new);
  }

  private static void assertClose(String name, Tensor actual, double[][] expected) {
    int width = expected[0].length;
    float[] all = new float[expected.length * width];
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) expected[i / width][i % width];
    }
    assertCloseToLargest(name, actual.toFloats(), all, TOLERANCE);
  }

  /** Text in pieces behind a cache, past windows and past longrope's switch. */
  @Property(tries = 300)
  void piecesBehindACacheAreThatOfThePlainProgram(@ForAll long seed) {
    Random random = new Random(seed);
    RandomModel drawn = RandomModel.any(random);
    String backend = AllBackends.NAMES.get(random.nextInt(AllBackends.NAMES.size()));
    Transformer model = drawn.open(AllBackends.open(backend), LayerStorage.IN_MEMORY);
    List<Integer> tokens = new Mechanisms(random).tokens(drawn.config());
    KeyValueCache cache = new KeyValueCache();
    int from = 0;
    while (from < tokens.size()) {
      int to = from + 1 + random.nextInt(Math.min(5, tokens.size() - from));
      List<PlainLayer> expected = drawn.plain().run(tokens.subList(0, to));
      Assume.that(PlainModel.isClear(expected));
      Tensor states = model.extend(tokens.subList(from, to), cache);
      double[][] logits =
          Arrays.stream(expected.getLast().residPost, from, to)
              .map(drawn.plain()::logits)
              .toArray(double[][]::new);
      try {
        assertClose("logits behind " + from, model.unembed(states), logits);
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + " on " + backend + " of " + drawn, e);
      }
      from = to;
    }
  }

  /** Layers read from files, and prompts stacked as rows, give the same bits. */
  @Property(tries = 100)
  void streamedAndStackedGiveTheSameBits(@ForAll long seed) {
    Random random = new Random(seed);
    RandomModel drawn = RandomModel.any(random);
    String backend = AllBackends.NAMES.get(random.nextInt(AllBackends.NAMES.size()));
    Transformer model = drawn.open(AllBackends.open(backend), LayerStorage.IN_MEMORY);
    Transformer streamed = drawn.open(AllBackends.open(backend), LayerStorage.STREAMED);
    assertThat(streamed.weights().streamed()).isTrue();
    List<List<Integer>> prompts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      prompts.add(new Mechanisms(random).tokens(drawn.config()));
    }
    List<ForwardTrace> together =
        model.runTogether(
            prompts,
            TraceDetail.RESIDUALS,
            List.of(LayerVisitor.NONE, LayerVisitor.NONE, LayerVisitor.NONE));
    for (int i = 0; i < 3; i++) {
      float[] expected = model.trace(prompts.get(i), TraceDetail.FULL).logits().toFloats();
      assertThat(streamed.trace(prompts.get(i), TraceDetail.FULL).logits().toFloats())
          .as("streamed: %s", drawn)
          .isEqualTo(expected);
      assertThat(together.get(i).logits().toFloats()).as("stacked: %s", drawn).isEqualTo(expected);
    }
  }

  /** The backward pass, along a direction in all states in front of the first layer. */
  @Property(tries = 400)
  void gradientsAreTheSlopesOfThePlainProgram(@ForAll long seed) {
    Random random = new Random(seed);
    RandomModel drawn = RandomModel.any(random);
    String backend = AllBackends.NAMES.get(random.nextInt(AllBackends.NAMES.size()));
    Transformer model = drawn.open(AllBackends.open(backend), LayerStorage.IN_MEMORY);
    List<Integer> tokens = new Mechanisms(random).tokens(drawn.config());
    Assume.that(PlainModel.isClear(drawn.plain().run(tokens)));
    int target = random.nextInt(tokens.size());
    double[] ofLogits = random.doubles(drawn.config().dVocab(), -1, 1).toArray();
    double[][] along = new double[tokens.size()][];
    for (int t = 0; t < along.length; t++) {
      along[t] = random.doubles(drawn.config().dModel(), -1, 1).toArray();
    }
    Tensor weights = Tensor.zeros(ofLogits.length);
    for (int v = 0; v < ofLogits.length; v++) {
      weights.array()[v] = (float) ofLogits[v];
    }

    Tensor gradient =
        new Gradients(model, BackwardRules.EXACT)
            .run(model.trace(tokens, TraceDetail.RESIDUALS), target, weights, GradientVisitor.NONE)
            .toHeap();

    double slope = 0;
    double size = 0;
    for (int t = 0; t < along.length; t++) {
      for (int i = 0; i < along[t].length; i++) {
        slope += along[t][i] * gradient.get(t, i);
        size += Math.abs(along[t][i] * gradient.get(t, i));
      }
    }
    double wide = quotient(drawn, tokens, target, ofLogits, along, 1e-5);
    double narrow = quotient(drawn, tokens, target, ofLogits, along, 1e-6);
    // A kink, as of ReLU or of a clip, or a jump to other experts within the step.
    Assume.that(Math.abs(wide - narrow) < 1e-4 * (Math.abs(narrow) + 1e-3));
    assertThat(slope).as("%s of %s", backend, drawn).isCloseTo(narrow, within(SLOPE * size + 1e-6));
  }

  private static double quotient(
      RandomModel drawn,
      List<Integer> tokens,
      int target,
      double[] ofLogits,
      double[][] along,
      double step) {
    double[] values = new double[2];
    for (int side = 0; side < 2; side++) {
      double[][] states = drawn.plain().embed(tokens);
      for (int t = 0; t < states.length; t++) {
        states[t] = PlainWeights.plus(states[t], side == 0 ? -step : step, along[t]);
      }
      PlainLayer last = drawn.plain().layers(0, states).getLast();
      values[side] = PlainWeights.dot(ofLogits, drawn.plain().logits(last.residPost[target]));
    }
    return (values[1] - values[0]) / (2 * step);
  }

  /** Attention knockout is a score of minus infinity, also beside a sink. */
  @Property(tries = 200)
  void knockoutIsAScoreOfMinusInfinity(@ForAll long seed) {
    Random random = new Random(seed);
    RandomModel drawn = RandomModel.any(random);
    String backend = AllBackends.NAMES.get(random.nextInt(AllBackends.NAMES.size()));
    Transformer model = drawn.open(AllBackends.open(backend), LayerStorage.IN_MEMORY);
    List<Integer> tokens = new Mechanisms(random).tokens(drawn.config());
    int layer = random.nextInt(drawn.config().nLayers());
    int head = random.nextInt(drawn.config().nHeads());
    int query = tokens.size() - 1;
    Set<PlainModel.Edge> edges = new LinkedHashSet<>();
    List<Intervention> drops = new ArrayList<>();
    for (int key = 0; key < query; key += 2) { // never its own
      edges.add(new PlainModel.Edge(layer, head, query, key));
      drops.add(Intervention.drop(new Site.Edge(layer, head, query, key)));
    }
    List<PlainLayer> expected = drawn.plain().without(edges).run(tokens);
    Assume.that(PlainModel.isClear(expected));
    // Of a row that is nearly all dropped, floats know the rest, a sink's share above all, too
    // badly.
    double[] row = drawn.plain().run(tokens).get(layer).pattern[head][query];
    Assume.that(edges.stream().mapToDouble(edge -> row[edge.key()]).sum() < MOST_DROPPED);
    ForwardTrace base = model.trace(tokens, TraceDetail.RESIDUALS);
    double[][] state = {expected.getLast().residPost[query]};
    Tensor whole =
        model.run(tokens, drops, TraceDetail.RESIDUALS, LayerVisitor.NONE).finalResidual();
    try {
      assertClose("whole", whole.rows(query, query + 1), state);
      assertClose("rerun", model.rerun(base, List.of(drops), query, _ -> {}), state);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + " on " + backend + " of " + drawn, e);
    }
  }
}
