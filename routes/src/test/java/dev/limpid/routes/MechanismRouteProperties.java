package dev.limpid.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.logits.DirectLogitAttribution;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.LayerStorage;
import dev.limpid.model.load.RandomModel;
import dev.limpid.model.plain.Mechanisms;
import dev.limpid.model.plain.PlainLayer;
import dev.limpid.model.plain.PlainModel;
import dev.limpid.tensor.ops.toy.AllBackends;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Whatever mechanisms a model mixes, what flows down to the tokens is what the formulas say. */
class MechanismRouteProperties {
  /** Float32 against float64, of numbers from 0 to 1 that come through a few layers. */
  private static final double FLOW = 5e-4;

  /** Float32 contributions that sum to 1, through a few layers. */
  private static final double SUM = 1e-5;

  /** Of a logit, relative to what makes it. */
  private static final double LOGIT = 1e-5;

  @Property(tries = 300)
  void flowsAreThoseOfThePlainProgram(@ForAll long seed) {
    Random random = new Random(seed);
    RandomModel drawn = RandomModel.any(random);
    String backend = AllBackends.NAMES.get(random.nextInt(AllBackends.NAMES.size()));
    Transformer model = drawn.open(AllBackends.open(backend), LayerStorage.IN_MEMORY);
    List<Integer> tokens = new Mechanisms(random).tokens(drawn.config());
    List<PlainLayer> plain = drawn.plain().run(tokens);
    Assume.that(PlainModel.isClear(plain));
    int target = random.nextInt(tokens.size());
    double @Nullable [] found = flow(drawn, plain, target);
    Assume.that(found != null);
    double[] expected = Objects.requireNonNull(found);

    ForwardTrace trace = model.trace(tokens, TraceDetail.RESIDUALS);
    FlowGraph graph = FlowGraph.of(Contributions.of(model, trace));
    double[] flow = new RouteExtractor(graph, ThresholdMode.RENORMALISED, 0).sourceFlow(target);

    double sum = 0;
    for (int t = 0; t <= target; t++) {
      sum += flow[t];
      assertThat(flow[t])
          .as("%d of %d on %s of %s", t, target, backend, drawn)
          .isCloseTo(expected[t], within(FLOW));
    }
    assertThat(sum).isCloseTo(1, within(SUM));
    int answer = random.nextInt(drawn.config().dVocab());
    DirectLogitAttribution logit =
        DirectLogitAttribution.of(model, trace, target, answer, (answer + 1) % 7);
    double size =
        Math.abs(logit.embedding())
            + Math.abs(logit.biases())
            + logit.layers().stream()
                .mapToDouble(l -> Math.abs(l.heads()) + Math.abs(l.mlp()))
                .sum();
    assertThat(ContrastFlow.of(graph, logit).sum())
        .isCloseTo(logit.sum(), within(LOGIT * (1 + size)));
  }

  /** What arrives at the tokens; null where a state's parts nearly cancel one another. */
  private static double @Nullable [] flow(RandomModel drawn, List<PlainLayer> layers, int target) {
    double[] flow = new double[target + 1];
    flow[target] = 1;
    int nHeads = drawn.config().nHeads();
    boolean parallel = drawn.config().residual().isParallel();
    for (PlainLayer layer : layers.reversed()) {
      double[] below = new double[target + 1];
      for (int q = 0; q <= target; q++) {
        List<double[]> parts = new ArrayList<>(layer.attentionParts(q));
        if (parallel) {
          parts.add(layer.mlpPart(q)); // which reads the state that attention reads
        }
        double[] shares =
            PlainModel.shares(parts, parallel ? layer.residPost[q] : layer.residMid[q]);
        List<double[]> mlpParts = List.of(layer.mlpPart(q), layer.mlpResidual(q));
        boolean cancels = !parallel && PlainModel.shares(mlpParts, layer.residPost[q]) == null;
        if (shares == null || cancels) {
          return null;
        }
        below[q] += flow[q] * (shares[0] + (parallel ? shares[shares.length - 1] : 0));
        for (int k = 0; k <= q; k++) {
          for (int h = 0; h < nHeads; h++) {
            below[k] += flow[q] * shares[1 + k * nHeads + h];
          }
        }
      }
      flow = below;
    }
    return flow;
  }
}
