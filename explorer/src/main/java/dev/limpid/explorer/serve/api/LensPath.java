package dev.limpid.explorer.serve.api;

import dev.limpid.LensQuestion;
import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Parameter;
import dev.limpid.explorer.serve.Reply;
import java.util.List;
import java.util.stream.IntStream;

/** {@code GET /api/traces/{id}/lens}: states read as predictions. */
final class LensPath implements Endpoint {
  private static final int USUAL = 5;
  private static final Parameter TOP = TraceQuery.top(USUAL, 100);
  private static final Parameter POSITIONS =
      Parameter.text("positions", "Positions such as 3,7-12 (default: all)");
  private static final Parameter RANK_OF =
      Parameter.text("rank_of", "A token, whose rank in each state is told");

  private final Explorer explorer;

  LensPath(Explorer explorer) {
    this.explorer = explorer;
  }

  @Override
  public Operation operation() {
    return Operation.get(
        "/api/traces/{id}/lens",
        "States read as predictions.",
        POSITIONS,
        TraceQuery.LAYER,
        TOP,
        RANK_OF);
  }

  @Override
  public Reply reply(Exchange exchange) {
    TraceQuery query = TraceQuery.of(exchange, explorer);
    int last = query.last();
    List<Integer> positions =
        query.query().list(POSITIONS, last).orElse(IntStream.rangeClosed(0, last).boxed().toList());
    int nLayers = query.config().nLayers();
    List<Integer> layers =
        query
            .query()
            .whole(TraceQuery.LAYER, 0, nLayers - 1)
            .map(List::of)
            .orElse(IntStream.range(0, nLayers).boxed().toList());
    LensQuestion question =
        new LensQuestion(
            LensQuestion.State.RESID_POST,
            layers,
            positions,
            query.top(TOP, USUAL),
            query.token(RANK_OF));
    return explorer.read(
        exchange, query.trace(), analysis -> Content.json(analysis.lens(question)));
  }
}
