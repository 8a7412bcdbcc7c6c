package dev.limpid;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.ExpertParts;
import dev.limpid.attribution.HeadContributions;
import dev.limpid.attribution.NeuronContributions;
import dev.limpid.attribution.heads.ScoreParts;
import dev.limpid.attribution.heads.ScoreSplit;
import dev.limpid.attribution.logits.DirectLogitAttribution;
import dev.limpid.attribution.logits.LensReading;
import dev.limpid.attribution.logits.LogitLens;
import dev.limpid.attribution.logits.UpdateLens;
import dev.limpid.attribution.logits.UpdateNorm;
import dev.limpid.attribution.logits.UpdateReading;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.LayerVisitor;
import dev.limpid.model.NonFiniteStateException;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.routes.ContrastFlow;
import dev.limpid.routes.FlowGraph;
import dev.limpid.routes.FlowGraphBuilder;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.export.RouteDocument;
import dev.limpid.tensor.Tensor;
import dev.limpid.view.AttentionView;
import dev.limpid.view.AttributeView;
import dev.limpid.view.ContrastView;
import dev.limpid.view.ExpertsView;
import dev.limpid.view.ExplainView;
import dev.limpid.view.HeadsView;
import dev.limpid.view.LensView;
import dev.limpid.view.LogitsView;
import dev.limpid.view.NeuronsView;
import dev.limpid.view.PredictionView;
import dev.limpid.view.QkView;
import dev.limpid.view.TokenNames;
import dev.limpid.view.TraceView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One prompt and what can be asked about it; it runs at the first question, and once.
 *
 * <p>A question about routes runs the prompt and computes contributions in one pass, and keeps
 * residual states alone; any other keeps all of the pass where that is little beside the memory
 * there is. Safe to share between threads, which take turns.
 */
public final class Analysis {
  /** The share of the memory that a whole trace may take. */
  private static final int SHARE = 8;

  private static final int PROMOTED = 5;

  /** In longer prompts, predictions are read in blocks. */
  private static final int LONG = 256;

  private final LanguageModel model;
  private final Prompt prompt;
  private final Progress progress;

  /** Runs it beside others; null where it runs alone. */
  private final Companions.@Nullable Member companion;

  private @Nullable ForwardTrace trace;
  private @Nullable FlowGraph graph;

  Analysis(
      LanguageModel model,
      Prompt prompt,
      Progress progress,
      Companions.@Nullable Member companion) {
    this.model = model;
    this.prompt = prompt;
    this.progress = progress;
    this.companion = companion;
  }

  /**
   * Returns the same run for another asker: what was computed is there, and what this asker has
   * computed besides is its own, and gone with it.
   *
   * @param other hears how far its questions are, and may end them
   */
  public synchronized Analysis heardBy(Progress other) {
    Analysis same = new Analysis(model, prompt, other, null);
    same.trace = trace;
    same.graph = graph;
    return same;
  }

  /** Returns the model that is asked. */
  public LanguageModel model() {
    return model;
  }

  /** Returns the prompt it is asked about. */
  public Prompt prompt() {
    return prompt;
  }

  /** Returns who hears how far a question about it is. */
  public Progress progress() {
    return progress;
  }

  /** Returns the last position, T - 1, whose prediction goes on with the prompt. */
  public int last() {
    return prompt.nPositions() - 1;
  }

  /**
   * Returns every state of the forward pass.
   *
   * @throws QuestionException if the model's numbers overflow
   */
  public synchronized ForwardTrace trace() throws QuestionException {
    @Nullable ForwardTrace known = trace;
    if (known == null && companion != null) {
      known = companion.trace(progress);
    }
    if (known == null) {
      boolean isLittle = isLittle(model, prompt.nPositions());
      known = run(isLittle ? TraceDetail.FULL : TraceDetail.RESIDUALS, this::forward);
    }
    trace = known;
    return known;
  }

