package dev.limpid;

import dev.limpid.PromptFaithfulness.Candidate;
import dev.limpid.PromptFaithfulness.Measured;
import dev.limpid.PromptFaithfulness.RouteOutcome;
import dev.limpid.PromptFaithfulness.Sample;
import dev.limpid.routes.RouteGraph;
import dev.limpid.routes.circuit.CircuitRuns.Outcome;
import dev.limpid.routes.circuit.Curve;
import dev.limpid.routes.circuit.RankCorrelation;
import dev.limpid.routes.export.RouteDocument;
import dev.limpid.view.FaithfulnessView;
import dev.limpid.view.FaithfulnessView.CorrelationView;
import dev.limpid.view.FaithfulnessView.CurveView;
import dev.limpid.view.FaithfulnessView.OutcomeView;
import dev.limpid.view.FaithfulnessView.RandomView;
import dev.limpid.view.FaithfulnessView.RouteView;
import dev.limpid.view.FaithfulnessView.Skipped;
import dev.limpid.view.FaithfulnessView.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How faithful routes and orders of components are, over as many prompts as are added: what is
 * measured on each is averaged before anything is divided, as ratios of single prompts would be
 * ruled by small denominators.
 */
public final class Faithfulness {
  private final LanguageModel model;
  private final FaithfulnessSettings settings;
  private final List<Measured> measured = new ArrayList<>();
  private final List<Skipped> skipped = new ArrayList<>();

  /** Prepares to measure with a model. */
  public Faithfulness(LanguageModel model, FaithfulnessSettings settings) {
    this.model = model;
    this.settings = settings;
  }

  /**
   * Measures one prompt.
   *
   * @throws QuestionException if it cannot be run as asked; nothing is added then
   */
  public void add(Analysis analysis, Comparison comparison) throws QuestionException {
    measured.add(new PromptFaithfulness(analysis, comparison, settings).measure());
  }

  /**
   * Measures the first route of a document, such as the one behind an answer, in place of plain
   * routes at the thresholds of the settings; every prompt added has one then.
   *
   * @throws QuestionException if it cannot be run as asked; nothing is added then
   */
  public void add(Analysis analysis, Comparison comparison, RouteDocument document)
      throws QuestionException {
    RouteGraph route = document.routes().getFirst().route();
    add(analysis, comparison, List.of(new Candidate(document.threshold(), route)));
  }

  /**
   * Measures routes of one prompt that were found elsewhere, in place of plain routes at the
   * thresholds of the settings; every prompt added has as many.
   *
   * @throws QuestionException if it cannot be run as asked; nothing is added then
   */
  void add(Analysis analysis, Comparison comparison, List<Candidate> routes)
      throws QuestionException {
    measured.add(new PromptFaithfulness(analysis, comparison, settings).measure(routes));
  }

  /** Takes note of a prompt that could not be run. */
  public void skip(String prompt, String reason) {
    skipped.add(new Skipped(prompt, reason));
  }

  /** Returns the prompts that could not be run. */
  public List<Skipped> skipped() {
    return List.copyOf(skipped);
  }

  /** Returns the model that is measured. */
  public LanguageModel model() {
    return model;
  }

  /** Returns how many prompts were measured. */
  public int size() {
    return measured.size();
  }

  /**
   * Returns what was found.
   *
   * @throws IllegalStateException if no prompt was measured
   */
  public FaithfulnessView view() {
    if (measured.isEmpty()) {
      throw new IllegalStateException("no prompt was measured");
    }
    double full = mean(Measured::full);
    double empty = mean(Measured::empty);
    List<RouteView> routes = new ArrayList<>();
    for (int i = 0; i < measured.getFirst().routes().size(); i++) {
      routes.add(route(i, full, empty));
    }
    return new FaithfulnessView(
        model.view(),
        measured.size(),
        skipped,
        measured.getFirst().metric().toString(),
        settings.ablation().toString(),
        settings.withMlps() ? "all" : "attention",
        settings.patternsFrozen() ? "frozen" : "recomputed",
        settings.mode().toString(),
        full,
        empty,
        count(mean(Measured::universe)),
        routes,
        settings.methods().stream().map(method -> curve(method, full, empty)).toList(),
        settings.correlations() ? correlations() : null);
  }

