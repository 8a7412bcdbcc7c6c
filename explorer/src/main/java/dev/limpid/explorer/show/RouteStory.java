package dev.limpid.explorer.show;

import dev.limpid.Explanation;
import dev.limpid.routes.FittingThreshold;
import dev.limpid.routes.Node;
import dev.limpid.routes.Route;
import dev.limpid.routes.ThresholdMode;
import dev.limpid.view.ExplainView;
import dev.limpid.view.TokenView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A route in two or three sentences: who read what, and how much is not shown.
 *
 * @param name how a token is written
 */
record RouteStory(Explanation explanation, Function<TokenView, String> name) {
  /** A second edge or head is told if it carries at least this part of what the first does. */
  private static final double BESIDE = 0.25;

  private static final int EDGES = 3;
  private static final int HEADS = 3;

  /** Returns what carried the most: attention between positions, and an MLP that wrote more. */
  List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    List<ExplainView.Attention> edges = explanation.view().attention();
    double most = edges.isEmpty() ? 0 : edges.getFirst().flow();
    edges.stream()
        .filter(edge -> edge.flow() >= BESIDE * most)
        .limit(EDGES)
        .map(this::sentence)
        .forEach(sentences::add);
    if (isCancelled()) {
      sentences.add("The parts of the last state only cancel one another: none has a share in it.");
    } else if (edges.isEmpty() && view().position() > 0) {
      sentences.add(nothingRead());
    }
    strongestMlp().filter(mlp -> mlp.flow() > most).map(this::sentence).ifPresent(sentences::add);
    return sentences;
  }

  /** Returns how much the edges carry, and what became of the rest. */
  String kept() {
    if (explanation.route().edges().isEmpty()) {
      return "No edge leads into the last state.";
    }
    boolean isShared = view().mode().equals(ThresholdMode.RENORMALISED.toString());
    return "Edges above %s carry %s of a state here on average, and %s of the last state all the way from the tokens; the rest is %s."
        .formatted(
            TerminalText.exact(view().threshold()),
            Numbers.percent(view().keptShare()),
            Numbers.percent(view().arrivingShare()),
            isShared ? "shared out among them" : "not shown");
  }

  private boolean isCancelled() {
    Route route = explanation.route();
    return route.cancelling().contains(route.nodes().getLast().node());
  }

  private String sentence(ExplainView.Attention edge) {
    double most = edge.flow(edge.heads().getFirst());
    List<ExplainView.Head> heads =
        edge.heads().stream()
            .filter(head -> edge.flow(head) >= BESIDE * most)
            .limit(HEADS)
            .toList();
    return "Layer %d reads %s into %s: %s %s (%s)."
        .formatted(
            edge.layer(),
            token(edge.key()),
            target(edge.query()),
            heads.size() == 1 ? "head" : "heads",
            heads.stream()
                .map(head -> String.valueOf(head.head()))
                .collect(Collectors.joining(", ")),
            Numbers.percent(edge.flow()));
  }

  private String sentence(Route.NodeFlow mlp) {
    return "Still more was written by the MLP of layer %d at %s: %s."
        .formatted(mlp.node().layer(), target(mlp.node().position()), Numbers.percent(mlp.flow()));
  }

  private String nothingRead() {
    double threshold = view().threshold();
    String none =
        "No attention between positions is above %s".formatted(TerminalText.exact(threshold));
    if (threshold == 0) {
      return none + ".";
    }
    double lower = threshold > FittingThreshold.FINEST ? FittingThreshold.FINEST : 0;
    return "%s: try --threshold %s.".formatted(none, TerminalText.exact(lower));
  }

  private Optional<Route.NodeFlow> strongestMlp() {
    return explanation.route().nodes().stream()
        .filter(node -> node.node().kind() == Node.Kind.MLP)
        .max(Comparator.comparingDouble(Route.NodeFlow::flow));
  }

  private String target(int position) {
    boolean isLast = position == view().position() && position == view().tokens().size() - 1;
    return isLast ? "the last word" : token(position);
  }

  /** A token by its name; with its position where there is another of that name. */
  private String token(int position) {
    String text = name(position);
    boolean isUnique =
        view().tokens().stream().filter(t -> name.apply(t).equals(text)).count() == 1;
    return isUnique ? text : "%s (position %d)".formatted(text, position);
  }

  private String name(int position) {
    return name.apply(view().tokens().get(position));
  }

  private ExplainView view() {
    return explanation.view();
  }
}
