package dev.limpid.explorer.serve.api;

import dev.limpid.Generation;
import dev.limpid.GenerationSettings;
import dev.limpid.LanguageModel;
import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.JsonBody;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Reply;
import dev.limpid.model.generate.Sampling;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code POST /api/generate}: how a model continues a text. */
final class GeneratePath implements Endpoint {
  private static final int USUAL = 20;
  private static final int MOST = 2048;
  private static final Map<String, Map<String, Object>> KEYS = keys();

  private static Map<String, Map<String, Object>> keys() {
    Map<String, Map<String, Object>> keys = new LinkedHashMap<>(GivenText.KEYS);
    keys.put("max_new", Map.of("type", "integer", "minimum", 1, "maximum", MOST));
    keys.put("temperature", Map.of("type", "number", "minimum", 0));
    keys.put("top_k", Map.of("type", "integer", "minimum", 0));
    keys.put("top_p", Map.of("type", "number", "exclusiveMinimum", 0, "maximum", 1));
    keys.put("seed", Map.of("type", "integer", "minimum", 0));
    return keys;
  }

  private static GenerationSettings settings(JsonBody body) {
    try {
      return new GenerationSettings(
          new Sampling(
              body.number("temperature", 0, 1000).orElse(0.0),
              body.whole("top_k", 0, Integer.MAX_VALUE).orElse(0),
              body.number("top_p", 0, 1).orElse(1.0),
              body.whole("seed", 0, Integer.MAX_VALUE).orElse(0)),
          body.whole("max_new", 1, MOST).orElse(USUAL),
          false);
    } catch (IllegalArgumentException e) {
      throw JsonBody.bad(String.valueOf(e.getMessage()));
    }
  }

  private final Explorer explorer;

  GeneratePath(Explorer explorer) {
    this.explorer = explorer;
  }

  @Override
  public Operation operation() {
    return Operation.post("/api/generate", "How a model continues a text.", KEYS);
  }

  @Override
  public Reply reply(Exchange exchange) throws IOException {
    JsonBody body = exchange.body();
    GivenText given = GivenText.read(body, explorer);
    GenerationSettings settings = settings(body);
    return new Reply.Asked(
        explorer.passes(),
        "generate " + body.root() + given.prompt().tokens(),
        listener -> {
          LanguageModel model = explorer.open(given.model(), given.backend(), listener);
          Generation generation = model.analyse(given.prompt(), listener).generate(settings);
          return Content.json(generation.toEnd(token -> listener.event("token", token)));
        });
  }
}