  private double mean(ToDoubleFunction<Measured> value) {
    return measured.stream().mapToDouble(value).average().orElseThrow();
  }

  /** A whole number where it is one. */
  private static Number count(double mean) {
    return mean == Math.rint(mean) ? (Number) (int) mean : (Number) mean;
  }

  private RouteView route(int i, double full, double empty) {
    Function<Measured, RouteOutcome> of = m -> m.routes().get(i);
    double terms = mean(m -> of.apply(m).terms());
    double mlps = mean(m -> of.apply(m).mlps());
    return new RouteView(
        of.apply(measured.getFirst()).threshold(),
        count(terms),
        count(mlps),
        mean(m -> (double) (of.apply(m).terms() + of.apply(m).mlps()) / m.universe()),
        outcome(m -> of.apply(m).kept(), full, empty),
        outcome(m -> of.apply(m).removed(), full, empty),
        new RandomView(
            spread((m, draw) -> of.apply(m).randomKept().get(draw), full, empty),
            spread((m, draw) -> of.apply(m).randomRemoved().get(draw), full, empty)));
  }

  private OutcomeView outcome(Function<Measured, Outcome> of, double full, double empty) {
    double value = mean(m -> of.apply(m).value());
    return new OutcomeView(
        value,
        Curve.recovered(value, full, empty),
        mean(m -> of.apply(m).probability()),
        mean(m -> of.apply(m).kl()));
  }

  private interface Draw {
    Outcome of(Measured prompt, int draw);
  }

  private @Nullable Spread spread(Draw draw, double full, double empty) {
    if (Curve.recovered(full, full, empty) == null) {
      return null;
    }
    double[] recovered =
        IntStream.range(0, settings.draws())
            .mapToDouble(i -> (mean(m -> draw.of(m, i).value()) - empty) / (full - empty))
            .sorted()
            .toArray();
    return new Spread(quantile(recovered, 0.5), quantile(recovered, 0.1), quantile(recovered, 0.9));
  }

  /** Linear between neighbours. */
  private static double quantile(double[] sorted, double share) {
    double at = share * (sorted.length - 1);
    int below = (int) Math.floor(at);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }

  private CurveView curve(FaithfulnessSettings.Method method, double full, double empty) {
    List<Double> values =
        IntStream.range(0, Curve.SIZES.size())
            .mapToObj(i -> mean(m -> Objects.requireNonNull(m.curves().get(method)).get(i)))
            .toList();
    Curve curve = Curve.of(values, full, empty);
    return new CurveView(
        method.toString(),
        Curve.SIZES,
        values,
        curve.recovered().isEmpty() ? null : curve.recovered(),
        curve.cpr(),
        curve.cmd());
  }

  private List<CorrelationView> correlations() {
    List<CorrelationView> views = new ArrayList<>();
    for (String kind : List.of("head", "mlp", "term")) {
      for (FaithfulnessSettings.Method method : settings.methods()) {
        double[] scores = pooled(kind, method, Sample::scores);
        double[] effects = pooled(kind, method, Sample::effects);
        for (boolean magnitude : new boolean[] {true, false}) {
          @Nullable RankCorrelation found =
              magnitude
                  ? RankCorrelation.of(sizes(scores), sizes(effects))
                  : RankCorrelation.of(scores, effects);
          views.add(
              new CorrelationView(
                  kind,
                  method.toString(),
                  settings.ablation().toString(),
                  found == null ? null : found.spearman(),
                  found == null ? null : found.kendall(),
                  magnitude,
                  scores.length));
        }
      }
    }
    return views;
  }

  /** The components of all prompts, one after the other. */
  private double[] pooled(
      String kind, FaithfulnessSettings.Method method, Function<Sample, double[]> numbers) {
    return measured.stream()
        .map(m -> Objects.requireNonNull(m.samples().get(kind)).get(method))
        .filter(Objects::nonNull)
        .flatMapToDouble(sample -> DoubleStream.of(numbers.apply(sample)))
        .toArray();
  }

  private static double[] sizes(double[] numbers) {
    return DoubleStream.of(numbers).map(Math::abs).toArray();
  }
}