  /**
   * Returns what the model predicts after every position: the most probable token of each, [T].
   *
   * @throws QuestionException if the model's numbers overflow
   */
  public List<PredictionView> predictions() throws QuestionException {
    LogitLens lens = new LogitLens(transformer(), 1);
    List<PredictionView> predictions = new ArrayList<>();
    for (int t = 0; t <= last(); t++) {
      LensReading reading = lens.reading(logits(t));
      predictions.add(PredictionView.of(reading.top().getFirst(), names()));
    }
    return predictions;
  }

  /**
   * Returns what the model predicts after every position: the most probable tokens of each, and how
   * sure it is, [T]. Of more than 256 positions many are read together, which may change the last
   * digit of a logit.
   *
   * @param count of tokens
   * @throws QuestionException if the model's numbers overflow
   */
  public List<TraceView.Prediction> predictions(int count) throws QuestionException {
    LogitLens lens = new LogitLens(transformer(), count);
    List<TraceView.Prediction> predictions = new ArrayList<>();
    int together = last() < LONG ? 1 : LensReader.BLOCK;
    for (int from = 0; from <= last(); from += together) {
      int to = Math.min(from + together, last() + 1);
      Tensor logits = read(lens, trace().finalResidual().rows(from, to), false);
      for (int t = from; t < to; t++) {
        LensReading reading = lens.reading(logits.row(t - from));
        predictions.add(
            new TraceView.Prediction(t, reading.entropy(), PredictionView.of(reading, names())));
        progress.done(Progress.Phase.PREDICTIONS, t + 1, last() + 1);
      }
    }
    return predictions;
  }

  /**
   * Returns the most probable next tokens, most probable first.
   *
   * @throws QuestionException if the model's numbers overflow
   */
  public List<PredictionView> top(int count) throws QuestionException {
    return PredictionView.of(new LogitLens(transformer(), count).reading(logits(last())), names());
  }

  /**
   * Returns the route of the last position.
   *
   * @param threshold tau, in [0, 1)
   * @throws QuestionException if the model's numbers overflow
   */
  public Route route(double threshold) throws QuestionException {
    RouteSettings settings = RouteSettings.DEFAULT.withThreshold(threshold);
    return extractor(settings, threshold, last()).route(last());
  }

  /**
   * Returns the tokens that the last state came from, by the route at the threshold that fits it,
   * largest share first.
   *
   * @throws QuestionException if the model's numbers overflow
   */
  public List<ExplainView.Source> sources() throws QuestionException {
    return ExplainView.sources(
        extractor(RouteSettings.DEFAULT, RouteSettings.DEFAULT.finest(), last()).route(last()),
        prompt.tokenViews());
  }

  /**
   * Explains the last position by its route alone, with the default settings.
   *
   * @throws QuestionException if the model's numbers overflow
   */
  public Explanation explain() throws QuestionException {
    return explain(new Question(last(), null, null), RouteSettings.DEFAULT);
  }

  /**
   * Explains a prediction: what it is, the route behind it, and, where an answer is named, where
   * its logit came from.
   *
   * @throws QuestionException if there is no such position, or the model's numbers overflow
   */
  public Explanation explain(Question question, RouteSettings settings) throws QuestionException {
    return new Explainer(this, question, settings).explanation();
  }

  /**
   * Explains a prediction, and runs its routes alone to see whether the model still says the same.
   *
   * @param source a prompt of as many tokens, whose values come in place of what does not run; null
   *     for zeros
   * @throws QuestionException if there is no such position, the source does not fit, or the model's
   *     numbers overflow
   */
  public Explanation explain(Question question, RouteSettings settings, @Nullable Prompt source)
      throws QuestionException {
    return new Explainer(this, question, settings).tested(source);
  }

  /**
   * Returns the route behind an answer: what brought its logit, or what puts it ahead of another.
   *
   * @param question names the answer
   * @throws QuestionException if no answer is named, its logit, or its lead, is next to nothing,
   *     there is no such position, or the model's numbers overflow
   */
  public RouteDocument routeBehind(Question question, RelevanceSettings settings)
      throws QuestionException {
    return new RouteBehindAnswer(this, question, settings).document();
  }

