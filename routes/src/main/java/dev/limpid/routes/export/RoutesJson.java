package dev.limpid.routes.export;

import dev.limpid.routes.Edge;
import dev.limpid.routes.Node;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteGraph;
import java.io.Writer;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * The JSON document of routes; its schema is {@code docs/schemas/routes.schema.json}.
 *
 * <p>Streamed, so that the routes of all positions need no second copy. Numbers are plain decimals;
 * the same document gives the same bytes.
 */
public final class RoutesJson {
  private static final String SCHEMA = "limpid/routes/1";
  private static final String BY_RELEVANCE = "limpid/routes-by-relevance/1";

  private static final JsonFactory FACTORY =
      JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

  private final JsonGenerator json;

  /** How many edges are written at most; 0 for all, and no word about it. */
  private final int maxEdges;

  private RoutesJson(JsonGenerator json, int maxEdges) {
    this.json = json;
    this.maxEdges = maxEdges;
  }

  /** Writes a document and a line end; flushes the writer, does not close it. */
  public static void write(RouteDocument document, Writer out) {
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      new RoutesJson(json, 0).document(document);
      json.writeRaw('\n');
    }
  }

  /**
   * Writes a document of one route with so many edges at most; {@code pruned} says what is left
   * out.
   *
   * @param maxEdges at least 1
   */
  public static void write(RouteDocument document, int maxEdges, Writer out) {
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      new RoutesJson(json, maxEdges).document(document);
      json.writeRaw('\n');
    }
  }

  private void document(RouteDocument document) {
    json.writeStartObject();
    RouteDocument.Measure measure = document.measure();
    boolean byRelevance = measure instanceof RouteDocument.Measure.Relevance;
    json.writeStringProperty("schema", byRelevance ? BY_RELEVANCE : SCHEMA);
    json.writeObjectPropertyStart("model");
    document.model().forEach(this::fact);
    json.writeEndObject();
    json.writeArrayPropertyStart("tokens");
    for (int position = 0; position < document.tokens().size(); position++) {
      token(position, document.tokens().get(position));
    }
    json.writeEndArray();
    number("threshold", Spelling.exact(document.threshold()));
    switch (measure) {
      case RouteDocument.Measure.Contribution contribution -> contribution(contribution);
      case RouteDocument.Measure.Relevance relevance -> relevance(relevance);
    }
    json.writeArrayPropertyStart("routes");
    document.routes().forEach(this::route);
    json.writeEndArray();
    if (maxEdges > 0) {
      pruned(document.only().route());
    }
    json.writeEndObject();
  }

  private void contribution(RouteDocument.Measure.Contribution measure) {
    json.writeStringProperty("mode", Spelling.lower(measure.mode()));
    json.writeStringProperty("bias", Spelling.lower(measure.options().bias()));
    number("floor", Spelling.exact(measure.options().floor()));
  }

  private void relevance(RouteDocument.Measure.Relevance measure) {
    json.writeStringProperty("by", "relevance");
    number("alpha", Spelling.exact(measure.alpha()));
    prediction("answer", measure.answer());
    if (measure.distractor() != null) {
      prediction("distractor", measure.distractor());
    }
    number("value", Spelling.logit(measure.value()));
  }

  private void fact(String name, @Nullable Object value) {
    switch (value) {
      case null -> json.writeNullProperty(name);
      case String text -> json.writeStringProperty(name, text);
      case Boolean bool -> json.writeBooleanProperty(name, bool);
      case Integer number -> json.writeNumberProperty(name, number);
      case Long number -> json.writeNumberProperty(name, number);
      case Supplier<?> later -> fact(name, later.get());
      case Double number -> number(name, Spelling.exact(number));
      default ->
          throw new IllegalArgumentException(
              "fact " + name + " of the model is a " + value.getClass().getName());
    }
  }

  private void token(int position, RouteDocument.Token token) {
    json.writeStartObject();
    json.writeNumberProperty("position", position);
    json.writeNumberProperty("id", token.id());
    text("text", token.text());
    text("piece", token.piece());
    json.writeEndObject();
  }

  private void route(RouteDocument.PredictedRoute predicted) {
    RouteGraph route = predicted.route();
    json.writeStartObject();
    json.writeNumberProperty("position", route.position());
    prediction("prediction", predicted.prediction());
    if (route instanceof Route plain) {
      number("kept_share", Spelling.share(plain.keptShare()));
      number("arriving_share", Spelling.share(plain.arrivingShare()));
    }
    @Nullable PrunedRoute pruned = isPruned(route) ? PrunedRoute.of(route, maxEdges) : null;
    json.writeArrayPropertyStart("nodes");
    (pruned == null ? route.nodes() : pruned.nodes()).forEach(this::node);
    json.writeEndArray();
    json.writeArrayPropertyStart("edges");
    (pruned == null ? route.edges() : pruned.edges()).forEach(this::edge);
    json.writeEndArray();
    json.writeArrayPropertyStart("source_flow");
    for (Route.NodeFlow source : route.sources()) {
      pair(source.node().position(), source.flow());
    }
    json.writeEndArray();
    if (route instanceof Route plain) {
      lost(plain);
    }
    json.writeEndObject();
  }

  private boolean isPruned(RouteGraph route) {
    return maxEdges > 0 && PrunedRoute.isNeeded(route, maxEdges);
  }

  /** Says how large the whole route is, or that this is all of it. */
  private void pruned(RouteGraph route) {
    if (!isPruned(route)) {
      json.writeNullProperty("pruned");
      return;
    }
    json.writeObjectPropertyStart("pruned");
    json.writeNumberProperty("nodes", route.nodes().size());
    json.writeNumberProperty("edges", route.edges().size());
    json.writeNumberProperty("max_edges", maxEdges);
    number("least", Spelling.share(PrunedRoute.of(route, maxEdges).least()));
    json.writeEndObject();
  }

  private void lost(Route route) {
    json.writeObjectPropertyStart("lost_flow");
    number("stopped", Spelling.share(route.lostFlow().stopped()));
    number("below_threshold", Spelling.share(route.lostFlow().belowThreshold()));
    number("bias", Spelling.share(route.lostFlow().bias()));
    json.writeEndObject();
    ids("cancelling", route.cancelling());
    ids("stopped", route.stopped());
  }

  private void prediction(String name, RouteDocument.Prediction prediction) {
    json.writeObjectPropertyStart(name);
    json.writeNumberProperty("id", prediction.id());
    text("text", prediction.text());
    number("probability", Spelling.share(prediction.probability()));
    json.writeEndObject();
  }

  private void node(Route.NodeFlow node) {
    json.writeStartObject();
    json.writeStringProperty("id", node.node().id());
    json.writeStringProperty("kind", Spelling.kind(node.node()));
    json.writeNumberProperty("layer", node.node().layer());
    json.writeNumberProperty("position", node.node().position());
    number("flow", Spelling.share(node.flow()));
    json.writeEndObject();
  }

  private void edge(Edge edge) {
    json.writeStartObject();
    json.writeStringProperty("from", edge.from().id());
    json.writeStringProperty("to", edge.to().id());
    json.writeStringProperty("kind", Spelling.kind(edge));
    number("weight", Spelling.share(edge.weight()));
    if (edge instanceof Edge.Attention attention) {
      json.writeArrayPropertyStart("heads");
      attention.heads().forEach(head -> pair(head.head(), head.contribution()));
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private void ids(String name, List<Node> nodes) {
    json.writeArrayPropertyStart(name);
    nodes.forEach(node -> json.writeString(node.id()));
    json.writeEndArray();
  }

  private void pair(int index, double share) {
    json.writeStartArray();
    json.writeNumber(index);
    json.writeNumber(Spelling.share(share));
    json.writeEndArray();
  }

  private void number(String name, String decimal) {
    json.writeName(name);
    json.writeNumber(decimal);
  }

  private void text(String name, @Nullable String text) {
    if (text == null) {
      json.writeNullProperty(name);
    } else {
      json.writeStringProperty(name, text);
    }
  }
}
