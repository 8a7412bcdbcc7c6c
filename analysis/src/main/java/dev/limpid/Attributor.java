package dev.limpid;

import dev.limpid.AttributionSettings.Method;
import dev.limpid.attribution.gradients.AllGradients;
import dev.limpid.attribution.gradients.ComponentScores;
import dev.limpid.attribution.gradients.GradientRun;
import dev.limpid.attribution.gradients.LayerScores;
import dev.limpid.attribution.gradients.MeanGradients;
import dev.limpid.attribution.gradients.Relevance;
import dev.limpid.attribution.gradients.TokenScores;
import dev.limpid.attribution.logits.LogitLens;
import dev.limpid.attribution.logits.Metric;
import dev.limpid.model.BackwardRules;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.NonFiniteStateException;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.view.AttributeView;
import dev.limpid.view.PredictionView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Answers one question about what a number depends on. */
final class Attributor {
  private static final int LISTED = 20;

  private final Analysis analysis;
  private final Comparison comparison;
  private final AttributionSettings settings;
  private final Progress progress;
  private final Transformer model;
  private final ForwardTrace trace;
  private final Tensor logits;
  private final int answer;
  private final GradientRun run;
  private final GradientRun.Observer observer;
  private final @Nullable AllGradients kept;

  /**
   * Prepares it.
   *
   * @param keep whether all gradients are kept
   */
  Attributor(
      Analysis analysis,
      Comparison comparison,
      AttributionSettings settings,
      boolean keep,
      Progress progress)
      throws QuestionException {
    this.analysis = analysis;
    this.comparison = comparison;
    this.settings = settings;
    this.progress = progress;
    model = analysis.model().transformer();
    trace = analysis.trace();
    int t = analysis.requirePosition(comparison.position());
    logits = trace.logits(t);
    answer = comparison.answer() == null ? model.ops().topK(logits, 1)[0] : comparison.answer();
    Metric metric = metric();
    run = new GradientRun(model, trace, t, metric, rules());
    kept = keep && !settings.method().hasRelevance() ? new AllGradients(trace.nLayers()) : null;
    observer = kept == null ? counter() : kept.then(counter());
  }

  /** Relevance is handed down from logits alone. */
  private Metric metric() throws ComparisonException {
    boolean isRelevance = settings.method().hasRelevance();
    if (isRelevance && comparison.metric() == null && comparison.distractor() == null) {
      return comparison.by(Metric.Kind.LOGIT).metric(answer, logits);
    }
    Metric metric = comparison.metric(answer, logits);
    boolean isLogit =
        metric.kind() == Metric.Kind.LOGIT || metric.kind() == Metric.Kind.LOGIT_DIFFERENCE;
    if (isRelevance && !isLogit) {
      throw new ComparisonException(
          "relevance of %s: it is handed down from logits alone; take logit or logit_difference"
              .formatted(metric.kind()));
    }
    return metric;
  }

  private BackwardRules rules() {
    if (settings.method().hasRelevance()) {
      return BackwardRules.relevance(alpha());
    }
    return settings.patternsFrozen() ? BackwardRules.PATTERNS_FROZEN : BackwardRules.EXACT;
  }

  /** With frozen patterns, nothing is left for them. */
  private double alpha() {
    return settings.patternsFrozen() ? 0 : settings.alpha();
  }

  /** Counts the layers of all backward passes. */
  private GradientRun.Observer counter() {
    int all = trace.nLayers() * (settings.method().hasPath() ? settings.steps() : 1);
    int[] done = {0};
    progress.begins(Progress.Phase.GRADIENTS, all, trace.nLayers());
    return weight ->
        (layer, states, gradients) -> progress.done(Progress.Phase.GRADIENTS, ++done[0], all);
  }

  Attribution attribution() throws QuestionException {
    try {
      return settings.method().isOfTokens() ? byToken() : byComponent();
    } catch (NonFiniteStateException e) {
      throw new OverflowException(e);
    }
  }

  /** Returns what each part of the run brought; the settings ask for relevance. */
  Relevance relevance() throws QuestionException {
    try {
      return Relevance.of(run, observer);
    } catch (NonFiniteStateException e) {
      throw new OverflowException(e);
    }
  }

  private Attribution byToken() throws QuestionException {
    TokenScores scores =
        switch (settings.method()) {
          case SALIENCY -> TokenScores.saliency(run, run.gradients(observer));
          case INPUT_X_GRADIENT -> TokenScores.inputTimesGradient(run, run.gradients(observer));
          default ->
              TokenScores.integrated(
                  run,
                  comparison.source() == null ? null : trace(comparison.source(), "the source"),
                  settings.steps(),
                  observer);
        };
    return new Attribution(view(scores, null), null, kept);
  }