  /**
   * Returns routes with what is predicted from the states they explain.
   *
   * @param settings a threshold that is to fit fits the last of the positions
   * @param positions one, or all of them in order
   * @throws QuestionException if there is no such position, or the model's numbers overflow
   */
  public RouteDocument routes(RouteSettings settings, List<Integer> positions)
      throws QuestionException {
    for (int position : positions) {
      requirePosition(position);
    }
    RouteExtractor extractor = extractor(settings, settings.finest(), positions.getLast());
    Set<Integer> asked = Set.copyOf(positions);
    List<Route> routes =
        positions.size() == 1
            ? List.of(extractor.route(positions.getFirst()))
            : extractor.routes().stream().filter(r -> asked.contains(r.position())).toList();
    LogitLens lens = new LogitLens(transformer(), 1);
    List<LensReading> readings = new ArrayList<>();
    for (Route route : routes) {
      readings.add(lens.reading(logits(route.position())));
      progress.done(Progress.Phase.ROUTES, readings.size(), routes.size());
    }
    return RouteDocuments.of(model.view(), prompt, extractor, routes, readings);
  }

  /**
   * Reads states as predictions.
   *
   * @throws QuestionException if there is no such layer or position, or the numbers overflow
   */
  public LensView lens(LensQuestion question) throws QuestionException {
    if (question.states().contains(LensQuestion.State.RESID_MID)) {
      requireStateBetween();
    }
    for (int layer : question.layers()) {
      requireLayer(layer);
    }
    for (int position : question.positions()) {
      requirePosition(position);
    }
    LensReader reader = new LensReader(this, question.top(), question.chosen(), question.raw());
    return new LensView(model.view(), prompt.tokenViews(), reader.read(question.asked()));
  }

  /**
   * Returns how one token stands as the next after each layer, by the logit lens, [L]: in which
   * layer the model decides on it. The last is the model's own prediction.
   *
   * @throws QuestionException if there is no such position, or the numbers overflow
   */
  public List<PredictionView> throughLayers(int position, int token) throws QuestionException {
    int t = requirePosition(position);
    ForwardTrace known = trace();
    List<Tensor> states = new ArrayList<>();
    for (int l = 1; l < known.nLayers(); l++) {
      states.add(known.before(l).rows(t, t + 1));
    }
    List<PredictionView> predictions = new ArrayList<>();
    if (!states.isEmpty()) {
      Tensor logits = read(lens(), lens().stacked(states), false);
      for (int i = 0; i < states.size(); i++) {
        predictions.add(prediction(logits.row(i), token));
      }
    }
    predictions.add(prediction(logits(t), token));
    return predictions;
  }

  static Tensor read(LogitLens lens, Tensor states, boolean raw) throws OverflowException {
    try {
      return raw ? lens.withoutNorm(states) : lens.logits(states);
    } catch (NonFiniteStateException e) {
      throw new OverflowException(e);
    }
  }

  /**
   * Returns what heads of a layer look at: a row of the pattern for each head and position.
   *
   * @throws QuestionException if there is no such layer, head or position, or the numbers overflow
   */
  public AttentionView attention(int layer, List<Integer> heads, List<Integer> positions)
      throws QuestionException {
    requireLayer(layer);
    for (int head : heads) {
      requireHead(head);
    }
    for (int position : positions) {
      requirePosition(position);
    }
    return AttentionView.of(
        model.view(),
        prompt.tokenViews(),
        layer,
        trace().layer(layer).pattern().toHeap(),
        heads,
        positions);
  }

  /**
   * Returns what the heads of a layer brought to a position.
   *
   * @param key what they read from this position, or null for all
   * @throws QuestionException if there is no such layer, position or key, or the numbers overflow
   */
  public HeadsView heads(
      int layer, int position, @Nullable Integer key, ContributionOptions options)
      throws QuestionException {
    requireLayer(layer);
    requirePosition(position);
    if (key != null) {
      requireSeen(key, position);
    }
    return HeadsView.of(
        model.view(),
        prompt.tokenViews(),
        HeadContributions.of(transformer(), layer, trace().layer(layer), options, position, key));
  }

