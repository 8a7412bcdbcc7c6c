package dev.limpid.explorer.serve.api;

import dev.limpid.Question;
import dev.limpid.RelevanceSettings;
import dev.limpid.RouteSettings;
import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Parameter;
import dev.limpid.explorer.serve.Reply;
import dev.limpid.routes.export.RouteDocument;
import dev.limpid.routes.export.RoutesJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code GET /api/traces/{id}/routes}: the route of a position, or the one behind an answer. */
final class RoutesPath implements Endpoint {
  private static final int USUAL = 4000;
  private static final Parameter MAX_EDGES =
      Parameter.whole("max_edges", 1, 20_000, "The most edges, largest first (default: 4000)");

  /** Gradients run through the whole model: that is a pass of its own. */
  private Reply behindAnswer(Exchange exchange, TraceQuery query, int position, int maxEdges) {
    RouteQuery.refuse(query, RouteQuery.MODE, "contributions");
    int answer = query.requiredToken(TraceQuery.ANSWER);
    @Nullable Integer distractor = query.distractor(answer);
    Question question = new Question(position, answer, distractor);
    RelevanceSettings settings =
        RelevanceSettings.DEFAULT.withThreshold(RouteQuery.threshold(query, explorer));
    return new Reply.Asked(
        explorer.passes(),
        exchange.question(),
        listener ->
            Content.json(
                bytes(
                    query.trace().analysis().heardBy(listener).routeBehind(question, settings),
                    maxEdges)));
  }

  private static byte[] bytes(RouteDocument document, int maxEdges) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Writer out = new OutputStreamWriter(bytes, StandardCharsets.UTF_8)) {
      RoutesJson.write(document, maxEdges, out);
    }
    return bytes.toByteArray();
  }

  private final Explorer explorer;

  RoutesPath(Explorer explorer) {
    this.explorer = explorer;
  }

  @Override
  public Operation operation() {
    return Operation.get(
            "/api/traces/{id}/routes",
            "The route of a position, or the one behind an answer.",
            RouteQuery.BY,
            TraceQuery.ANSWER,
            TraceQuery.DISTRACTOR,
            TraceQuery.POSITION,
            RouteQuery.THRESHOLD,
            RouteQuery.MODE,
            MAX_EDGES)
        .withEvents();
  }

  @Override
  public Reply reply(Exchange exchange) {
    TraceQuery query = TraceQuery.of(exchange, explorer);
    int position = query.position();
    int maxEdges = query.query().whole(MAX_EDGES, 1, explorer.limits().maxEdges()).orElse(USUAL);
    if (RouteQuery.isBehindAnswer(query)) {
      return behindAnswer(exchange, query, position, maxEdges);
    }
    RouteQuery.refuse(query, TraceQuery.ANSWER, "relevance");
    RouteQuery.refuse(query, TraceQuery.DISTRACTOR, "relevance");
    RouteSettings settings = RouteQuery.settings(query, explorer);
    return explorer.read(
        exchange,
        query.trace(),
        analysis -> Content.json(bytes(analysis.routes(settings, List.of(position)), maxEdges)));
  }
}
