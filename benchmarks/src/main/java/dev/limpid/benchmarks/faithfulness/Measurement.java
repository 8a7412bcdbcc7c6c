package dev.limpid.benchmarks.faithfulness;

import dev.limpid.Ablation;
import dev.limpid.Experiment;
import dev.limpid.QuestionException;
import dev.limpid.routes.RelevanceExtractor;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.ThresholdMode;
import dev.limpid.routes.circuit.CircuitOrder;
import dev.limpid.routes.circuit.CircuitRuns;
import dev.limpid.routes.circuit.CircuitRuns.Outcome;
import dev.limpid.routes.circuit.Components;
import dev.limpid.routes.circuit.Curve;
import dev.limpid.routes.circuit.RouteCircuit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What circuits of one prompt predict.
 *
 * @param prompt its number in the set
 * @param tokens T
 * @param components how many there are
 * @param full the logit difference of the whole model
 * @param empty that of the empty circuit
 * @param curves by what gives the order
 * @param routes by what they are
 */
record Measurement(
    int prompt,
    int tokens,
    String ablation,
    int components,
    double full,
    double empty,
    Map<String, Sizes> curves,
    Map<String, OfRoute> routes) {
  /** Those of a curve but for the last, the whole model. */
  private static final List<Double> SIZES = Curve.SIZES.subList(0, Curve.SIZES.size() - 1);

  private static final List<Double> THRESHOLDS = List.of(0.04, 0.01);
  private static final List<Double> RELEVANCES = List.of(0.05, 0.01);

  /** How many components a circuit has that is compared with others of that size. */
  private static final List<Integer> COUNTS = List.of(40, 200);

  private static final List<String> COMPARED =
      List.of("plain route", "contrast flow", "attribution patching");

  private static final List<String> CONNECTED =
      List.of("relevance helpful first", "relevance patching");

  /** The logit difference at each size of a curve, and KL(whole model || circuit) in nats. */
  record Sizes(List<Double> values, List<Double> kl) {}

  /** A route that runs as a circuit. */
  record OfRoute(int components, double value, double kl, KnownHeads.Count heads) {}

  static Measurement of(
      PromptSet.Entry entry,
      String set,
      Ablation ablation,
      Orders orders,
      List<String> drawn,
      KnownHeads known)
      throws QuestionException {
    Experiment experiment = entry.analysis().experiment(entry.comparison());
    Components components = orders.components();
    Map<String, double[]> scores = orders.with(ablation);
    Map<String, BitSet> routes = routes(orders, scores);
    List<BitSet> circuits = new ArrayList<>(List.of(components.all(), new BitSet()));
    circuits.addAll(routes.values());
    scores.keySet().removeIf(name -> !drawn.isEmpty() && !drawn.contains(name));
    for (double[] of : scores.values()) {
      CircuitOrder order = CircuitOrder.by(of);
      SIZES.forEach(size -> circuits.add(order.share(size)));
    }
    CircuitRuns runs =
        new CircuitRuns(experiment.runs(), components, experiment.replacement(ablation), false);
    List<Outcome> outcomes = runs.outcomes(circuits, experiment.metric(), _ -> {});
    int at = 2;
    Map<String, OfRoute> ofRoutes = new LinkedHashMap<>();
    for (Map.Entry<String, BitSet> route : routes.entrySet()) {
      Outcome outcome = outcomes.get(at++);
      ofRoutes.put(
          route.getKey(),
          new OfRoute(
              route.getValue().cardinality(),
              outcome.value(),
              outcome.kl(),
              known.count(set, components, route.getValue())));
    }
    Map<String, Sizes> curves = new LinkedHashMap<>();
    for (String name : scores.keySet()) {
      List<Outcome> curve = new ArrayList<>(outcomes.subList(at, at + SIZES.size()));
      curve.add(outcomes.getFirst());
      curves.put(
          name,
          new Sizes(
              curve.stream().map(Outcome::value).toList(),
              curve.stream().map(Outcome::kl).toList()));
      at += SIZES.size();
    }
    return new Measurement(
        entry.number(),
        entry.analysis().prompt().nPositions(),
        ablation.toString(),
        components.size(),
        outcomes.get(0).value(),
        outcomes.get(1).value(),
        curves,
        ofRoutes);
  }

  /** Routes at their thresholds, and the first so many of every order. */
  private static Map<String, BitSet> routes(Orders orders, Map<String, double[]> scores)
      throws QuestionException {
    Map<String, BitSet> routes = new LinkedHashMap<>();
    int position = orders.entry().comparison().position();
    for (ThresholdMode mode : ThresholdMode.values()) {
      for (double threshold : THRESHOLDS) {
        RouteExtractor extractor = new RouteExtractor(orders.graph(), mode, threshold);
        routes.put(
            "plain, %s, %s".formatted(mode, threshold),
            RouteCircuit.of(orders.components(), extractor.route(position)));
      }
    }
    for (double tau : RELEVANCES) {
      routes.put(
          "relevance, " + tau,
          RouteCircuit.of(
              orders.components(), new RelevanceExtractor(orders.relevance(), tau).route()));
    }
    for (int count : COUNTS) {
      for (String name : COMPARED) {
        routes.put(
            name + ", first " + count,
            CircuitOrder.by(Objects.requireNonNull(scores.get(name))).first(count));
      }
      for (String name : CONNECTED) {
        double[] connected =
            ConnectedOrder.of(orders.components(), Objects.requireNonNull(scores.get(name)));
        routes.put(name + ", connected, first " + count, CircuitOrder.by(connected).first(count));
      }
    }
    return routes;
  }
}
