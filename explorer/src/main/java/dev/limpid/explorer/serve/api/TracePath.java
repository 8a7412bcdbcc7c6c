package dev.limpid.explorer.serve.api;

import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Reply;

/** {@code GET /api/traces/{id}}: the trace that was made. */
final class TracePath implements Endpoint {
  private final Explorer explorer;

  TracePath(Explorer explorer) {
    this.explorer = explorer;
  }

  @Override
  public Operation operation() {
    return Operation.get("/api/traces/{id}", "The trace that was made.");
  }

  @Override
  public Reply reply(Exchange exchange) {
    return new Reply.Ready(
        Content.json(explorer.traces().require(exchange.variable("id")).document()));
  }
}
