package dev.limpid.explorer.serve.api;

import dev.limpid.Anatomy;
import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Parameter;
import dev.limpid.explorer.serve.Reply;
import org.jspecify.annotations.Nullable;

/** {@code GET /api/traces/{id}/contrast}: how a logit, or a lead, came about, as a graph. */
final class ContrastPath implements Endpoint {
  private static final int USUAL = 400;
  private static final Parameter MAX_EDGES =
      Parameter.whole("max_edges", 1, 20_000, "The most edges, largest first (default: 400)");

  private final Explorer explorer;

  ContrastPath(Explorer explorer) {
    this.explorer = explorer;
  }

  @Override
  public Operation operation() {
    return Operation.get(
            "/api/traces/{id}/contrast",
            "How a logit, or the difference of two, came about.",
            TraceQuery.ANSWER.must(),
            TraceQuery.DISTRACTOR,
            TraceQuery.POSITION,
            MAX_EDGES)
        .withEvents();
  }

  @Override
  public Reply reply(Exchange exchange) {
    TraceQuery query = TraceQuery.of(exchange, explorer);
    int answer = query.requiredToken(TraceQuery.ANSWER);
    @Nullable Integer distractor = query.distractor(answer);
    int position = query.position();
    int maxEdges = query.query().whole(MAX_EDGES, 1, explorer.limits().maxEdges()).orElse(USUAL);
    return explorer.read(
        exchange,
        query.trace(),
        analysis ->
            Content.json(new Anatomy(analysis).contrast(position, answer, distractor, maxEdges)));
  }
}