  /**
   * Returns what the heads of a layer brought, each with why it looks where it looks most, or at
   * the key asked about: the pairs of parts of the two states that put its score most above, or
   * below, the mean of all other keys.
   *
   * @param key what they read from this position, or null for all
   * @param top how many pairs of each head
   * @throws QuestionException if there is no such layer, position or key, or the numbers overflow
   */
  public HeadsView headsWithLinks(
      int layer, int position, @Nullable Integer key, ContributionOptions options, int top)
      throws QuestionException {
    HeadsView heads = heads(layer, position, key, options);
    ScoreParts parts = ScoreParts.of(transformer(), trace(), layer, position);
    return heads.withLinks(
        heads.heads().stream()
            .map(head -> {
              int at = key == null ? head.looksAt() : key;
              return QkView.pairs(parts.splitFromOthers(head.head(), at), top);
            })
            .toList());
  }

  /** Returns whether there is a state between attention and MLP of a layer. */
  public boolean hasStateBetween() {
    return !transformer().config().residual().isParallel();
  }

  /** Checks that there is a state between attention and MLP. */
  void requireStateBetween() throws QuestionException {
    if (!hasStateBetween()) {
      throw new NoSuchPartException(transformer().config().noStateBetween());
    }
  }

  /**
   * Returns the neurons of a layer that brought most to a position, and the tokens they promote and
   * suppress.
   *
   * @param top how many neurons
   * @throws QuestionException if there is no such layer or position, or the numbers overflow
   */
  public NeuronsView neurons(int layer, int position, int top, ContributionOptions options)
      throws QuestionException {
    requireLayer(layer);
    requirePosition(position);
    LayerTrace states = trace().layer(layer);
    NeuronContributions neurons =
        NeuronContributions.of(transformer(), layer, states, options, position);
    UpdateLens lens = new UpdateLens(transformer(), PROMOTED, UpdateNorm.RAW);
    List<NeuronsView.Neuron> views = new ArrayList<>();
    for (int n : neurons.top(top)) {
      UpdateReading reading = lens.read(neurons.update(transformer(), states, n));
      views.add(NeuronsView.Neuron.of(n, neurons, reading, names()));
    }
    @Nullable ExpertsView experts =
        experts(layer, position, options)
            .map(e ->
                ExpertsView.of(
                    e,
                    options,
                    e.written().stream().map(w -> lens.read(w.update())).toList(),
                    names()))
            .orElse(null);
    return NeuronsView.of(model.view(), prompt.tokenViews(), neurons, options, experts, views);
  }

  /**
   * Returns which experts of a layer wrote to a position, and which the router nearly took; empty
   * for a layer without experts.
   *
   * @throws QuestionException if there is no such layer or position, or the numbers overflow
   */
  public Optional<ExpertParts> experts(int layer, int position, ContributionOptions options)
      throws QuestionException {
    requireLayer(layer);
    requirePosition(position);
    return ExpertParts.of(transformer(), layer, trace().layer(layer), options, position);
  }

  /**
   * Splits the logit of a next token, or the difference of two.
   *
   * @param position whose prediction it is
   * @param answer null for the most probable token
   * @param distractor null for the logit of the answer alone
   * @param by what it is split among
   * @throws QuestionException if there is no such position, or the numbers overflow
   */
  public LogitsView logits(
      int position, @Nullable Integer answer, @Nullable Integer distractor, LogitsView.By by)
      throws QuestionException {
    requirePosition(position);
    trace(); // every layer is looked at: kept if that is little
    Tensor logits = logits(position);
    int asked = answer == null ? transformer().ops().topK(logits, 1)[0] : answer;
    DirectLogitAttribution split = split(position, asked, distractor);
    @Nullable ContrastFlow flow =
        by == LogitsView.By.TOKEN
            ? ContrastFlow.of(graph(ContributionOptions.DEFAULT, 0), split)
            : null;
    OptionalDouble cap = transformer().config().head().cap();
    Tensor sums = cap.isPresent() ? trace().logitsBeforeCap(position) : logits;
    return LogitsView.of(
        model.view(),
        prompt.tokenViews(),
        PredictionView.of(lens().prediction(logits, asked), names()),
        prediction(logits, distractor),
        by,
        split,
        sums.get(asked) - (distractor == null ? 0 : sums.get(distractor)),
        cap.stream().boxed().findFirst().orElse(null),
        flow == null ? null : flow.sum(),
        flow == null ? null : contrast(flow));
  }

