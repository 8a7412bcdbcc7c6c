package dev.limpid.explorer.serve.api;

import dev.limpid.Comparison;
import dev.limpid.InterventionRequest;
import dev.limpid.Prompt;
import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.JsonBody;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Reply;
import dev.limpid.explorer.serve.Trace;
import dev.limpid.files.InterventionsFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code POST /api/traces/{id}/changes}: the prediction before and after changes. */
final class ChangesPath implements Endpoint {
  private static final int PREDICTIONS = 5;
  private static final Map<String, Map<String, Object>> KEYS =
      Map.of(
          "interventions", Map.of("type", "array"),
          "source", Map.of("type", "string"),
          "answer", Map.of("type", "string"),
          "distractor", Map.of("type", "string"));

  private List<InterventionRequest> requests(JsonBody body) {
    List<InterventionRequest> requests;
    try {
      String file = "{\"interventions\":" + body.root().path("interventions") + "}";
      requests = InterventionsFile.read(file.getBytes(StandardCharsets.UTF_8), "body");
    } catch (IOException e) {
      throw JsonBody.bad(String.valueOf(e.getMessage()));
    }
    if (requests.isEmpty() || requests.size() > explorer.limits().maxChanges()) {
      throw JsonBody.bad(
          "interventions: 1 to %d are needed.".formatted(explorer.limits().maxChanges()));
    }
    return requests;
  }

  private static @Nullable Integer token(JsonBody body, Prompt prompt, String key) {
    Optional<String> text = body.text(key);
    return text.isEmpty() ? null : (Integer) TraceQuery.id(prompt, key, text.get());
  }

  private final Explorer explorer;

  ChangesPath(Explorer explorer) {
    this.explorer = explorer;
  }

  @Override
  public Operation operation() {
    return Operation.post(
        "/api/traces/{id}/changes", "The prediction before and after changes.", KEYS);
  }

  @Override
  public Reply reply(Exchange exchange) throws IOException {
    Trace trace = explorer.traces().require(exchange.variable("id"));
    JsonBody body = exchange.body();
    List<InterventionRequest> requests = requests(body);
    Prompt prompt = trace.analysis().prompt();
    @Nullable Integer answer = token(body, prompt, "answer");
    Comparison comparison =
        Comparison.of(trace.analysis().last(), answer, token(body, prompt, "distractor"));
    Optional<String> source = body.text("source");
    Comparison compared =
        source.isEmpty()
            ? comparison
            : comparison.withSource(
                GivenText.ofText(
                    explorer.models().require(prompt.source().name()),
                    source.get(),
                    Optional.empty(),
                    explorer.limits()));
    return new Reply.Asked(
        explorer.passes(),
        exchange.question() + body.root(),
        listener ->
            Content.json(
                trace
                    .analysis()
                    .heardBy(listener)
                    .experiment(compared)
                    .ablate(requests, PREDICTIONS)));
  }
}