  private Attribution byComponent() throws QuestionException {
    Method method = settings.method();
    if (method == Method.RELEVANCE) {
      Relevance relevance = Relevance.of(run, observer);
      return new Attribution(
          view(relevance.tokens(), relevance.components()), relevance.components(), null);
    }
    List<ForwardTrace> references = new ArrayList<>();
    for (Prompt prompt : comparison.replacing(settings.ablation())) {
      references.add(trace(prompt, "a reference"));
    }
    MeanGradients gradients =
        method.hasPath()
            ? run.alongPath(
                trace(comparison.requireSource(method.toString()), "the source"),
                settings.steps(),
                observer)
            : run.gradients(observer);
    ComponentScores components = ComponentScores.patching(run, gradients, references);
    return new Attribution(view(null, components), components, kept);
  }

  private ForwardTrace trace(Prompt prompt, String what) throws QuestionException {
    Comparison.requireSameLength(analysis.prompt(), prompt, what);
    return model.trace(prompt.tokens(), TraceDetail.RESIDUALS);
  }

  private AttributeView view(@Nullable TokenScores tokens, @Nullable ComponentScores components) {
    LogitLens lens = new LogitLens(model, 1);
    Method method = settings.method();
    @Nullable Double baseline = tokens == null ? null : tokens.baseline();
    double value = run.value();
    @Nullable Double sum = tokens == null ? null : tokens.sum();
    @Nullable Double difference = baseline == null ? null : value - baseline;
    return new AttributeView(
        analysis.model().view(),
        analysis.prompt().tokenViews(),
        comparison.source() == null ? null : comparison.source().tokenViews(),
        run.position(),
        PredictionView.of(lens.prediction(logits, answer), analysis.prompt().names()),
        comparison.distractor() == null
            ? null
            : PredictionView.of(
                lens.prediction(logits, comparison.distractor()), analysis.prompt().names()),
        run.metric().kind().toString(),
        method.toString(),
        method.isOfTokens() ? "token" : "component",
        settings.patternsFrozen() ? "frozen" : "recomputed",
        method.isPatching() ? settings.ablation().toString() : null,
        method.hasRelevance() ? alpha() : null,
        method.hasPath() ? settings.steps() : null,
        value,
        baseline,
        tokens == null ? null : list(tokens.values()),
        components == null ? null : components.layers().stream().map(this::heads).toList(),
        components == null
            ? null
            : components.layers().stream().map(layer -> list(layer.mlp())).toList(),
        components == null ? null : largest(components),
        sum,
        difference,
        sum == null || difference == null ? null : sum - difference);
  }

  private List<List<Double>> heads(LayerScores layer) {
    return IntStream.range(0, layer.attention().dim(0))
        .mapToObj(
            h -> IntStream.range(0, trace.nPositions()).mapToObj(t -> layer.head(h, t)).toList())
        .toList();
  }

  private static List<AttributeView.Part> largest(ComponentScores components) {
    Comparator<AttributeView.Part> bySize =
        Comparator.comparingDouble(part -> Math.abs(part.score()));
    PriorityQueue<AttributeView.Part> largest = new PriorityQueue<>(bySize);
    for (int l = 0; l < components.layers().size(); l++) {
      LayerScores layer = components.layers().get(l);
      for (int q = 0; q < layer.mlp().length; q++) {
        offer(largest, new AttributeView.Part(l, null, q, null, layer.mlp()[q]));
        for (int h = 0; h < layer.attention().dim(0); h++) {
          for (int k = 0; k <= q; k++) {
            offer(largest, new AttributeView.Part(l, h, q, k, layer.attention().get(h, q, k)));
          }
        }
      }
    }
    return largest.stream().sorted(bySize.reversed()).toList();
  }

  /** Keeps the largest; of equal ones, those that came first. */
  private static void offer(PriorityQueue<AttributeView.Part> largest, AttributeView.Part part) {
    boolean isFull = largest.size() == LISTED;
    double least = isFull ? Math.abs(largest.element().score()) : 0;
    if (Math.abs(part.score()) > least) {
      if (isFull) {
        largest.remove();
      }
      largest.add(part);
    }
  }

  private static List<Double> list(double[] numbers) {
    return Arrays.stream(numbers).boxed().toList();
  }
}
