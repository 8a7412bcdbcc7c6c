package dev.limpid;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.LayerContributions;
import dev.limpid.attribution.NeuronContributions;
import dev.limpid.attribution.Updates;
import dev.limpid.attribution.logits.DirectLogitAttribution;
import dev.limpid.attribution.logits.TokenLogit;
import dev.limpid.attribution.logits.UpdateLens;
import dev.limpid.attribution.logits.UpdateNorm;
import dev.limpid.attribution.logits.UpdateReading;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.Transformer;
import dev.limpid.routes.ContrastGraph;
import dev.limpid.routes.Node;
import dev.limpid.routes.NodeParts;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.ThresholdMode;
import dev.limpid.tensor.Tensor;
import dev.limpid.view.ContrastGraphView;
import dev.limpid.view.MapsView;
import dev.limpid.view.NeuronsView;
import dev.limpid.view.PartsView;
import dev.limpid.view.PredictionView;
import dev.limpid.view.RouteReadings;
import dev.limpid.view.SizesView;
import dev.limpid.view.UpdateView;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a page asks about a prompt beside what the commands do: single states and blocks taken
 * apart, and how large routes are.
 *
 * @param analysis of the prompt
 */
public record Anatomy(Analysis analysis) {
  /** The thresholds that a slider stops at. */
  public static final List<Double> STOPS =
      List.of(
          0.005, 0.006, 0.008, 0.01, 0.012, 0.015, 0.02, 0.025, 0.03, 0.035, 0.04, 0.045, 0.05,
          0.06, 0.07, 0.08, 0.09, 0.1, 0.12, 0.15, 0.2);

  /** The parts of a model whose updates can be read. */
  public enum Component {
    /** One head. */
    HEAD,
    /** All heads of a layer, with its biases. */
    ATTENTION,
    /** The MLP of a layer. */
    MLP,
    /** One neuron of it. */
    NEURON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Which update is read.
   *
   * @param number of the head or neuron; null where the component has none
   * @param key where only what a head brought from there is read, or null
   */
  public record Update(
      Component component,
      int layer,
      @Nullable Integer number,
      int position,
      @Nullable Integer key) {}

  /**
   * Returns what a head looks at, and what it brought from there, for some positions.
   *
   * @param from the first position
   * @param to the last one, inclusive
   * @throws QuestionException if there is no such layer, head or position, or numbers overflow
   */
  public MapsView maps(int layer, int head, int from, int to, ContributionOptions options)
      throws QuestionException {
    analysis.requireLayer(layer);
    analysis.requireHead(head);
    analysis.requirePosition(from);
    analysis.requirePosition(to);
    LayerTrace trace = analysis.trace().layer(layer);
    LayerContributions contributions = Contributions.ofLayer(transformer(), layer, trace, options);
    Tensor pattern = trace.pattern().row(head).toHeap();
    List<float[]> attention = new ArrayList<>();
    List<float[]> contribution = new ArrayList<>();
    for (int q = from; q <= to; q++) {
      float[] looks = new float[q + 1];
      float[] brings = new float[q + 1];
      for (int k = 0; k <= q; k++) {
        looks[k] = pattern.get(q, k);
        brings[k] = contributions.attention(q, k, head);
      }
      attention.add(looks);
      contribution.add(brings);
    }
    return new MapsView(
        analysis.model().view(),
        analysis.prompt().tokenViews(),
        layer,
        head,
        from,
        attention,
        contribution);
  }

  /**
   * Returns the tokens that an update makes more and less likely.
   *
   * @param top how many of each
   * @throws QuestionException if there is no such part, it is a neuron of experts, or numbers
   *     overflow
   */
  public UpdateView update(Update asked, UpdateNorm norm, int top) throws QuestionException {
    analysis.requireLayer(asked.layer());
    analysis.requirePosition(asked.position());
    UpdateReading reading = new UpdateLens(transformer(), top, norm).read(update(asked));
    return new UpdateView(
        analysis.model().view(),
        analysis.prompt().tokenViews(),
        asked.component().toString(),
        asked.layer(),
        asked.component() == Component.HEAD ? asked.number() : null,
        asked.component() == Component.NEURON ? asked.number() : null,
        asked.position(),
        asked.key(),
        norm == UpdateNorm.RAW ? "raw" : "own",
        tokens(reading.promoted()),
        tokens(reading.suppressed()));
  }

