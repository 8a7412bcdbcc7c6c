package dev.limpid.explorer.serve.api;

import dev.limpid.Anatomy;
import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Reply;
import dev.limpid.routes.ThresholdMode;

/** {@code GET /api/traces/{id}/sizes}: how large the route is at each stop of the slider. */
final class SizesPath implements Endpoint {

  private final Explorer explorer;

  SizesPath(Explorer explorer) {
    this.explorer = explorer;
  }

  @Override
  public Operation operation() {
    return Operation.get(
        "/api/traces/{id}/sizes",
        "How large the route is at each stop of the slider.",
        TraceQuery.POSITION,
        RouteQuery.MODE);
  }

  @Override
  public Reply reply(Exchange exchange) {
    TraceQuery query = TraceQuery.of(exchange, explorer);
    int position = query.position();
    ThresholdMode mode = RouteQuery.mode(query);
    return explorer.read(
        exchange,
        query.trace(),
        analysis -> Content.json(new Anatomy(analysis).sizes(position, mode, query.options())));
  }
}
