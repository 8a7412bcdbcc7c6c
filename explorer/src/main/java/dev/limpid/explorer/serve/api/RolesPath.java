package dev.limpid.explorer.serve.api;

import dev.limpid.LanguageModel;
import dev.limpid.attribution.heads.HeadProbes;
import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Models;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Reply;
import dev.limpid.json.JsonOut;
import dev.limpid.view.HeadRolesView;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** {@code GET /api/models/{name}/roles}: which head of a model does what. */
final class RolesPath implements Endpoint {
  /** What was measured once, by the name of the model. */
  private final Map<String, byte[]> measured = new ConcurrentHashMap<>();

  private final Explorer explorer;

  RolesPath(Explorer explorer) {
    this.explorer = explorer;
  }

  @Override
  public Operation operation() {
    return Operation.get("/api/models/{name}/roles", "Which head of a model does what.")
        .withEvents();
  }

  @Override
  public Reply reply(Exchange exchange) {
    Models.Listed model = explorer.models().require(exchange.variable("name"));
    byte @Nullable [] known = measured.get(model.name());
    if (known != null) {
      return new Reply.Ready(Content.json(known));
    }
    return new Reply.Asked(
        explorer.passes(),
        exchange.question(),
        listener -> {
          LanguageModel open =
              explorer.open(model, explorer.models().backends().getFirst(), listener);
          HeadProbes probes = open.headProbes(List.of());
          byte[] document =
              JsonOut.bytes(HeadRolesView.of(open.view(), null, open.headRoles(probes, listener)));
          measured.put(model.name(), document);
          return Content.json(document);
        });
  }
}
