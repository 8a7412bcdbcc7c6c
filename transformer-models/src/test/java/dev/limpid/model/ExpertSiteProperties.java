package dev.limpid.model;

import static dev.limpid.testdata.Close.assertCloseToLargest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.model.config.Experts;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.model.intervene.Site;
import dev.limpid.model.load.LayerStorage;
import dev.limpid.model.load.RandomModel;
import dev.limpid.model.plain.Mechanisms;
import dev.limpid.model.plain.PlainLayer;
import dev.limpid.model.plain.PlainModel;
import dev.limpid.model.plain.PlainWeights;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.toy.AllBackends;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What becomes of a model where what its experts write is changed. */
class ExpertSiteProperties {
  /** Float32 against float64, relative to the largest magnitude of the state. */
  private static final double TOLERANCE = 1e-4;

  private final Map<PlainModel.Written, UnaryOperator<double[]>> plain = new LinkedHashMap<>();
  private final List<Intervention> interventions = new ArrayList<>();

  /** Whether the router sent the position there or not; one change behind another, too. */
  @Property(tries = 400)
  void changesAreThoseOfThePlainProgram(@ForAll long seed) {
    Random random = new Random(seed);
    RandomModel drawn = RandomModel.withExperts(random);
    String backend = AllBackends.NAMES.get(random.nextInt(AllBackends.NAMES.size()));
    Transformer model = drawn.open(AllBackends.open(backend), LayerStorage.IN_MEMORY);
    List<Integer> tokens = new Mechanisms(random).tokens(drawn.config());
    int target = random.nextInt(tokens.size());
    plain.clear();
    interventions.clear();
    for (int i = 0; i < 3; i++) {
      draw(drawn.config(), random, target + 1);
    }
    List<PlainLayer> expected = drawn.plain().with(plain).run(tokens);
    Assume.that(PlainModel.isClear(expected) && PlainModel.isClear(drawn.plain().run(tokens)));

    ForwardTrace base = model.trace(tokens, TraceDetail.RESIDUALS);
    ForwardTrace changed =
        model.run(tokens, interventions, TraceDetail.RESIDUALS, LayerVisitor.NONE);
    Tensor again = model.rerun(base, List.of(interventions, List.of()), target, _ -> {});

    float[] wanted = floats(expected.getLast().residPost[target]);
    String of = "%s on %s of %s".formatted(interventions, backend, drawn);
    assertCloseToLargest(
        "whole: " + of, changed.finalResidual().row(target).toFloats(), wanted, TOLERANCE);
    assertCloseToLargest("rerun: " + of, again.row(0).toFloats(), wanted, TOLERANCE);
    assertThat(again.row(1).toFloats()).isEqualTo(base.finalResidual().row(target).toFloats());
  }

  private void draw(ModelConfig config, Random random, int nPositions) {
    int layer;
    do {
      layer = random.nextInt(config.nLayers());
    } while (config.mlp().expertsOf(layer).isEmpty());
    Experts experts = config.mlp().expertsOf(layer).orElseThrow();
    int t = random.nextInt(nPositions);
    boolean shared = experts.dShared().isPresent() && random.nextInt(3) == 0;
    int expert = shared ? -1 : random.nextInt(experts.count());
    Site site = shared ? new Site.SharedExpert(layer, t) : new Site.Expert(layer, expert, t);
    Tensor vector = Tensor.zeros(config.dModel());
    double[] numbers = new double[config.dModel()];
    for (int i = 0; i < numbers.length; i++) {
      vector.array()[i] = (float) random.nextGaussian();
      numbers[i] = vector.array()[i];
    }
    float factor = random.nextFloat() * 2;
    UnaryOperator<double[]> change =
        switch (random.nextInt(4)) {
          case 0 -> {
            interventions.add(Intervention.zero(site));
            yield x -> new double[x.length];
          }
          case 1 -> {
            interventions.add(Intervention.scale(site, factor));
            yield x -> PlainWeights.times(factor, x);
          }
          case 2 -> {
            interventions.add(Intervention.add(site, vector));
            yield x -> PlainWeights.plus(x, 1, numbers);
          }
          default -> {
            interventions.add(Intervention.put(site, vector));
            yield _ -> numbers;
          }
        };
    plain.merge(
        new PlainModel.Written(layer, expert, t),
        change,
        (first, then) -> x -> then.apply(first.apply(x)));
  }

  private static float[] floats(double[] numbers) {
    float[] floats = new float[numbers.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) numbers[i];
    }
    return floats;
  }

  @Property(tries = 100)
  void placesThatAreNotThereAreNamed(@ForAll long seed) {
    Random random = new Random(seed);
    RandomModel drawn = RandomModel.any(random);
    Transformer model = drawn.open(AllBackends.open("vector"), LayerStorage.IN_MEMORY);
    List<Integer> tokens = new Mechanisms(random).tokens(drawn.config());
    int layer = random.nextInt(drawn.config().nLayers());
    var experts = drawn.config().mlp().expertsOf(layer);
    if (experts.isEmpty()) {
      assertRefused(
          model,
          tokens,
          new Site.Expert(layer, 0, 0),
          "expert_out.%d.0@0: layer %d has no experts; change mlp_out".formatted(layer, layer));
      assertRefused(
          model,
          tokens,
          new Site.SharedExpert(layer, 0),
          "shared_out.%d@0: layer %d has no experts; change mlp_out".formatted(layer, layer));
      return;
    }
    int count = experts.get().count();
    assertRefused(
        model,
        tokens,
        new Site.Expert(layer, count, 0),
        "expert_out.%d.%d@0: layer %d has experts 0 to %d"
            .formatted(layer, count, layer, count - 1));
    assertRefused(
        model,
        tokens,
        new Site.Expert(layer, 0, tokens.size()),
        "expert_out.%d.0@%d: the prompt has positions 0 to %d"
            .formatted(layer, tokens.size(), tokens.size() - 1));
    if (experts.get().dShared().isEmpty()) {
      assertRefused(
          model,
          tokens,
          new Site.SharedExpert(layer, 0),
          "shared_out.%d@0: layer %d has no expert that all positions go to"
              .formatted(layer, layer));
    }
  }

  private static void assertRefused(
      Transformer model, List<Integer> tokens, Site site, String message) {
    assertThatThrownBy(() ->
            model.run(
                tokens, List.of(Intervention.zero(site)), TraceDetail.RESIDUALS, LayerVisitor.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
