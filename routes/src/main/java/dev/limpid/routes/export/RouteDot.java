package dev.limpid.routes.export;

import dev.limpid.routes.Edge;
import dev.limpid.routes.Node;
import dev.limpid.routes.Route;
import java.io.IOException;

/** A route in the language of Graphviz: tokens below, layers upwards. */
public final class RouteDot {
  private RouteDot() {}

  /**
   * Writes a document of one route.
   *
   * @throws IllegalArgumentException if there are several
   */
  public static void write(RouteDocument document, Appendable out) throws IOException {
    RouteDocument.PredictedRoute predicted = document.only();
    RouteDocument.Prediction prediction = predicted.prediction();
    out.append("digraph route {\n  rankdir=BT;\n  node [shape=point, width=0.1];\n");
    out.append("  label=")
        .append(
            quoted(
                "position %d, predicts %s (%s)\n%s"
                    .formatted(
                        predicted.route().position(),
                        RouteDocument.label(prediction.id(), prediction.text()),
                        Spelling.share(prediction.probability()),
                        document.measure().shows())))
        .append(";\n");
    for (Route.NodeFlow node : predicted.route().nodes()) {
      out.append("  ").append(quoted(node.node().id())).append(" [");
      switch (node.node().kind()) {
        case TOKEN -> {
          RouteDocument.Token token = document.tokens().get(node.node().position());
          out.append("shape=box, label=")
              .append(quoted(RouteDocument.label(token.id(), token.text())))
              .append(", ");
        }
        case MLP -> out.append("shape=square, label=\"\", color=purple, ");
        case AFTER_ATTENTION, AFTER_MLP -> {}
      }
      out.append("tooltip=").append(quoted(tooltip(node))).append("];\n");
    }
    out.append("  { rank=same;");
    for (Route.NodeFlow source : predicted.route().sources()) {
      out.append(' ').append(quoted(source.node().id())).append(';');
    }
    out.append(" }\n");
    for (Edge edge : predicted.route().edges()) {
      edge(edge, out);
    }
    out.append("}\n");
  }

  private static void edge(Edge edge, Appendable out) throws IOException {
    String color =
        switch (edge) {
          case Edge.Residual residual -> "gray";
          case Edge.Attention attention -> "darkgreen";
          case Edge.MlpIn in -> "purple";
          case Edge.MlpOut out2 -> "purple";
        };
    out.append("  ").append(quoted(edge.from().id()));
    out.append(" -> ").append(quoted(edge.to().id()));
    out.append(" [color=").append(color);
    out.append(", penwidth=").append(Spelling.share(0.3 + 5 * Math.max(0, edge.weight())));
    out.append(", weight=").append(edge instanceof Edge.Residual ? "8" : "1");
    out.append(", tooltip=")
        .append(quoted(Spelling.kind(edge) + " " + Spelling.share(edge.weight())));
    out.append("];\n");
  }

  private static String tooltip(Route.NodeFlow node) {
    Node at = node.node();
    return at.id() + " " + Spelling.kind(at) + ", flow " + Spelling.share(node.flow());
  }

  /** Returns a quoted string; a line end is written as the escape for a centred line. */
  private static String quoted(String text) {
    return '"'
        + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\r", "").replace("\n", "\\n")
        + '"';
  }
}
