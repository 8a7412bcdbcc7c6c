package dev.limpid.explorer.serve.api;

import dev.limpid.LensQuestion;
import dev.limpid.LensQuestion.State;
import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Parameter;
import dev.limpid.explorer.serve.Refusal;
import dev.limpid.explorer.serve.Reply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** {@code GET /api/traces/{id}/lens}: states read as predictions. */
final class LensPath implements Endpoint {
  private static final int USUAL = 5;
  private static final int MOST = 4096;
  private static final Parameter TOP = TraceQuery.top(USUAL, 100);
  private static final Parameter POSITIONS =
      Parameter.text("positions", "Positions such as 3,7-12 (default: all)");
  private static final Parameter STATES =
      Parameter.text(
          "states", "Some of resid_pre,resid_mid,resid_post (default: resid_mid,resid_post)");
  private static final Parameter NORM =
      Parameter.word("norm", List.of("own", "raw"), "The norm in front of the head (default: own)");
  private static final Parameter RANK_OF =
      Parameter.text("rank_of", "A token, whose rank in each state is told");

  /** The norms in front of the head. */
  private enum Norm {
    OWN,
    RAW
  }

  private static List<Integer> layers(TraceQuery query) {
    int nLayers = query.config().nLayers();
    return query
        .query()
        .whole(TraceQuery.LAYER, 0, nLayers - 1)
        .map(List::of)
        .orElse(IntStream.range(0, nLayers).boxed().toList());
  }

  private static List<State> states(TraceQuery query) {
    Optional<String> asked = query.query().text(STATES);
    if (asked.isEmpty()) {
      return query.config().residual().isParallel()
          ? List.of(State.RESID_POST)
          : List.of(State.RESID_MID, State.RESID_POST);
    }
    List<State> states = new ArrayList<>();
    for (String name : asked.get().split(",", -1)) {
      State state =
          Arrays.stream(State.values())
              .filter(s -> s.toString().equals(name) && !states.contains(s))
              .findFirst()
              .orElseThrow(() ->
                  new Refusal(
                      Refusal.Code.BAD_PARAMETER,
                      "states: some of resid_pre,resid_mid,resid_post are needed, each once."));
      states.add(state);
    }
    return states;
  }

  private static void requireFew(long states) {
    if (states > MOST) {
      throw new Refusal(
          Refusal.Code.BAD_PARAMETER,
          "positions: %d states are more than the %d that are read at a time."
              .formatted(states, MOST));
    }
  }

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
        STATES,
        TOP,
        NORM,
        RANK_OF);
  }

  @Override
  public Reply reply(Exchange exchange) {
    TraceQuery query = TraceQuery.of(exchange, explorer);
    int last = query.last();
    List<Integer> positions =
        query.query().list(POSITIONS, last).orElse(IntStream.rangeClosed(0, last).boxed().toList());
    List<Integer> layers = layers(query);
    List<State> states = states(query);
    requireFew((long) positions.size() * layers.size() * states.size());
    boolean raw = query.query().word(NORM, Norm.class).orElse(Norm.OWN) == Norm.RAW;
    LensQuestion question =
        new LensQuestion(
            states, layers, positions, query.top(TOP, USUAL), query.token(RANK_OF), raw);
    return explorer.read(
        exchange, query.trace(), analysis -> Content.json(analysis.lens(question)));
  }
}