  private Tensor update(Update asked) throws QuestionException {
    LayerTrace trace = analysis.trace().layer(asked.layer());
    int t = asked.position();
    if (asked.component() == Component.NEURON && trace.experts() != null) {
      throw new NoSuchPartException(
          "layer %d has experts, and positions go to different ones, so that a neuron's number alone"
                  .formatted(asked.layer())
              + " says none; what neurons of experts promote is beside them, among the neurons of"
              + " that layer and position");
    }
    return switch (asked.component()) {
      case HEAD ->
          Updates.ofHead(
              transformer(),
              asked.layer(),
              trace,
              analysis.requireHead(Objects.requireNonNull(asked.number(), "head")),
              t,
              asked.key());
      case ATTENTION -> trace.attnOut().row(t).toHeap();
      case MLP -> trace.mlpOut().row(t).toHeap();
      case NEURON ->
          NeuronContributions.of(
                  transformer(), asked.layer(), trace, ContributionOptions.DEFAULT, t)
              .update(transformer(), trace, Objects.requireNonNull(asked.number(), "neuron"));
    };
  }

  /**
   * Reads the parts of a route: what a picture of it answers when it is pointed at.
   *
   * @param most how many states, connections and MLPs are read, those with the most flow
   * @throws QuestionException if the route is not one of this prompt, or numbers overflow
   */
  public RouteReadings readings(Route route, int most) throws QuestionException {
    return new RouteReader(this, route, most).read();
  }

  private List<NeuronsView.Token> tokens(List<TokenLogit> tokens) {
    return tokens.stream()
        .map(t -> new NeuronsView.Token(t.id(), analysis.prompt().names().text(t.id()), t.logit()))
        .toList();
  }

  /**
   * Returns what a state is made of, before and after a threshold.
   *
   * @param node after attention or after an MLP
   * @throws QuestionException if there is no such layer or position, or numbers overflow
   */
  public PartsView parts(Node node, RouteSettings settings) throws QuestionException {
    analysis.requireLayer(node.layer());
    analysis.requirePosition(node.position());
    if (node.kind() == Node.Kind.AFTER_ATTENTION) {
      analysis.requireStateBetween();
    }
    RouteExtractor extractor = analysis.extractor(settings, settings.finest(), node.position());
    LayerContributions layer =
        Contributions.ofLayer(
            transformer(),
            node.layer(),
            analysis.trace().layer(node.layer()),
            settings.contributions());
    return PartsView.of(
        analysis.model().view(),
        analysis.prompt().tokenViews(),
        NodeParts.of(extractor, node, layer));
  }

  /**
   * Returns how large the route of a position is at all {@link #STOPS}.
   *
   * @throws QuestionException if there is no such position, or numbers overflow
   */
  public SizesView sizes(int position, ThresholdMode mode, ContributionOptions options)
      throws QuestionException {
    analysis.requirePosition(position);
    RouteSettings settings = RouteSettings.DEFAULT.withContributions(options).withMode(mode);
    List<SizesView.Size> sizes = new ArrayList<>();
    for (double stop : STOPS) {
      Route route =
          analysis
              .extractor(settings.withThreshold(stop), STOPS.getFirst(), position)
              .route(position);
      sizes.add(new SizesView.Size(stop, route.nodes().size(), route.edges().size()));
    }
    return new SizesView(
        analysis.model().view(),
        analysis.prompt().tokenViews(),
        position,
        mode.toString().toLowerCase(Locale.ROOT),
        sizes);
  }

  /**
   * Returns how the logit of an answer, or its lead on another token, came about, as a graph.
   *
   * @param distractor null for the logit alone
   * @param maxEdges the most edges that are listed
   * @throws QuestionException if there is no such position, or numbers overflow
   */
  public ContrastGraphView contrast(
      int position, int answer, @Nullable Integer distractor, int maxEdges)
      throws QuestionException {
    analysis.requirePosition(position);
    DirectLogitAttribution split = analysis.split(position, answer, distractor);
    ContrastGraph graph =
        ContrastGraph.of(analysis.graph(ContributionOptions.DEFAULT, 0), split, maxEdges);
    Tensor logits = analysis.logits(position);
    PredictionView asked = Objects.requireNonNull(analysis.prediction(logits, answer));
    return ContrastGraphView.of(
        analysis.model().view(),
        analysis.prompt().tokenViews(),
        asked,
        analysis.prediction(logits, distractor),
        graph,
        maxEdges);
  }

  private Transformer transformer() {
    return analysis.model().transformer();
  }
}
