package dev.limpid;

import dev.limpid.attribution.logits.LensReading;
import dev.limpid.attribution.logits.LogitLens;
import dev.limpid.attribution.logits.Metric;
import dev.limpid.attribution.patching.PatchedRuns;
import dev.limpid.attribution.patching.PathPatching;
import dev.limpid.attribution.patching.Replacement;
import dev.limpid.attribution.patching.SiteSweep;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerVisitor;
import dev.limpid.model.NonFiniteStateException;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.intervene.Change;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.model.intervene.Site;
import dev.limpid.routes.circuit.CircuitRuns;
import dev.limpid.tensor.Tensor;
import dev.limpid.view.AblateView;
import dev.limpid.view.InterventionView;
import dev.limpid.view.OutcomeView;
import dev.limpid.view.PatchView;
import dev.limpid.view.PredictionView;
import dev.limpid.view.TokenNames;
import dev.limpid.view.TokenView;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a prediction when something is changed: one prompt, one number that is read from
 * its prediction, and the other prompts that values are taken from.
 *
 * <p>The prompt runs once; every change after that runs only what lies downstream of it.
 */
public final class Experiment {
  /** Below this a span is no span: effects are not divided by it. */
  public static final double LEAST_SPAN = 1e-3;

  private final Analysis analysis;
  private final Comparison comparison;
  private final Progress progress;
  private final PatchedRuns runs;
  private final Metric metric;
  private final Tensor before;
  private final int answer;
  private @Nullable ForwardTrace source;
  private @Nullable List<ForwardTrace> references;

  Experiment(Analysis analysis, Comparison comparison, Progress progress) throws QuestionException {
    this.analysis = analysis;
    this.comparison = comparison;
    this.progress = progress;
    analysis.requirePosition(comparison.position());
    requireSameLengths();
    this.runs = new PatchedRuns(transformer(), analysis.trace(), comparison.position());
    this.before = finite(runs::logits);
    this.answer =
        comparison.answer() == null ? transformer().ops().topK(before, 1)[0] : comparison.answer();
    this.metric = comparison.metric(answer, before);
  }

  private void requireSameLengths() throws ComparisonException {
    Prompt prompt = analysis.prompt();
    if (comparison.source() != null) {
      Comparison.requireSameLength(prompt, comparison.source(), "the source");
    }
    for (int i = 0; i < comparison.references().size(); i++) {
      Comparison.requireSameLength(prompt, comparison.references().get(i), "reference " + (i + 1));
    }
  }

  /** Returns the prompt's run and what is measured of it, for questions of one's own. */
  public PatchedRuns runs() {
    return runs;
  }

  /** Returns the number that is read. */
  public Metric metric() {
    return metric;
  }

  /** Returns the number of the unchanged run. */
  public double base() {
    return metric.of(before);
  }

  /**
   * Returns what comes in place of a value.
   *
   * @throws ImpossibleChangeException if there is no prompt to take it from
   */
  public Replacement replacement(Ablation kind) throws QuestionException {
    return switch (kind) {
      case ZERO -> Replacement.ZERO;
      case PATCH -> Replacement.from(source());
      case MEAN -> new Replacement(references());
    };
  }

  /**
   * Returns the number of a run with interventions.
   *
   * @throws QuestionException if the model has no such site, or its numbers overflow
   */
  public double value(List<Intervention> interventions) throws QuestionException {
    return finite(() -> runs.values(List.of(interventions), metric, _ -> {})[0]);
  }

  /** Returns the number of every run with interventions. */
  double[] values(List<List<Intervention>> lists) throws QuestionException {
    return finite(() -> runs.values(lists, metric, counting(lists.size())));
  }

  /** Returns what circuits of this prompt predict. */
  List<CircuitRuns.Outcome> outcomes(CircuitRuns circuits, List<BitSet> which)
      throws QuestionException {
    return finite(() -> circuits.outcomes(which, metric, counting(which.size())));
  }

  /**
   * Returns the prediction before and after interventions.
   *
   * @param requests what is changed
   * @param top how many predictions are shown
   * @throws QuestionException if the model has no such site, a change has nothing to take from, or
   *     the numbers overflow
   */
  public AblateView ablate(List<InterventionRequest> requests, int top) throws QuestionException {
    List<Intervention> interventions = interventions(requests);
    Tensor after = finite(() -> runs.logits(interventions));
    int nPositions = analysis.prompt().nPositions();
    return new AblateView(
        analysis.model().view(),
        analysis.prompt().tokenViews(),
        sourceTokens(),
        comparison.position(),
        requests.stream().map(request -> view(request.fromStart(nPositions))).toList(),
        outcome(before, top),
        outcome(after, top));
  }

