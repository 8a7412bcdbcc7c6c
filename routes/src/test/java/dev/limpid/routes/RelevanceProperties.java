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
import dev.limpid.model.load.LayerStorage;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.model.load.RandomModel;
import dev.limpid.model.plain.PlainModel;
import dev.limpid.routes.circuit.Components;
import dev.limpid.routes.circuit.RouteCircuit;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;

/** What must hold of routes behind answers whatever the model and the prompt. */
class RelevanceProperties {
  /** Of sums of logits of a few units in float. */
  private static final double TOLERANCE = 1e-4;

  private static final List<Transformer> WITHOUT_BIASES =
      open("llama-gqa-head-dim", "mistral-sliding-window");

  private static final List<Transformer> MODELS =
      Stream.concat(
              open("gpt2-defaults", "opt-biased", "qwen3-biased-windows").stream(),
              WITHOUT_BIASES.stream())
          .toList();

  private static List<Transformer> open(String... names) {
    return Stream.of(names)
        .map(name -> {
          try {
            return ModelLoader.open(
                TestData.folder().resolve("goldens").resolve(name), Backends.open("vector"));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        })
        .toList();
  }

  /** Of one of the models, or of one that mixes mechanisms by chance. */
  private static Relevance ofAnyModel(Random random, double alpha) {
    if (random.nextBoolean()) {
      return relevance(random, MODELS, alpha);
    }
    RandomModel drawn = RandomModel.any(random);
    Transformer model = drawn.open(Backends.open("vector"), LayerStorage.IN_MEMORY);
    List<Integer> tokens = tokens(random, model);
    Assume.that(PlainModel.isClear(drawn.plain().run(tokens)));
    return relevance(random, model, tokens, alpha);
  }

  private static Relevance relevance(Random random, List<Transformer> models, double alpha) {
    Transformer model = models.get(random.nextInt(models.size()));
    return relevance(random, model, tokens(random, model), alpha);
  }

  private static List<Integer> tokens(Random random, Transformer model) {
    return random.ints(1 + random.nextInt(7), 0, model.config().dVocab()).boxed().toList();
  }

  private static Relevance relevance(
      Random random, Transformer model, List<Integer> tokens, double alpha) {
    GradientRun run =
        new GradientRun(
            model,
            model.trace(tokens, random.nextBoolean() ? TraceDetail.FULL : TraceDetail.RESIDUALS),
            random.nextInt(tokens.size()),
            new Metric(Metric.Kind.LOGIT_DIFFERENCE, 0, 1, null),
            BackwardRules.relevance(alpha));
    return Relevance.of(run, GradientRun.Observer.NONE);
  }

  @Property(tries = 60)
  void whatAStateIsWorthIsWhatItsPartsAre(
      @ForAll long seed, @ForAll @DoubleRange(max = 1) double a) {
    Relevance relevance = relevance(new Random(seed), WITHOUT_BIASES, a);
    for (int l = 0; l < relevance.states().size(); l++) {
      StateScores states = relevance.states().get(l);
      LayerScores parts = relevance.components().layers().get(l);
      for (int q = 0; q < states.mid().length; q++) {
        double heads = 0;
        for (int h = 0; h < parts.attention().dim(0); h++) {
          heads += parts.head(h, q);
        }
        assertThat(states.midResidual()[q] + heads).isCloseTo(states.mid()[q], within(TOLERANCE));
        assertThat(states.postResidual()[q] + parts.mlp()[q])
            .isCloseTo(states.post()[q], within(TOLERANCE));
      }
    }
  }

  @Property(tries = 60)
  void withoutPatternsAndBiasesEveryLayerHandsAllOfItDown(@ForAll long seed) {
    Relevance relevance = relevance(new Random(seed), WITHOUT_BIASES, 0);
    for (StateScores states : relevance.states()) {
      assertThat(sum(states.post())).isCloseTo(relevance.value(), within(TOLERANCE));
      assertThat(sum(states.mid())).isCloseTo(relevance.value(), within(TOLERANCE));
    }
    assertThat(relevance.tokens().sum()).isCloseTo(relevance.value(), within(TOLERANCE));
  }

  private static double sum(double[] numbers) {
    double sum = 0;
    for (double number : numbers) {
      sum += number;
    }
    return sum;
  }

  @Property(tries = 100)
  void aRouteIsWhatIsLargeEnoughAndReached(
      @ForAll long seed, @ForAll @DoubleRange(max = 0.2) double threshold) {
    Relevance relevance = ofAnyModel(new Random(seed), 0.2);
    if (!RelevanceExtractor.isShared(relevance.value())) {
      return;
    }
    RelevanceRoute route = new RelevanceExtractor(relevance, threshold).route();
    int nLayers = relevance.states().size();
    int nHeads = relevance.components().layers().getFirst().attention().dim(0);
    Components components = new Components(nLayers, nHeads, relevance.position(), true);

    BitSet expected = new BitSet();
    double least = threshold * Math.abs(relevance.value());
    Set<Integer> reached = new HashSet<>(Set.of(relevance.position()));
    for (int l = nLayers - 1; l >= 0; l--) {
      LayerScores parts = relevance.components().layers().get(l);
      Set<Integer> below = new HashSet<>(reached);
      for (int q : reached) {
        if (parts.mlp()[q] > 0 && parts.mlp()[q] >= least) {
          expected.set(components.mlp(l, q));
        }
        for (int h = 0; h < nHeads; h++) {
          for (int k = 0; k <= q; k++) {
            double score = parts.attention().get(h, q, k);
            if (score > 0 && score >= least) {
              expected.set(components.term(l, h, q, k));
              below.add(k);
            }
          }
        }
      }
      reached = below;
    }
    assertThat(RouteCircuit.of(components, route)).isEqualTo(expected);
    assertThat(route.nComponents()).isEqualTo(expected.cardinality());
    assertThat(route.sources().stream().map(source -> source.node().position()))
        .containsExactlyElementsOf(reached.stream().sorted().toList());
  }

  @Property(tries = 60)
  void everyEdgeJoinsNodesOfTheRouteInOrder(@ForAll long seed) {
    Relevance relevance = ofAnyModel(new Random(seed), 0.2);
    if (!RelevanceExtractor.isShared(relevance.value())) {
      return;
    }
    RelevanceRoute route = new RelevanceExtractor(relevance, 0.02).route();
    List<Node> nodes = route.nodes().stream().map(Route.NodeFlow::node).toList();
    assertThat(nodes).doesNotHaveDuplicates();
    assertThat(nodes.getLast())
        .isEqualTo(
            new Node(Node.Kind.AFTER_MLP, relevance.states().size() - 1, relevance.position()));
    Set<Node> known = nodes.stream().collect(Collectors.toSet());
    int last = 0;
    for (Edge edge : route.edges()) {
      assertThat(known).contains(edge.from(), edge.to());
      assertThat(nodes.indexOf(edge.to())).isGreaterThanOrEqualTo(last);
      last = nodes.indexOf(edge.to());
      assertThat(nodes.indexOf(edge.from())).isLessThan(last);
    }
  }
}
