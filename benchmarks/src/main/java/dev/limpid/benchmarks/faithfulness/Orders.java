package dev.limpid.benchmarks.faithfulness;

import dev.limpid.Ablation;
import dev.limpid.Analysis;
import dev.limpid.AttributionSettings;
import dev.limpid.AttributionSettings.Method;
import dev.limpid.Comparison;
import dev.limpid.Experiment;
import dev.limpid.FaithfulnessSettings;
import dev.limpid.QuestionException;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.gradients.ComponentScores;
import dev.limpid.attribution.gradients.GradientRun;
import dev.limpid.attribution.gradients.Relevance;
import dev.limpid.attribution.logits.DirectLogitAttribution;
import dev.limpid.model.BackwardRules;
import dev.limpid.model.Transformer;
import dev.limpid.routes.FlowGraph;
import dev.limpid.routes.circuit.CircuitScores;
import dev.limpid.routes.circuit.Components;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.DoubleStream;

/**
 * The scores of one prompt's components, by the name of what gives them: the higher, the earlier.
 *
 * @param components what they are scores of
 * @param graph that plain routes are found in
 * @param relevance that the route behind the answer is found in
 * @param known those that need no other run
 */
record Orders(
    PromptSet.Entry entry,
    Components components,
    FlowGraph graph,
    Relevance relevance,
    Map<String, double[]> known) {
  private static final int PATH_STEPS = 5;

  /** Computes what is the same for every ablation. */
  static Orders of(PromptSet.Entry entry) throws QuestionException {
    Analysis analysis = entry.analysis();
    Comparison comparison = entry.comparison();
    Transformer model = analysis.model().transformer();
    Experiment experiment = analysis.experiment(comparison);
    Components components = Components.of(model.config(), comparison.position(), true);
    CircuitScores scores = new CircuitScores(components);
    Contributions contributions = analysis.contributions(ContributionOptions.DEFAULT);
    FlowGraph graph = FlowGraph.of(contributions, model.ops().threads());
    DirectLogitAttribution split =
        DirectLogitAttribution.of(
            model,
            analysis.trace(),
            comparison.position(),
            experiment.metric().answer(),
            comparison.distractor());
    GradientRun exact = run(entry, experiment, BackwardRules.EXACT);
    ComponentScores gradient =
        ComponentScores.along(exact, exact.gradients(GradientRun.Observer.NONE));
    Relevance relevance =
        Relevance.of(
            run(entry, experiment, BackwardRules.relevance(AttributionSettings.ALPHA)),
            GradientRun.Observer.NONE);
    double[] brought = scores.of(relevance.components());
    double harmful = FaithfulnessSettings.Method.RELEVANCE.harmful();

    Map<String, double[]> known = new LinkedHashMap<>();
    known.put("random", scores.random(entry.number()));
    known.put("plain route", scores.width(contributions));
    known.put("contrast flow", scores.contrast(graph, contributions, split));
    known.put("direct effect", scores.direct(split));
    known.put("gradient x term", weighted(scores.of(gradient), 1));
    known.put("relevance", weighted(brought, harmful));
    known.put("relevance helpful first", brought);
    return new Orders(entry, components, graph, relevance, known);
  }

  private static GradientRun run(PromptSet.Entry entry, Experiment experiment, BackwardRules rules)
      throws QuestionException {
    return new GradientRun(
        entry.analysis().model().transformer(),
        entry.analysis().trace(),
        entry.comparison().position(),
        experiment.metric(),
        rules);
  }

  /** Returns all of them, those that know what comes in place of components included. */
  Map<String, double[]> with(Ablation ablation) throws QuestionException {
    double harmful = FaithfulnessSettings.Method.RELEVANCE_PATCHING.harmful();
    double[] patched = weighted(helps(Method.RELEVANCE_PATCHING, ablation), harmful);
    Map<String, double[]> all = new LinkedHashMap<>(known);
    all.put("attribution patching", weighted(helps(Method.ATTRIBUTION_PATCHING, ablation), 1));
    all.put(
        "attribution patching with IG",
        weighted(helps(Method.ATTRIBUTION_PATCHING_IG, ablation), 1));
    all.put("relevance patching", patched);
    return all;
  }

  /** What each component does for the answer: the effect of replacing it, turned round. */
  private double[] helps(Method method, Ablation ablation) throws QuestionException {
    AttributionSettings asked = AttributionSettings.of(method).with(ablation).withSteps(PATH_STEPS);
    ComponentScores effects =
        Objects.requireNonNull(
            entry.analysis().attribution(entry.comparison(), asked, false).components());
    return DoubleStream.of(new CircuitScores(components).of(effects)).map(e -> -e).toArray();
  }

  /** Signed scores, those of what works against the answer by their size times a weight. */
  private static double[] weighted(double[] scores, double harmful) {
    return DoubleStream.of(scores).map(s -> s >= 0 ? s : -harmful * s).toArray();
  }
}
