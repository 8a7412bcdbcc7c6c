package dev.limpid.explorer.serve.api;

import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Parameter;
import dev.limpid.explorer.serve.Reply;

/** {@code GET /api/traces/{id}/neurons}: the neurons of a layer that brought most to a position. */
final class NeuronsPath implements Endpoint {
  private static final int USUAL = 20;
  private static final Parameter TOP = TraceQuery.top(USUAL, 100);

  private final Explorer explorer;

  NeuronsPath(Explorer explorer) {
    this.explorer = explorer;
  }

  @Override
  public Operation operation() {
    return Operation.get(
        "/api/traces/{id}/neurons",
        "The neurons that brought most to a position.",
        TraceQuery.LAYER.must(),
        TraceQuery.POSITION,
        TOP);
  }

  @Override
  public Reply reply(Exchange exchange) {
    TraceQuery query = TraceQuery.of(exchange, explorer);
    int layer = query.layer();
    int position = query.position();
    int top = query.top(TOP, USUAL);
    return explorer.read(
        exchange,
        query.trace(),
        analysis -> Content.json(analysis.neurons(layer, position, top, query.options())));
  }
}
