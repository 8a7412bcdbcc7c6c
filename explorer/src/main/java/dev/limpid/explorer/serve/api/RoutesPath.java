package dev.limpid.explorer.serve.api;

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

/** {@code GET /api/traces/{id}/routes}: the route of a position. */
final class RoutesPath implements Endpoint {
  private static final Parameter MAX_EDGES =
      Parameter.whole("max_edges", 1, 20_000, "The most edges, largest first (default: 4000)");

  private final Explorer explorer;

  RoutesPath(Explorer explorer) {
    this.explorer = explorer;
  }

  @Override
  public Operation operation() {
    return Operation.get(
        "/api/traces/{id}/routes",
        "The route of a position.",
        TraceQuery.POSITION,
        RouteQuery.THRESHOLD,
        RouteQuery.MODE,
        MAX_EDGES);
  }

  @Override
  public Reply reply(Exchange exchange) {
    TraceQuery query = TraceQuery.of(exchange, explorer);
    RouteSettings settings = RouteQuery.settings(query, explorer);
    int position = query.position();
    return explorer.read(
        exchange,
        query.trace(),
        analysis -> Content.json(bytes(analysis.routes(settings, List.of(position)))));
  }

  private static byte[] bytes(RouteDocument document) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Writer out = new OutputStreamWriter(bytes, StandardCharsets.UTF_8)) {
      RoutesJson.write(document, out);
    }
    return bytes.toByteArray();
  }
}