  /**
   * Attributes a number read from the logits to the tokens of the prompt or to the components of
   * the model: by gradients, by attribution patching, by relevance.
   *
   * @throws QuestionException if runs cannot be compared as asked, or the numbers overflow
   */
  public AttributeView attribute(Comparison comparison, AttributionSettings settings)
      throws QuestionException {
    return attribution(comparison, settings, false).view();
  }

  /**
   * Attributes a number, and keeps what the document is made of.
   *
   * @param keep whether all gradients are kept, which takes about as much memory as a whole trace
   * @throws QuestionException if runs cannot be compared as asked, or the numbers overflow
   */
  public Attribution attribution(Comparison comparison, AttributionSettings settings, boolean keep)
      throws QuestionException {
    return new Attributor(this, comparison, settings, keep, progress).attribution();
  }

  /**
   * Prepares to change something and see what becomes of the prediction.
   *
   * @param comparison what is measured, and the prompts that values are taken from
   * @throws QuestionException if there is no such position, another prompt has another number of
   *     tokens, or the model's numbers overflow
   */
  public Experiment experiment(Comparison comparison) throws QuestionException {
    return new Experiment(this, comparison, progress);
  }

  /**
   * Tells why a head looks from a position at a key: its score, split among pairs of parts of the
   * two states it compares.
   *
   * @param versus another key, whose score is subtracted; or null
   * @param top how many pairs; 0 for all
   * @throws QuestionException if there is no such layer, head, position or key, or the numbers
   *     overflow
   */
  public QkView qk(int layer, int head, int position, int key, @Nullable Integer versus, int top)
      throws QuestionException {
    requireLayer(layer);
    requirePosition(position);
    int nHeads = transformer().config().nHeads();
    if (head < 0 || head >= nHeads) {
      throw new NoSuchPartException(
          "head %d is not in layer %d, whose heads go from 0 to %d"
              .formatted(head, layer, nHeads - 1));
    }
    requireSeen(key, position);
    ScoreSplit split = ScoreSplit.of(transformer(), trace(), layer, head, position, key);
    if (versus != null) {
      requireSeen(versus, position);
      split = split.less(ScoreSplit.of(transformer(), trace(), layer, head, position, versus));
    }
    double pattern = trace().layer(layer).toHeap().pattern().get(head, position, key);
    return QkView.of(model.view(), prompt.tokenViews(), split, versus, pattern, top);
  }

  private static void requireSeen(int key, int position) throws NoSuchPartException {
    if (key < 0 || key > position) {
      throw new NoSuchPartException(
          "key %d is not seen from position %d, whose keys go from 0 to %d"
              .formatted(key, position, position));
    }
  }

  /** Returns what a run needs of a device's memory; empty where the processor computes. */
  public Optional<DeviceNeed> deviceNeed() {
    return DeviceNeed.of(transformer(), prompt.nPositions());
  }

  /** Returns how the model continues the prompt, token by token. */
  public Generation generate(GenerationSettings settings) {
    return new Generation(model, prompt, settings, progress);
  }

  /**
   * Returns how much each part contributed to each state, of all layers.
   *
   * @throws QuestionException if the model's numbers overflow
   */
  public Contributions contributions(ContributionOptions options) throws QuestionException {
    return Contributions.of(transformer(), trace(), options, this::counted);
  }

