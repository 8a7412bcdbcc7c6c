package dev.limpid.explorer.serve.api;

import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Models;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Reply;

/** {@code GET /api/models/{name}}: facts of one model. */
final class ModelPath implements Endpoint {

  private final Explorer explorer;

  ModelPath(Explorer explorer) {
    this.explorer = explorer;
  }

  @Override
  public Operation operation() {
    return Operation.get("/api/models/{name}", "Facts of a model.");
  }

  @Override
  public Reply reply(Exchange exchange) {
    Models.Listed model = explorer.models().require(exchange.variable("name"));
    return new Reply.Asked(
        explorer.readings(),
        exchange.question(),
        listener -> Content.json(ModelFacts.of(model.source())));
  }
}