  /** Returns the interventions that requests come to, in their order. */
  public List<Intervention> interventions(List<InterventionRequest> requests)
      throws QuestionException {
    List<Intervention> interventions = new ArrayList<>();
    for (InterventionRequest request : requests) {
      Function<Site, Intervention> change = change(request.action());
      for (Site site : request.places(transformer().config(), analysis.prompt().nPositions())) {
        interventions.add(fitting(change, site));
      }
    }
    return interventions;
  }

  private Intervention fitting(Function<Site, Intervention> change, Site site)
      throws ImpossibleChangeException {
    try {
      requireIn(site);
      return change.apply(site).requireFits(transformer().config(), analysis.prompt().nPositions());
    } catch (IllegalArgumentException e) {
      throw new ImpossibleChangeException(e);
    }
  }

  /** A value is looked up in other runs only where this one has it. */
  private Site requireIn(Site site) {
    site.requireIn(transformer().config(), analysis.prompt().nPositions());
    return site;
  }

  private Function<Site, Intervention> change(InterventionRequest.Action action)
      throws QuestionException {
    return switch (action) {
      case InterventionRequest.Action.Zero(boolean renormalise) ->
          renormalise ? Experiment::drop : Intervention::zero;
      case InterventionRequest.Action.Scale(float factor) ->
          site -> Intervention.scale(site, factor);
      case InterventionRequest.Action.Add(List<Float> vector) ->
          site -> Intervention.add(site, tensor(vector));
      case InterventionRequest.Action.Set(List<Float> vector) ->
          site -> Intervention.put(site, tensor(vector));
      case InterventionRequest.Action.Patch() -> replacement(Ablation.PATCH)::at;
      case InterventionRequest.Action.Mean() -> replacement(Ablation.MEAN)::at;
    };
  }

  private static Intervention drop(Site site) {
    return new Intervention(site, new Change.Drop());
  }

  private static Tensor tensor(List<Float> numbers) {
    Tensor tensor = Tensor.zeros(numbers.size());
    for (int i = 0; i < numbers.size(); i++) {
      tensor.array()[i] = numbers.get(i);
    }
    return tensor;
  }

  /**
   * Measures the effect of every site of a sweep.
   *
   * @param renormalise of attention edges put to zero: as if their scores were minus infinity
   * @throws QuestionException if there is nothing to take values from, or the numbers overflow
   */
  public PatchView patch(SiteSweep sweep, Ablation ablation, boolean renormalise)
      throws QuestionException {
    Function<Site, Intervention> change = change(ablation, renormalise);
    List<List<Intervention>> changes;
    try {
      changes = sweep.runs(transformer().config(), site -> change.apply(requireIn(site)));
    } catch (IllegalArgumentException e) {
      throw new ImpossibleChangeException(e);
    }
    double[] effects = effects(changes);
    Object nested =
        sweep.kind() == SiteSweep.Kind.ATTENTION
            ? edges(sweep.edges(transformer().config()), effects)
            : nested(sweep, effects);
    return view(
        sweep.kind().toString(), null, ablation, renormalise, sweep, nested, changes.size());
  }

  /**
   * Measures the effect of some attention edges, taken by chance but equally many of each layer.
   *
   * @param sample how many
   */
  public PatchView patchSample(
      SiteSweep sweep, Ablation ablation, boolean renormalise, int sample, long seed)
      throws QuestionException {
    List<Site.Edge> edges = sample(sweep, sample, new Random(seed));
    Function<Site, Intervention> change = change(ablation, renormalise);
    double[] effects = effects(edges.stream().map(e -> List.of(change.apply(e))).toList());
    return view(
        sweep.kind().toString(),
        null,
        ablation,
        renormalise,
        sweep,
        edges(edges, effects),
        edges.size());
  }

  private List<Site.Edge> sample(SiteSweep sweep, int sample, Random random) {
    List<Site.Edge> edges = new ArrayList<>();
    int nLayers = sweep.layers().size();
    for (int i = 0; i < nLayers; i++) {
      SiteSweep one =
          new SiteSweep(sweep.kind(), List.of(sweep.layers().get(i)), sweep.nPositions(), false);
      List<Site.Edge> ofLayer = new ArrayList<>(one.edges(transformer().config()));
      Collections.shuffle(ofLayer, random);
      int share = (int) ((long) sample * (i + 1) / nLayers - (long) sample * i / nLayers);
      List<Site.Edge> chosen = ofLayer.subList(0, Math.min(share, ofLayer.size()));
      edges.addAll(one.edges(transformer().config()).stream().filter(chosen::contains).toList());
    }
    return edges;
  }