  /**
   * Returns the graph that routes of all positions are extracted from.
   *
   * @param finest the lowest threshold that routes will be extracted at, in [0, 1)
   * @throws QuestionException if the model's numbers overflow
   */
  public synchronized FlowGraph graph(ContributionOptions options, double finest)
      throws QuestionException {
    @Nullable FlowGraph known = graph;
    if (known == null || !known.options().equals(options) || known.finest() > finest) {
      if (trace == null && companion != null) {
        known = companion.graph(options, finest, progress);
        trace = companion.trace(progress);
        if (known != null && known.options().equals(options) && known.finest() <= finest) {
          graph = known;
          return known;
        }
      }
      if (trace == null) {
        FlowGraphBuilder builder = new FlowGraphBuilder(transformer(), options, finest);
        LayerVisitor ran = (l, layer) -> progress.ran(l + 1, transformer().config().nLayers());
        trace = run(TraceDetail.RESIDUALS, ran.then(builder).then((l, layer) -> counted(l + 1)));
        known = builder.graph();
      } else {
        known = FlowGraph.of(transformer(), trace, options, finest, this::counted);
      }
      graph = known;
    }
    return known;
  }

  /**
   * Returns the position it is given.
   *
   * @throws NoSuchPartException if the prompt does not have it
   */
  public int requirePosition(int position) throws NoSuchPartException {
    if (position < 0 || position > last()) {
      throw new NoSuchPartException(
          "position %d is not in the prompt, whose positions go from 0 to %d"
              .formatted(position, last()));
    }
    return position;
  }

  /**
   * Returns the layer it is given.
   *
   * @throws NoSuchPartException if the model does not have it
   */
  public int requireLayer(int layer) throws NoSuchPartException {
    int last = transformer().config().nLayers() - 1;
    if (layer < 0 || layer > last) {
      throw new NoSuchPartException(
          "layer %d is not in the model, whose layers go from 0 to %d".formatted(layer, last));
    }
    return layer;
  }

  /**
   * Returns the head it is given.
   *
   * @throws NoSuchPartException if the layers of the model do not have it
   */
  public int requireHead(int head) throws NoSuchPartException {
    int last = transformer().config().nHeads() - 1;
    if (head < 0 || head > last) {
      throw new NoSuchPartException(
          "head %d is not in the model, whose heads go from 0 to %d in each layer"
              .formatted(head, last));
    }
    return head;
  }

  RouteExtractor extractor(RouteSettings settings, double finest, int position)
      throws QuestionException {
    return settings.extractor(graph(settings.contributions(), finest), position);
  }

  private ForwardTrace run(TraceDetail detail, LayerVisitor each) throws QuestionException {
    try {
      return transformer().run(prompt.tokens(), detail, each);
    } catch (NonFiniteStateException e) {
      throw new OverflowException(e);
    }
  }

  /** Returns whether a trace that keeps everything is little beside the memory there is. */
  static boolean isLittle(LanguageModel model, long nPositions) {
    ModelConfig c = model.transformer().config();
    long numbers =
        c.nLayers() * nPositions * (6L * c.dModel() + 3L * c.dMlp() + c.nHeads() * nPositions);
    return numbers * Float.BYTES < Runtime.getRuntime().maxMemory() / SHARE;
  }

  private void forward(int layer, LayerTrace trace) {
    progress.done(Progress.Phase.FORWARD, layer + 1, transformer().config().nLayers());
  }

  private void counted(int done) {
    progress.done(Progress.Phase.CONTRIBUTIONS, done, transformer().config().nLayers());
  }

  Tensor logits(int position) throws QuestionException {
    ForwardTrace known = trace();
    try {
      return known.logits(position);
    } catch (NonFiniteStateException e) {
      throw new OverflowException(e);
    }
  }

  DirectLogitAttribution split(int position, int answer, @Nullable Integer distractor)
      throws QuestionException {
    return DirectLogitAttribution.of(transformer(), trace(), position, answer, distractor);
  }

  ContrastView contrast(ContrastFlow flow) {
    return ContrastView.of(flow, prompt.tokenViews());
  }

  @Nullable PredictionView prediction(Tensor logits, @Nullable Integer id) {
    return id == null ? null : PredictionView.of(lens().prediction(logits, id), names());
  }

  private LogitLens lens() {
    return new LogitLens(transformer(), 1);
  }

  private Transformer transformer() {
    return model.transformer();
  }

  private TokenNames names() {
    return prompt.names();
  }
}
