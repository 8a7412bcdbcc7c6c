package dev.limpid.explorer.serve.api;

import dev.limpid.LanguageModel;
import dev.limpid.Progress;
import dev.limpid.PromptsStudy;
import dev.limpid.QuestionException;
import dev.limpid.RouteSettings;
import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.JsonBody;
import dev.limpid.explorer.serve.Models;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Refusal;
import dev.limpid.explorer.serve.Reply;
import dev.limpid.routes.ThresholdMode;
import dev.limpid.view.PromptsView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code POST /api/prompts}: how much of the routes of many prompts goes through each head and MLP.
 */
final class PromptsPath implements Endpoint {
  private static final double BELOW_ONE = Math.nextDown(1.0);
  private static final Map<String, Map<String, Object>> KEYS =
      Map.of(
          "prompts", Map.of("type", "array", "items", Map.of("type", "string")),
          "model", Map.of("type", "string"),
          "threshold", Map.of("type", "number"),
          "mode", Map.of("type", "string", "enum", List.of("renormalised", "raw")));

  /** A line a head, and one for each MLP, whose head is left empty. */
  private static Content csv(PromptsView view) {
    StringBuilder lines = new StringBuilder("layer,head,flow\n");
    for (int l = 0; l < view.heads().size(); l++) {
      double[] heads = view.heads().get(l);
      for (int h = 0; h < heads.length; h++) {
        lines.append("%d,%d,%.6f\n".formatted(l, h, heads[h]));
      }
      lines.append("%d,,%.6f\n".formatted(l, view.mlps()[l]));
    }
    return Content.file(
        "text/csv; charset=utf-8", lines.toString().getBytes(StandardCharsets.UTF_8), "heads.csv");
  }

  private List<String> prompts(JsonBody body) {
    List<String> prompts = body.texts("prompts").orElse(List.of());
    int most = explorer.limits().maxPrompts();
    if (prompts.isEmpty() || prompts.size() > most) {
      throw JsonBody.bad("prompts: a list of 1 to %d texts is needed.".formatted(most));
    }
    return prompts;
  }

  private static ThresholdMode mode(JsonBody body) {
    String asked = body.text("mode").orElse(ThresholdMode.RENORMALISED.toString());
    return Arrays.stream(ThresholdMode.values())
        .filter(mode -> mode.toString().equals(asked))
        .findFirst()
        .orElseThrow(() -> JsonBody.bad("mode: one of renormalised, raw is needed."));
  }

  private void add(PromptsStudy study, Models.Listed model, String text, int number)
      throws IOException {
    try {
      study.add(GivenText.ofText(model, text, Optional.empty(), explorer.limits()));
    } catch (Refusal e) {
      study.skip(number, e.sentence());
    } catch (QuestionException e) {
      study.skip(number, String.valueOf(e.getMessage()));
    }
  }

  private final Explorer explorer;

  PromptsPath(Explorer explorer) {
    this.explorer = explorer;
  }

  @Override
  public Operation operation() {
    return Operation.post(
        "/api/prompts", "How much of many routes goes through each head and MLP.", KEYS);
  }

  @Override
  public Reply reply(Exchange exchange) throws IOException {
    JsonBody body = exchange.body();
    Models.Listed model = GivenText.model(body, explorer);
    List<String> prompts = prompts(body);
    RouteSettings settings =
        RouteSettings.DEFAULT
            .withMode(mode(body))
            .withThreshold(
                body.number("threshold", explorer.limits().finestThreshold(), BELOW_ONE)
                    .orElse(0.04));
    boolean csv = exchange.accepts("text/csv");
    return new Reply.Asked(
        explorer.passes(),
        "prompts " + csv + body.root(),
        listener -> {
          LanguageModel open =
              explorer.open(model, explorer.models().backends().getFirst(), listener);
          PromptsStudy study = new PromptsStudy(open, settings);
          for (int i = 0; i < prompts.size(); i++) {
            add(study, model, prompts.get(i), i);
            listener.done(Progress.Phase.PROMPTS, i + 1, prompts.size());
          }
          return csv ? csv(study.view()) : Content.json(study.view());
        });
  }
}
