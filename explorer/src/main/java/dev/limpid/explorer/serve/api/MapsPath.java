package dev.limpid.explorer.serve.api;

import dev.limpid.Anatomy;
import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Parameter;
import dev.limpid.explorer.serve.Refusal;
import dev.limpid.explorer.serve.Reply;

/** {@code GET /api/traces/{id}/maps}: what a head looks at, and what it brought from there. */
final class MapsPath implements Endpoint {
  private static final int MOST = 512;
  private static final Parameter ROWS =
      Parameter.text("rows", "Positions such as 0-99, at most 512 (default: the last 512)");

  private final Explorer explorer;

  MapsPath(Explorer explorer) {
    this.explorer = explorer;
  }

  @Override
  public Operation operation() {
    return Operation.get(
        "/api/traces/{id}/maps",
        "Attention and contribution map of a head.",
        TraceQuery.LAYER.must(),
        TraceQuery.HEAD.must(),
        ROWS);
  }

  @Override
  public Reply reply(Exchange exchange) {
    TraceQuery query = TraceQuery.of(exchange, explorer);
    int layer = query.layer();
    int head = query.head();
    int last = query.last();
    int[] rows =
        query.query().range(ROWS, last).orElse(new int[] {Math.max(0, last - MOST + 1), last});
    if (rows[1] - rows[0] >= MOST) {
      throw new Refusal(
          Refusal.Code.BAD_PARAMETER, "rows: %d rows at most are given at a time.".formatted(MOST));
    }
    return explorer.read(
        exchange,
        query.trace(),
        analysis ->
            Content.json(
                new Anatomy(analysis).maps(layer, head, rows[0], rows[1], query.options())));
  }
}
