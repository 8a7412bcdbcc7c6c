package dev.limpid;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.gradients.ComponentScores;
import dev.limpid.attribution.logits.DirectLogitAttribution;
import dev.limpid.attribution.logits.Metric;
import dev.limpid.attribution.patching.Replacement;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.model.intervene.Site;
import dev.limpid.routes.FlowGraph;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.RouteGraph;
import dev.limpid.routes.circuit.CircuitOrder;
import dev.limpid.routes.circuit.CircuitRuns;
import dev.limpid.routes.circuit.CircuitRuns.Outcome;
import dev.limpid.routes.circuit.CircuitScores;
import dev.limpid.routes.circuit.Components;
import dev.limpid.routes.circuit.Curve;
import dev.limpid.routes.circuit.RouteCircuit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** What circuits of one prompt predict. */
final class PromptFaithfulness {
  /** Terms whose effects are measured for a correlation. */
  private static final int SAMPLED = 200;

  private final Analysis analysis;
  private final Comparison comparison;
  private final FaithfulnessSettings settings;
  private final Experiment experiment;
  private final Components components;
  private final CircuitScores scores;
  private final Contributions contributions;
  private final FlowGraph graph;
  private final Replacement replacement;

  PromptFaithfulness(Analysis analysis, Comparison comparison, FaithfulnessSettings settings)
      throws QuestionException {
    this.analysis = analysis;
    this.comparison = comparison;
    this.settings = settings;
    this.experiment = analysis.experiment(comparison);
    this.components =
        Components.of(
            analysis.model().transformer().config(), comparison.position(), settings.withMlps());
    this.scores = new CircuitScores(components);
    this.contributions = analysis.contributions(ContributionOptions.DEFAULT);
    this.graph = FlowGraph.of(contributions, analysis.model().transformer().ops().threads());
    this.replacement = experiment.replacement(settings.ablation());
  }

  /** A route's circuit, and what it, its rest and circuits by chance predict. */
  record RouteOutcome(
      double threshold,
      int terms,
      int mlps,
      Outcome kept,
      Outcome removed,
      List<Outcome> randomKept,
      List<Outcome> randomRemoved) {}

  /**
   * What was measured on one prompt.
   *
   * @param universe how many components there are
   * @param routes in the order they were given
   * @param curves the metric at each size of a curve, by method
   * @param samples scores and effects of single components, by kind and method
   */
  record Measured(
      Metric.Kind metric,
      int universe,
      double full,
      double empty,
      List<RouteOutcome> routes,
      Map<FaithfulnessSettings.Method, List<Double>> curves,
      Map<String, Map<FaithfulnessSettings.Method, Sample>> samples) {}

  /**
   * Scores of single components, and what ablating each of them takes away.
   *
   * @param scores signed where the method is; to be read, not modified
   * @param effects to be read, not modified
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Sample(double[] scores, double[] effects) {}

  /** A route that is run as a circuit, and the threshold it was found at. */
  record Candidate(double threshold, RouteGraph route) {}

  /** Runs plain routes at the thresholds of the settings. */
  Measured measure() throws QuestionException {
    return measure(
        settings.thresholds().stream()
            .map(threshold -> new Candidate(threshold, route(threshold)))
            .toList());
  }