  /**
   * Measures what every sender does by way of one receiver.
   *
   * @param name of the receiver, as it is shown
   * @throws QuestionException if the model has no such receiver, there is nothing to take values
   *     from, or the numbers overflow
   */
  public PatchView paths(PathPatching.Receiver receiver, String name, Ablation ablation)
      throws QuestionException {
    requireReceiver(receiver, name);
    PathPatching paths = new PathPatching(runs, replacement(ablation));
    int senders = paths.senders(receiver);
    PathPatching.Effects effects = finite(() -> paths.effects(receiver, metric, counting(senders)));
    return view(
        null,
        name,
        ablation,
        false,
        null,
        new PatchView.SenderEffects(effects.embedding(), effects.heads(), effects.mlps()),
        receiver instanceof PathPatching.Receiver.Logits ? 0 : senders);
  }

  private void requireReceiver(PathPatching.Receiver receiver, String name)
      throws NoSuchPartException {
    ModelConfig config = transformer().config();
    if (!(receiver instanceof PathPatching.Receiver.Logits)) {
      int layer = receiver.layerIn(config.nLayers());
      if (layer < 0 || layer >= config.nLayers()) {
        throw new NoSuchPartException(
            "%s: the model has layers 0 to %d".formatted(name, config.nLayers() - 1));
      }
    }
    int head =
        switch (receiver) {
          case PathPatching.Receiver.Query(int _, int h) -> h;
          case PathPatching.Receiver.Key(int _, int h) -> h;
          case PathPatching.Receiver.Value(int _, int h) -> h;
          default -> 0;
        };
    if (head < 0 || head >= config.nHeads()) {
      throw new NoSuchPartException(
          "%s: each layer has heads 0 to %d".formatted(name, config.nHeads() - 1));
    }
  }

  private Function<Site, Intervention> change(Ablation ablation, boolean renormalise)
      throws QuestionException {
    return renormalise ? Experiment::drop : replacement(ablation)::at;
  }

  private double[] effects(List<List<Intervention>> changes) throws QuestionException {
    double before = base();
    double[] effects = values(changes);
    for (int i = 0; i < effects.length; i++) {
      effects[i] -= before;
    }
    return effects;
  }

  /** The first stack of reruns is as costly as the mean of all ({@link Transformer#rerun}). */
  private IntConsumer counting(int all) {
    progress.begins(Progress.Phase.RERUNS, all, 1);
    return done -> progress.done(Progress.Phase.RERUNS, done, all);
  }

  private PatchView view(
      @Nullable String site,
      @Nullable String receiver,
      Ablation ablation,
      boolean renormalise,
      @Nullable SiteSweep sweep,
      Object effects,
      int passes)
      throws QuestionException {
    LogitLens lens = new LogitLens(transformer(), 1);
    double base = base();
    return new PatchView(
        analysis.model().view(),
        analysis.prompt().tokenViews(),
        sourceTokens(),
        comparison.position(),
        PredictionView.of(lens.prediction(before, answer), names()),
        comparison.distractor() == null
            ? null
            : PredictionView.of(lens.prediction(before, comparison.distractor()), names()),
        site,
        receiver,
        ablation.toString(),
        renormalise,
        metric.kind().toString(),
        base,
        ablation == Ablation.PATCH ? span(base) : null,
        sweep == null ? null : sweep.axes(),
        sweep == null ? null : sweep.layers(),
        effects,
        passes);
  }

  /** The metric of the source less that of the base; null where it is none. */
  private @Nullable Double span(double base) throws QuestionException {
    ForwardTrace run = source();
    double span = finite(() -> metric.of(run.logits(comparison.position()))) - base;
    return Math.abs(span) < LEAST_SPAN ? null : span;
  }

  private static List<PatchView.EdgeEffect> edges(List<Site.Edge> edges, double[] effects) {
    List<PatchView.EdgeEffect> views = new ArrayList<>();
    for (int i = 0; i < effects.length; i++) {
      Site.Edge e = edges.get(i);
      views.add(new PatchView.EdgeEffect(e.layer(), e.head(), e.query(), e.key(), effects[i]));
    }
    return views;
  }

