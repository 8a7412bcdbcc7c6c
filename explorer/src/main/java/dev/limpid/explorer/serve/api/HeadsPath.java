package dev.limpid.explorer.serve.api;

import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Parameter;
import dev.limpid.explorer.serve.Reply;

/** {@code GET /api/traces/{id}/heads}: what the heads of a layer brought to a position. */
final class HeadsPath implements Endpoint {
  private static final Parameter KEY =
      Parameter.whole("key", 0, "What they read from this position (default: all)");

  private final Explorer explorer;

  HeadsPath(Explorer explorer) {
    this.explorer = explorer;
  }

  @Override
  public Operation operation() {
    return Operation.get(
        "/api/traces/{id}/heads",
        "What the heads of a layer brought to a position.",
        TraceQuery.LAYER.must(),
        TraceQuery.POSITION,
        KEY);
  }

  @Override
  public Reply reply(Exchange exchange) {
    TraceQuery query = TraceQuery.of(exchange, explorer);
    int layer = query.layer();
    int position = query.position();
    Integer key = query.query().whole(KEY, 0, position).orElse(null);
    return explorer.read(
        exchange,
        query.trace(),
        analysis -> Content.json(analysis.heads(layer, position, key, query.options())));
  }
}