  /** Runs everything as few stacks of circuits. */
  Measured measure(List<Candidate> candidates) throws QuestionException {
    Map<FaithfulnessSettings.Method, double[]> signed =
        new EnumMap<>(FaithfulnessSettings.Method.class);
    for (FaithfulnessSettings.Method method : settings.methods()) {
      signed.put(method, scores(method));
    }
    List<BitSet> circuits = new ArrayList<>(List.of(components.all(), new BitSet()));
    List<BitSet> routes = new ArrayList<>();
    Random random = new Random(settings.seed());
    for (Candidate candidate : candidates) {
      BitSet route = RouteCircuit.of(components, candidate.route());
      routes.add(route);
      circuits.add(route);
      circuits.add(components.without(route));
      for (int i = 0; i < settings.draws(); i++) {
        BitSet drawn = RouteCircuit.random(components, route, random);
        circuits.add(drawn);
        circuits.add(components.without(drawn));
      }
    }
    for (FaithfulnessSettings.Method method : settings.methods()) {
      CircuitOrder order =
          CircuitOrder.by(importance(method, Objects.requireNonNull(signed.get(method))));
      Curve.SIZES.forEach(size -> circuits.add(order.share(size)));
    }
    List<Outcome> outcomes = run(circuits);
    List<RouteOutcome> routeOutcomes = new ArrayList<>();
    int at = 2;
    for (int i = 0; i < routes.size(); i++) {
      int ofRoute = 2 + 2 * settings.draws();
      List<Outcome> own = outcomes.subList(at, at + ofRoute);
      routeOutcomes.add(outcome(candidates.get(i).threshold(), routes.get(i), own));
      at += ofRoute;
    }
    Map<FaithfulnessSettings.Method, List<Double>> curves =
        new EnumMap<>(FaithfulnessSettings.Method.class);
    for (FaithfulnessSettings.Method method : settings.methods()) {
      List<Outcome> curve = outcomes.subList(at, at + Curve.SIZES.size());
      curves.put(method, curve.stream().map(Outcome::value).toList());
      at += Curve.SIZES.size();
    }
    return new Measured(
        experiment.metric().kind(),
        components.size(),
        outcomes.get(0).value(),
        outcomes.get(1).value(),
        routeOutcomes,
        curves,
        settings.correlations() ? samples(signed) : Map.of());
  }

  private List<Outcome> run(List<BitSet> circuits) throws QuestionException {
    CircuitRuns runs =
        new CircuitRuns(experiment.runs(), components, replacement, settings.patternsFrozen());
    return experiment.outcomes(runs, circuits);
  }

  private RouteGraph route(double threshold) {
    return new RouteExtractor(graph, settings.mode(), threshold).route(comparison.position());
  }

  private RouteOutcome outcome(double threshold, BitSet route, List<Outcome> outcomes) {
    int terms = route.get(0, components.nTerms()).cardinality();
    List<Outcome> kept = new ArrayList<>();
    List<Outcome> removed = new ArrayList<>();
    for (int i = 0; i < settings.draws(); i++) {
      kept.add(outcomes.get(2 + 2 * i));
      removed.add(outcomes.get(3 + 2 * i));
    }
    return new RouteOutcome(
        threshold,
        terms,
        route.cardinality() - terms,
        outcomes.get(0),
        outcomes.get(1),
        kept,
        removed);
  }

  /**
   * The scores of a method, with the sign that says whether a component helps, where it has one.
   */
  private double[] scores(FaithfulnessSettings.Method method) throws QuestionException {
    return switch (method) {
      case ROUTES -> scores.width(contributions);
      case FLOW -> scores.flow(graph, contributions);
      case CONTRAST -> scores.contrast(graph, contributions, split());
      case DIRECT -> scores.direct(split());
      case ATTENTION -> scores.attention(analysis.trace());
      case ATTRIBUTION_PATCHING ->
          helps(AttributionSettings.Method.ATTRIBUTION_PATCHING, comparison);
      case ATTRIBUTION_PATCHING_IG ->
          helps(AttributionSettings.Method.ATTRIBUTION_PATCHING_IG, comparison);
      case RELEVANCE -> relevance();
      case RELEVANCE_PATCHING -> helps(AttributionSettings.Method.RELEVANCE_PATCHING, ofLogits());
      case RANDOM -> scores.random(settings.seed());
    };
  }

  /** How far a component is in front: by the size of its score, unless signs are asked for. */
  private double[] importance(FaithfulnessSettings.Method method, double[] signed) {
    if (settings.signed()) {
      return signed;
    }
    return DoubleStream.of(signed).map(s -> s >= 0 ? s : -method.harmful() * s).toArray();
  }

  /**
   * What a component does for the number: the effect of replacing it, turned round. The gradient is
   * the whole one, also where circuits run with frozen patterns.
   */
  private double[] helps(AttributionSettings.Method method, Comparison of)
      throws QuestionException {
    double[] effects =
        of(
            new AttributionSettings(
                method, settings.ablation(), settings.steps(), false, settings.alpha()),
            of);
    return DoubleStream.of(effects).map(e -> -e).toArray();
  }

  private double[] relevance() throws QuestionException {
    AttributionSettings asked =
        AttributionSettings.of(AttributionSettings.Method.RELEVANCE).withAlpha(settings.alpha());
    return of(asked, ofLogits());
  }

