package dev.limpid.explorer.serve.api;

import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Models;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Reply;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * {@code GET /api/models}: facts of all models, as of {@code limpid models info}, without folders.
 */
final class ModelsPath implements Endpoint {
  /** The answer. */
  record Facts(List<JsonNode> models) {}

  private final Explorer explorer;

  ModelsPath(Explorer explorer) {
    this.explorer = explorer;
  }

  @Override
  public Operation operation() {
    return Operation.get("/api/models", "Facts of all models.");
  }

  @Override
  public Reply reply(Exchange exchange) {
    return new Reply.Asked(
        explorer.readings(),
        exchange.question(),
        listener -> {
          List<JsonNode> facts = new ArrayList<>();
          for (Models.Listed model : explorer.models().all()) {
            facts.add(ModelFacts.of(model.source()));
          }
          return Content.json(new Facts(facts));
        });
  }
}