  /** The effects nested by layer, component where there are several, and position if asked for. */
  private Object nested(SiteSweep sweep, double[] effects) {
    int nLayers = sweep.layers().size();
    int width = sweep.width(transformer().config());
    boolean hasComponents = sweep.kind().hasComponents();
    if (sweep.allPositions()) {
      return hasComponents ? rows(effects, 0, nLayers, width) : effects;
    }
    int n = sweep.nPositions();
    if (!hasComponents) {
      return rows(effects, 0, nLayers, n);
    }
    List<double[][]> byLayer = new ArrayList<>();
    for (int l = 0; l < nLayers; l++) {
      byLayer.add(rows(effects, l * width * n, width, n));
    }
    return byLayer.toArray(new double[0][][]);
  }

  private static double[][] rows(double[] numbers, int from, int rows, int columns) {
    double[][] nested = new double[rows][columns];
    for (int i = 0; i < rows; i++) {
      System.arraycopy(numbers, from + i * columns, nested[i], 0, columns);
    }
    return nested;
  }

  private OutcomeView outcome(Tensor logits, int top) {
    LogitLens lens = new LogitLens(transformer(), top);
    LensReading reading = lens.reading(logits);
    PredictionView shown = PredictionView.of(lens.prediction(logits, answer), names());
    @Nullable Integer other = comparison.distractor();
    return new OutcomeView(
        shown,
        other == null ? null : PredictionView.of(lens.prediction(logits, other), names()),
        other == null
            ? null
            : new Metric(Metric.Kind.LOGIT_DIFFERENCE, answer, other, null).of(logits),
        new Metric(Metric.Kind.LOG_PROBABILITY, answer, null, null).of(logits),
        Metric.divergence(before, logits),
        PredictionView.of(reading, names()));
  }

  private static InterventionView view(InterventionRequest request) {
    InterventionRequest.Action action = request.action();
    boolean isNeuron = request.site() == SiteSweep.Kind.NEURON_POST;
    boolean isEdge = request.site() == SiteSweep.Kind.ATTENTION;
    boolean hasHeads = isEdge || request.site() == SiteSweep.Kind.HEAD_OUT;
    boolean isDrop = action.equals(new InterventionRequest.Action.Zero(true));
    @Nullable List<Float> vector =
        switch (action) {
          case InterventionRequest.Action.Add(List<Float> numbers) -> numbers;
          case InterventionRequest.Action.Set(List<Float> numbers) -> numbers;
          default -> null;
        };
    return new InterventionView(
        request.site().toString(),
        shown(request.layers()),
        hasHeads ? shown(request.heads()) : null,
        isNeuron ? shown(request.neurons()) : null,
        request.site() == SiteSweep.Kind.EXPERT_OUT ? shown(request.experts()) : null,
        shown(request.positions()),
        isEdge ? shown(request.keys()) : null,
        action.toString(),
        action instanceof InterventionRequest.Action.Scale(float factor) ? factor : null,
        isNeuron ? null : vector,
        vector == null || !isNeuron ? null : vector.getFirst(),
        isDrop ? true : null);
  }

  private static Object shown(Indices indices) {
    @Nullable List<Integer> listed = indices.listed();
    if (listed == null) {
      return "all";
    }
    return listed.size() == 1 ? listed.getFirst() : listed;
  }

  private @Nullable List<TokenView> sourceTokens() {
    return comparison.source() == null ? null : comparison.source().tokenViews();
  }

  private ForwardTrace source() throws QuestionException {
    Prompt from = comparison.requireSource("patch");
    @Nullable ForwardTrace known = source;
    if (known == null) {
      known = run(from);
      source = known;
    }
    return known;
  }

  private List<ForwardTrace> references() throws QuestionException {
    @Nullable List<ForwardTrace> known = references;
    if (known == null) {
      known = new ArrayList<>();
      for (Prompt reference : comparison.replacing(Ablation.MEAN)) {
        known.add(run(reference));
      }
      references = known;
    }
    return known;
  }

  private ForwardTrace run(Prompt prompt) throws QuestionException {
    return finite(() -> transformer().run(prompt.tokens(), TraceDetail.FULL, LayerVisitor.NONE));
  }

  private interface Work<T> {
    T run();
  }

  private static <T> T finite(Work<T> work) throws OverflowException {
    try {
      return work.run();
    } catch (NonFiniteStateException e) {
      throw new OverflowException(e);
    }
  }

  private Transformer transformer() {
    return analysis.model().transformer();
  }

  private TokenNames names() {
    return analysis.prompt().names();
  }
}