  /** Relevance is handed down from logits alone. */
  private Comparison ofLogits() {
    return comparison.by(
        comparison.distractor() == null ? Metric.Kind.LOGIT : Metric.Kind.LOGIT_DIFFERENCE);
  }

  private double[] of(AttributionSettings asked, Comparison of) throws QuestionException {
    ComponentScores gradients = analysis.attribution(of, asked, false).components();
    if (gradients == null) {
      throw new IllegalStateException(asked.method() + " gives no scores by component");
    }
    return scores.of(gradients);
  }

  private DirectLogitAttribution split() throws QuestionException {
    return DirectLogitAttribution.of(
        analysis.model().transformer(),
        analysis.trace(),
        comparison.position(),
        experiment.metric().answer(),
        comparison.distractor());
  }

  // --- single components

  private Map<String, Map<FaithfulnessSettings.Method, Sample>> samples(
      Map<FaithfulnessSettings.Method, double[]> signed) throws QuestionException {
    return Map.of(
        "head",
        sample(signed, heads()),
        "mlp",
        sample(signed, mlps()),
        "term",
        sample(signed, terms()));
  }

  /** What is ablated together, as component numbers and as interventions. */
  private record Part(int[] numbers, List<Intervention> ablation) {}

  private Map<FaithfulnessSettings.Method, Sample> sample(
      Map<FaithfulnessSettings.Method, double[]> signed, List<Part> parts)
      throws QuestionException {
    Map<FaithfulnessSettings.Method, Sample> samples =
        new EnumMap<>(FaithfulnessSettings.Method.class);
    if (parts.isEmpty()) {
      return samples;
    }
    double[] values = experiment.values(parts.stream().map(Part::ablation).toList());
    double base = experiment.base();
    double[] taken = DoubleStream.of(values).map(v -> base - v).toArray();
    signed.forEach((method, scores) ->
        samples.put(
            method,
            new Sample(
                parts.stream()
                    .mapToDouble(p -> IntStream.of(p.numbers).mapToDouble(i -> scores[i]).sum())
                    .toArray(),
                taken)));
    return samples;
  }

  private List<Part> heads() {
    List<Part> parts = new ArrayList<>();
    for (int l = 0; l < components.nLayers(); l++) {
      for (int h = 0; h < components.nHeads(); h++) {
        List<Integer> numbers = new ArrayList<>();
        List<Intervention> ablation = new ArrayList<>();
        for (int q = components.first(l); q <= components.target(); q++) {
          ablation.add(replacement.at(new Site.Head(l, h, q)));
          for (int k = 0; k <= q; k++) {
            numbers.add(components.term(l, h, q, k));
          }
        }
        parts.add(new Part(ints(numbers), ablation));
      }
    }
    return parts;
  }

  private List<Part> mlps() {
    List<Part> parts = new ArrayList<>();
    for (int l = 0; settings.withMlps() && l < components.nLayers(); l++) {
      List<Integer> numbers = new ArrayList<>();
      List<Intervention> ablation = new ArrayList<>();
      for (int q = components.first(l); q <= components.target(); q++) {
        numbers.add(components.mlp(l, q));
        ablation.add(replacement.at(new Site.State(Site.Stage.MLP_OUT, l, q)));
      }
      parts.add(new Part(ints(numbers), ablation));
    }
    return parts;
  }

  /** Half of highest flow, half by chance from the rest. */
  private List<Part> terms() {
    double[] flow = scores.flow(graph, contributions);
    List<Part> all = new ArrayList<>();
    components.forEachTerm((number, l, h, q, k) -> {
      Site.Edge edge = new Site.Edge(l, h, q, k);
      all.add(new Part(new int[] {number}, List.of(replacement.at(edge))));
    });
    all.sort((a, b) -> Double.compare(flow[b.numbers[0]], flow[a.numbers[0]]));
    int half = Math.min(SAMPLED / 2, all.size());
    List<Part> rest = new ArrayList<>(all.subList(half, all.size()));
    Collections.shuffle(rest, new Random(settings.seed()));
    List<Part> chosen = new ArrayList<>(all.subList(0, half));
    chosen.addAll(rest.subList(0, Math.min(SAMPLED - half, rest.size())));
    return chosen;
  }

  private static int[] ints(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }
}
