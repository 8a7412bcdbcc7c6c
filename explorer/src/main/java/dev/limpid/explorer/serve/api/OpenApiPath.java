package dev.limpid.explorer.serve.api;

import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Reply;

/** {@code GET /api/openapi.json}: this interface, described. */
final class OpenApiPath implements Endpoint {

  private final Explorer explorer;

  OpenApiPath(Explorer explorer) {
    this.explorer = explorer;
  }

  @Override
  public Operation operation() {
    return Operation.get("/api/openapi.json", "This interface, described in OpenAPI 3.1.");
  }

  @Override
  public Reply reply(Exchange exchange) {
    return new Reply.Ready(
        Content.json(new OpenApi(Paths.all(explorer)).document(explorer.mayLoadFiles())));
  }
}
