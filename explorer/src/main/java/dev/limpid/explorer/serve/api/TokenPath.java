package dev.limpid.explorer.serve.api;

import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Models;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Parameter;
import dev.limpid.explorer.serve.Reply;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /api/models/{name}/token}: whether a text is one token of a model, so that who is not
 * sure need not be refused by what takes one.
 */
final class TokenPath implements Endpoint {
  private static final Parameter TEXT =
      Parameter.text("text", "A text, with its leading blank").must();

  /**
   * The answer.
   *
   * @param id of the token with exactly this text; null where there is none
   */
  record Known(String text, @Nullable Integer id) {}

  private final Explorer explorer;

  TokenPath(Explorer explorer) {
    this.explorer = explorer;
  }

  @Override
  public Operation operation() {
    return Operation.get(
        "/api/models/{name}/token", "Whether a text is one token of a model.", TEXT);
  }

  @Override
  public Reply reply(Exchange exchange) {
    Models.Listed model = explorer.models().require(exchange.variable("name"));
    String text = exchange.query().text(TEXT).orElseThrow();
    return new Reply.Asked(
        explorer.readings(),
        exchange.question(),
        listener -> {
          OptionalInt id = model.source().names().id(text, model.source().config().dVocab());
          return Content.json(new Known(text, id.isPresent() ? (Integer) id.getAsInt() : null));
        });
  }
}
