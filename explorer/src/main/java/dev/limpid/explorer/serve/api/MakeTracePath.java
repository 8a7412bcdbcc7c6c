package dev.limpid.explorer.serve.api;

import dev.limpid.Analysis;
import dev.limpid.LanguageModel;
import dev.limpid.Prompt;
import dev.limpid.QuestionException;
import dev.limpid.attribution.BiasOption;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.JsonBody;
import dev.limpid.explorer.serve.Listener;
import dev.limpid.explorer.serve.Models;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Reply;
import dev.limpid.explorer.serve.Trace;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code POST /api/traces}: runs a text; what comes back is asked further questions by its id. */
final class MakeTracePath implements Endpoint {
  private static final List<String> BIASES = List.of("excluded", "separate");

  private final Explorer explorer;

  MakeTracePath(Explorer explorer) {
    this.explorer = explorer;
  }

  @Override
  public Operation operation() {
    Map<String, Map<String, Object>> keys = new LinkedHashMap<>(GivenText.KEYS);
    keys.put("bias", Map.of("type", "string", "enum", BIASES));
    return Operation.post("/api/traces", "Runs a text and keeps what questions need.", keys);
  }

  /** Runs a text before anybody asks for it. */
  static void prepare(Explorer explorer, Models.Listed model, String text) throws IOException {
    MakeTracePath path = new MakeTracePath(explorer);
    String backend = explorer.models().backends().getFirst();
    Prompt prompt = GivenText.ofText(model, text, Optional.empty(), explorer.limits());
    GivenText given = new GivenText(model, backend, prompt);
    ContributionOptions options = new ContributionOptions(BiasOption.EXCLUDED, 0);
    explorer
        .passes()
        .prepare(question(given, options), listener -> path.run(given, options, listener));
  }

  private static String question(GivenText given, ContributionOptions options) {
    return String.join(
        " ",
        "trace",
        given.model().name(),
        given.backend(),
        options.toString(),
        given.prompt().tokens().toString());
  }

  @Override
  public Reply reply(Exchange exchange) throws IOException {
    JsonBody body = exchange.body();
    GivenText given = GivenText.read(body, explorer);
    ContributionOptions options = new ContributionOptions(bias(body), 0);
    Optional<Trace> known = known(given, options);
    if (known.isPresent()) {
      return new Reply.Ready(Content.json(known.get().document()));
    }
    return new Reply.Asked(
        explorer.passes(), question(given, options), listener -> run(given, options, listener));
  }

  private static BiasOption bias(JsonBody body) {
    String bias = body.text("bias").orElse(BIASES.getFirst());
    if (!BIASES.contains(bias)) {
      throw JsonBody.bad("bias: one of %s is needed.".formatted(String.join(", ", BIASES)));
    }
    return bias.equals(BIASES.getFirst()) ? BiasOption.EXCLUDED : BiasOption.SEPARATE;
  }

  private Optional<Trace> known(GivenText given, ContributionOptions options) throws IOException {
    Optional<LanguageModel> model = explorer.models().opened(given.model().name(), given.backend());
    return model.isEmpty()
        ? Optional.empty()
        : explorer.traces().find(Trace.id(model.get(), given.prompt().tokens(), options));
  }

  private Content run(GivenText given, ContributionOptions options, Listener listener)
      throws IOException, QuestionException {
    LanguageModel model = explorer.open(given.model(), given.backend(), listener);
    String id = Trace.id(model, given.prompt().tokens(), options);
    Optional<Trace> known = explorer.traces().find(id);
    if (known.isPresent()) {
      return Content.json(known.get().document());
    }
    Analysis analysis = model.analyse(given.prompt(), listener);
    Trace trace = Trace.of(id, analysis, options, listener);
    explorer.traces().put(trace);
    return Content.json(trace.document());
  }
}
