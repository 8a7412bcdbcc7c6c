package dev.limpid.explorer.serve.api;

import dev.limpid.Ablation;
import dev.limpid.Analysis;
import dev.limpid.Comparison;
import dev.limpid.Faithfulness;
import dev.limpid.FaithfulnessSettings;
import dev.limpid.Question;
import dev.limpid.RelevanceSettings;
import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Parameter;
import dev.limpid.explorer.serve.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code GET /api/traces/{id}/faithfulness}: what is left of an answer if the route runs alone. */
final class FaithfulnessPath implements Endpoint {
  private static final Parameter ABLATION =
      Parameter.word(
          "ablation", List.of("zero"), "What comes in place of the rest (default: zero)");
  private static final Parameter DRAWS =
      Parameter.whole("draws", 1, 100, "Circuits by chance beside the route (default: 20)");

  /** The other ablations need another prompt. */
  private enum Zero {
    ZERO
  }

  private final Explorer explorer;

  FaithfulnessPath(Explorer explorer) {
    this.explorer = explorer;
  }

  @Override
  public Operation operation() {
    return Operation.get(
            "/api/traces/{id}/faithfulness",
            "What is left of an answer if the route runs alone.",
            RouteQuery.BY,
            TraceQuery.POSITION,
            RouteQuery.THRESHOLD,
            RouteQuery.MODE,
            TraceQuery.ANSWER,
            TraceQuery.DISTRACTOR,
            ABLATION,
            DRAWS)
        .withEvents();
  }

  @Override
  public Reply reply(Exchange exchange) {
    TraceQuery query = TraceQuery.of(exchange, explorer);
    boolean isBehindAnswer = RouteQuery.isBehindAnswer(query);
    if (isBehindAnswer) {
      RouteQuery.refuse(query, RouteQuery.MODE, "contributions");
      query.requiredToken(TraceQuery.ANSWER);
    }
    @Nullable Integer answer = query.token(TraceQuery.ANSWER);
    @Nullable Integer distractor = query.distractor(answer);
    Comparison comparison = Comparison.of(query.position(), answer, distractor);
    RelevanceSettings relevance =
        RelevanceSettings.DEFAULT.withThreshold(RouteQuery.threshold(query, explorer));
    query.query().word(ABLATION, Zero.class);
    FaithfulnessSettings usual = FaithfulnessSettings.of(Ablation.ZERO);
    FaithfulnessSettings settings =
        new FaithfulnessSettings(
            usual.methods(),
            usual.ablation(),
            usual.withMlps(),
            usual.patternsFrozen(),
            List.of(RouteQuery.threshold(query, explorer)),
            RouteQuery.mode(query),
            usual.signed(),
            query.query().whole(DRAWS, 1, explorer.limits().maxTop()).orElse(usual.draws()),
            usual.seed(),
            usual.steps(),
            usual.alpha(),
            usual.correlations());
    return new Reply.Asked(
        explorer.passes(),
        exchange.question(),
        listener -> {
          Analysis analysis = query.trace().analysis().heardBy(listener);
          Faithfulness faithfulness = new Faithfulness(analysis.model(), settings);
          if (isBehindAnswer) {
            Question question = new Question(query.position(), answer, distractor);
            faithfulness.add(analysis, comparison, analysis.routeBehind(question, relevance));
          } else {
            faithfulness.add(analysis, comparison);
          }
          return Content.json(faithfulness.view());
        });
  }
}
