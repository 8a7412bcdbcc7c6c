package dev.limpid.routes.export;

import dev.limpid.routes.Edge;
import dev.limpid.routes.Node;
import dev.limpid.routes.Route;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.stream.Collectors;

/** A route as GraphML: what yEd, Gephi, Cytoscape and networkx read. */
public final class RouteGraphMl {
  private RouteGraphMl() {}

  /**
   * Writes a document of one route; flushes the writer, does not close it.
   *
   * @throws IllegalArgumentException if there are several routes
   */
  public static void write(RouteDocument document, Writer out) throws IOException {
    RouteDocument.PredictedRoute predicted = document.only();
    XmlOut xml = new XmlOut(out);
    xml.open("graphml", "xmlns", "http://graphml.graphdrawing.org/xmlns");
    key(xml, "graph", "threshold", "double");
    for (Fact fact : facts(document.measure())) {
      key(xml, "graph", fact.name(), fact.type());
    }
    key(xml, "graph", "prediction", "string");
    key(xml, "graph", "shows", "string");
    key(xml, "node", "kind", "string");
    key(xml, "node", "layer", "int");
    key(xml, "node", "position", "int");
    key(xml, "node", "flow", "double");
    key(xml, "node", "text", "string");
    key(xml, "edge", "kind", "string");
    key(xml, "edge", "weight", "double");
    key(xml, "edge", "heads", "string");

    RouteDocument.Prediction prediction = predicted.prediction();
    xml.open("graph", "id", "route", "edgedefault", "directed");
    data(xml, "graph_threshold", Spelling.exact(document.threshold()));
    for (Fact fact : facts(document.measure())) {
      data(xml, "graph_" + fact.name(), fact.value());
    }
    data(xml, "graph_prediction", RouteDocument.label(prediction.id(), prediction.text()));
    data(xml, "graph_shows", document.measure().shows());
    for (Route.NodeFlow node : predicted.route().nodes()) {
      node(xml, document, node);
    }
    int number = 0;
    for (Edge edge : predicted.route().edges()) {
      edge(xml, edge, number++);
    }
    xml.close().close().end();
  }

  /** What the whole graph says of itself. */
  private record Fact(String name, String type, String value) {}

  private static List<Fact> facts(RouteDocument.Measure measure) {
    return switch (measure) {
      case RouteDocument.Measure.Contribution contribution ->
          List.of(new Fact("mode", "string", Spelling.lower(contribution.mode())));
      case RouteDocument.Measure.Relevance relevance ->
          List.of(
              new Fact("by", "string", "relevance"),
              new Fact("alpha", "double", Spelling.exact(relevance.alpha())),
              new Fact("value", "double", Spelling.logit(relevance.value())),
              new Fact("of", "string", relevance.inWords()));
    };
  }

  private static void node(XmlOut xml, RouteDocument document, Route.NodeFlow node)
      throws IOException {
    xml.open("node", "id", node.node().id());
    data(xml, "node_kind", Spelling.kind(node.node()));
    data(xml, "node_layer", Integer.toString(node.node().layer()));
    data(xml, "node_position", Integer.toString(node.node().position()));
    data(xml, "node_flow", Spelling.share(node.flow()));
    if (node.node().kind() == Node.Kind.TOKEN) {
      RouteDocument.Token token = document.tokens().get(node.node().position());
      data(xml, "node_text", RouteDocument.label(token.id(), token.text()));
    }
    xml.close();
  }

  private static void edge(XmlOut xml, Edge edge, int number) throws IOException {
    xml.open("edge", "id", "e" + number, "source", edge.from().id(), "target", edge.to().id());
    data(xml, "edge_kind", Spelling.kind(edge));
    data(xml, "edge_weight", Spelling.share(edge.weight()));
    if (edge instanceof Edge.Attention attention) {
      data(
          xml,
          "edge_heads",
          attention.heads().stream()
              .map(head -> head.head() + ":" + Spelling.share(head.contribution()))
              .collect(Collectors.joining(" ")));
    }
    xml.close();
  }

  private static void key(XmlOut xml, String of, String name, String type) throws IOException {
    String id = of + "_" + name;
    xml.open("key", "id", id, "for", of, "attr.name", name, "attr.type", type).close();
  }

  private static void data(XmlOut xml, String key, String value) throws IOException {
    xml.open("data", "key", key).text(value).close();
  }
}
