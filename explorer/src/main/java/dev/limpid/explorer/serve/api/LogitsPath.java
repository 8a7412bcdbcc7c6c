package dev.limpid.explorer.serve.api;

import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Parameter;
import dev.limpid.explorer.serve.Reply;
import dev.limpid.view.LogitsView.By;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code GET /api/traces/{id}/logits}: a logit, or the difference of two, split among parts. */
final class LogitsPath implements Endpoint {
  private static final Parameter BY =
      Parameter.word(
          "by", List.of("head", "layer", "token"), "What it is split among (default: head)");

  private final Explorer explorer;

  LogitsPath(Explorer explorer) {
    this.explorer = explorer;
  }

  @Override
  public Operation operation() {
    return Operation.get(
        "/api/traces/{id}/logits",
        "A logit, or the difference of two, split.",
        TraceQuery.ANSWER,
        TraceQuery.DISTRACTOR,
        TraceQuery.POSITION,
        BY);
  }

  @Override
  public Reply reply(Exchange exchange) {
    TraceQuery query = TraceQuery.of(exchange, explorer);
    @Nullable Integer answer = query.token(TraceQuery.ANSWER);
    @Nullable Integer distractor = query.distractor(answer);
    int position = query.position();
    By by = query.query().word(BY, By.class).orElse(By.HEAD);
    return explorer.read(
        exchange,
        query.trace(),
        analysis -> Content.json(analysis.logits(position, answer, distractor, by)));
  }
}
