package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.limpid.json.Decimals;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.RouteGraph;
import dev.limpid.routes.export.EdgeFlow;
import dev.limpid.routes.export.RouteDocument;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The document of {@code limpid explain}.
 *
 * @param note what a plain route explains, and what it does not
 * @param position whose last state is explained
 * @param threshold the one used, also where it was left to fit
 * @param predictions what the model predicts there, most probable first
 * @param answer the token asked about, if one was
 * @param distractor the token it is compared with, if one was given
 * @param keptShare how much of a state the edges carry here on average, before it is shared out
 * @param arrivingShare how much of the explained state arrives at the tokens over these edges if
 *     nothing is shared out
 * @param sources every token of the route with its flow, largest first
 * @param attention the strongest attention edges, by the flow through them
 * @param contrast where the logit of the answer, or its difference to the distractor's, came from
 * @param relevance the route behind the answer; missing where its logit, or its lead, is next to
 *     nothing
 * @param faithful what the routes predict when they run alone, if that was asked for
 */
@JsonTypeName("limpid/explain/1")
public record ExplainView(
    ModelView model,
    List<TokenView> tokens,
    String note,
    int position,
    double threshold,
    String mode,
    List<PredictionView> predictions,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable PredictionView answer,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable PredictionView distractor,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Decimals(Decimals.LOGIT)
        @Nullable Double logitDifference,
    int nodes,
    int edges,
    double keptShare,
    double arrivingShare,
    List<Source> sources,
    Lost lostFlow,
    List<Attention> attention,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ContrastView contrast,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable RelevanceView relevance,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Faithful faithful)
    implements Document {

  /**
   * Returns the document of one explanation.
   *
   * @param extractor what found the route
   * @param predictions most probable first
   * @param answer the token asked about, or null
   * @param distractor the token it is compared with, or null
   * @param contrast where the answer's logit came from, or null
   * @param relevance the route behind the answer, or null
   * @param faithful what the routes predict when they run, or null
   */
  public static ExplainView of(
      ModelView model,
      List<TokenView> tokens,
      RouteExtractor extractor,
      Route route,
      List<PredictionView> predictions,
      @Nullable PredictionView answer,
      @Nullable PredictionView distractor,
      @Nullable ContrastView contrast,
      @Nullable RelevanceView relevance,
      @Nullable Faithful faithful) {
    return new ExplainView(
        model,
        tokens,
        RouteDocument.WHAT_A_ROUTE_SHOWS,
        route.position(),
        extractor.threshold(),
        extractor.mode().name().toLowerCase(Locale.ROOT),
        predictions,
        answer,
        distractor,
        answer == null || distractor == null ? null : answer.logit() - distractor.logit(),
        route.nodes().size(),
        route.edges().size(),
        route.keptShare(),
        route.arrivingShare(),
        sources(route, tokens),
        new Lost(
            route.lostFlow().stopped(), route.lostFlow().belowThreshold(), route.lostFlow().bias()),
        attention(route),
        contrast,
        relevance,
        faithful);
  }

  /** Returns every token of a route with its flow, largest first. */
  public static List<Source> sources(Route route, List<TokenView> tokens) {
    return route.sources().stream()
        .sorted(Comparator.comparingDouble(source -> -source.flow()))
        .map(source -> {
          int t = source.node().position();
          return new Source(t, tokens.get(t).text(), source.flow());
        })
        .toList();
  }

  /** The attention edges between different positions, those with the most flow first. */
  static List<Attention> attention(RouteGraph route) {
    EdgeFlow flow = new EdgeFlow(route);
    return flow.betweenPositions().stream()
        .map(edge ->
            new Attention(
                edge.to().layer(),
                edge.to().position(),
                edge.from().position(),
                edge.weight(),
                flow.of(edge),
                edge.heads().stream()
                    .map(head -> new Head(head.head(), head.contribution()))
                    .toList()))
        .toList();
  }

  /** A token and the share of the explained state that came from it. */
  public record Source(int position, @Nullable String text, double flow) {}

  /** Flow that arrives at no token. */
  public record Lost(double stopped, double belowThreshold, double bias) {}

  /**
   * An attention edge of the route.
   *
   * @param flow the share of the explained state that came through this edge
   * @param heads the heads that carry it, largest first
   */
  public record Attention(
      int layer, int query, int key, double weight, double flow, List<Head> heads) {

    /** Returns the share of the explained state that one of its heads carried. */
    public double flow(Head head) {
      return flow * head.contribution() / weight;
    }
  }

  /** A head's share of the edge's weight. */
  public record Head(int head, double contribution) {}

  /**
   * What routes predict when they run alone, and what is left without them.
   *
   * @param metric what is measured
   * @param ablation what comes in place of what does not run: zero or patch
   * @param source the tokens that values are patched in from; missing for zero
   * @param full the metric of the whole model
   * @param empty the metric where nothing runs
   * @param route the plain route
   * @param relevance the route behind the answer; missing where there is none
   */
  public record Faithful(
      String metric,
      String ablation,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<TokenView> source,
      @Decimals(Decimals.LOGIT) double full,
      @Decimals(Decimals.LOGIT) double empty,
      FaithfulnessView.RouteView route,
      @JsonInclude(JsonInclude.Include.NON_NULL) FaithfulnessView.@Nullable RouteView relevance) {}
}
