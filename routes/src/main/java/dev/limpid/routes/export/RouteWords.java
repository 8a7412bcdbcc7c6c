package dev.limpid.routes.export;

import dev.limpid.routes.Edge;
import dev.limpid.routes.Node;
import dev.limpid.routes.Route;
import java.util.List;
import java.util.stream.Collectors;

/** The nodes and edges of a route in words, with the share of the explained state they carried. */
public final class RouteWords {
  private static final int HEADS = 4;

  private final RouteDocument document;
  private final EdgeFlow flow;

  /**
   * Prepares the words of a document's route.
   *
   * @throws IllegalArgumentException if there are several
   */
  public RouteWords(RouteDocument document) {
    this.document = document;
    this.flow = new EdgeFlow(document.only().route());
  }

  /** Returns what an edge did, such as "layer 0: “ Mary” reads “When”, 28.1 %, head 8". */
  public String of(Edge edge) {
    String layer = "layer %d: ".formatted(edge.to().layer());
    String to = token(edge.to());
    String share = share(edge);
    return switch (edge) {
      case Edge.Attention attention when edge.from().position() == edge.to().position() ->
          layer + "%s reads itself, %s, %s".formatted(to, share, heads(attention));
      case Edge.Attention attention ->
          layer + "%s reads %s, %s, %s".formatted(to, token(edge.from()), share, heads(attention));
      case Edge.MlpIn in -> layer + "the MLP at %s reads, %s".formatted(to, share);
      case Edge.MlpOut out -> layer + "the MLP at %s writes, %s".formatted(to, share);
      case Edge.Residual residual ->
          layer + "%s stays as it was in front of the %s, %s".formatted(to, block(edge), share);
    };
  }

  /** What a residual goes past: both blocks of a layer where they read the same state. */
  private static String block(Edge residual) {
    return switch (residual.to().kind()) {
      case AFTER_ATTENTION -> "attention";
      case AFTER_MLP -> residual.from().kind() == Node.Kind.AFTER_ATTENTION ? "MLP" : "layer";
      case TOKEN, MLP ->
          throw new IllegalArgumentException("no residual goes into " + residual.to());
    };
  }

  /** Returns which state a node is, such as "A2_14: “ to” after attention of layer 2, 48.3 %". */
  String of(Route.NodeFlow node) {
    Node n = node.node();
    String what =
        switch (n.kind()) {
          case TOKEN -> "%s at position %d".formatted(token(n), n.position());
          case AFTER_ATTENTION -> "%s after attention of layer %d".formatted(token(n), n.layer());
          case MLP -> "the MLP of layer %d at %s".formatted(n.layer(), token(n));
          case AFTER_MLP -> "%s after layer %d".formatted(token(n), n.layer());
        };
    return "%s: %s, %s".formatted(n, what, Spelling.percent(node.flow()));
  }

  /** Returns what stands beside a line, such as "“ Mary”: head 0, 48.3 %". */
  String label(Edge.Attention edge) {
    return "%s: %s, %s".formatted(token(edge.from()), heads(edge), share(edge));
  }

  private String share(Edge edge) {
    return Spelling.percent(flow.of(edge));
  }

  private static String heads(Edge.Attention edge) {
    List<Edge.Head> heads = edge.heads();
    String named =
        heads.stream()
            .limit(HEADS)
            .map(head -> String.valueOf(head.head()))
            .collect(Collectors.joining(", "));
    return (heads.size() == 1 ? "head " : "heads ") + named + (heads.size() > HEADS ? ", …" : "");
  }

  private String token(Node node) {
    RouteDocument.Token token = document.tokens().get(node.position());
    return RouteDocument.quoted(token.id(), token.text());
  }
}
