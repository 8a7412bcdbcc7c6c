package dev.limpid.explorer.serve.api;

import dev.limpid.Ablation;
import dev.limpid.Analysis;
import dev.limpid.Comparison;
import dev.limpid.Faithfulness;
import dev.limpid.FaithfulnessSettings;
import dev.limpid.Prompt;
import dev.limpid.Question;
import dev.limpid.RelevanceSettings;
import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Parameter;
import dev.limpid.explorer.serve.Refusal;
import dev.limpid.explorer.serve.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code GET /api/traces/{id}/faithfulness}: what is left of an answer if the route runs alone. */
final class FaithfulnessPath implements Endpoint {
  private static final Parameter ABLATION =
      Parameter.word(
          "ablation",
          List.of("zero", "patch", "mean"),
          "What comes in place of the rest (default: patch with a source, else zero)");
  private static final Parameter SOURCE =
      Parameter.text("source", "For patch: another text of as many tokens");
  private static final Parameter REFERENCES =
      Parameter.text("references", "For mean: texts of as many tokens, one a line");
  private static final Parameter DRAWS =
      Parameter.whole("draws", 1, 100, "Circuits by chance beside the route (default: 20)");

  /** Refuses texts that nothing is taken from. */
  private static Ablation ablation(TraceQuery query) {
    boolean hasSource = query.query().has(SOURCE);
    boolean hasReferences = query.query().has(REFERENCES);
    Ablation ablation =
        query.query().word(ABLATION, Ablation.class).orElse(Ablation.byDefault(hasSource));
    require(SOURCE, hasSource, ablation, Ablation.PATCH);
    require(REFERENCES, hasReferences, ablation, Ablation.MEAN);
    return ablation;
  }

  private static void require(Parameter text, boolean isGiven, Ablation ablation, Ablation taking) {
    if (isGiven != (ablation == taking)) {
      throw new Refusal(
          Refusal.Code.BAD_PARAMETER,
          "%s: needed with ablation=%s, and with it alone.".formatted(text.name(), taking));
    }
  }

  private Comparison replacing(TraceQuery query, Comparison comparison) throws IOException {
    Optional<String> source = query.query().text(SOURCE);
    if (source.isPresent()) {
      return comparison.withSource(prompt(query, source.get()));
    }
    Optional<String> references = query.query().text(REFERENCES);
    if (references.isEmpty()) {
      return comparison;
    }
    List<Prompt> prompts = new ArrayList<>();
    for (String line : references.get().lines().filter(l -> !l.isBlank()).toList()) {
      prompts.add(prompt(query, line));
    }
    return comparison.withReferences(prompts);
  }

  private Prompt prompt(TraceQuery query, String text) throws IOException {
    Prompt asked = query.trace().analysis().prompt();
    try {
      return GivenText.ofText(
          explorer.models().require(asked.source().name()),
          text,
          Optional.empty(),
          explorer.limits());
    } catch (Refusal e) {
      throw e.code() == Refusal.Code.BAD_BODY
          ? new Refusal(Refusal.Code.BAD_PARAMETER, e.sentence())
          : e;
    }
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
            SOURCE,
            REFERENCES,
            DRAWS)
        .withEvents();
  }

  @Override
  public Reply reply(Exchange exchange) throws IOException {
    TraceQuery query = TraceQuery.of(exchange, explorer);
    boolean isBehindAnswer = RouteQuery.isBehindAnswer(query);
    if (isBehindAnswer) {
      RouteQuery.refuse(query, RouteQuery.MODE, "contributions");
      query.requiredToken(TraceQuery.ANSWER);
    }
    @Nullable Integer answer = query.token(TraceQuery.ANSWER);
    @Nullable Integer distractor = query.distractor(answer);
    Ablation ablation = ablation(query);
    Comparison comparison = replacing(query, Comparison.of(query.position(), answer, distractor));
    RelevanceSettings relevance =
        RelevanceSettings.DEFAULT.withThreshold(RouteQuery.threshold(query, explorer));
    FaithfulnessSettings usual = FaithfulnessSettings.of(ablation);
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
