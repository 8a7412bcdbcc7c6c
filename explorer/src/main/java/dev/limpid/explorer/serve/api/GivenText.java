package dev.limpid.explorer.serve.api;

import dev.limpid.Prompt;
import dev.limpid.QuestionException;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.JsonBody;
import dev.limpid.explorer.serve.Limits;
import dev.limpid.explorer.serve.Models;
import dev.limpid.explorer.serve.Refusal;
import dev.limpid.explorer.serve.Refusal.Code;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A text, or the ids of tokens, for a model: what several bodies begin with.
 *
 * @param backend what computes
 */
record GivenText(Models.Listed model, String backend, Prompt prompt) {
  /** The keys that bodies with a text have. */
  static final Map<String, Map<String, Object>> KEYS =
      Map.of(
          "text", Map.of("type", "string"),
          "tokens", Map.of("type", "array", "items", Map.of("type", "integer", "minimum", 0)),
          "model", Map.of("type", "string"),
          "backend", Map.of("type", "string"),
          "bos", Map.of("type", "boolean"));

  /** Reads it from a body. */
  static GivenText read(JsonBody body, Explorer explorer) throws IOException {
    Models.Listed model = model(body, explorer);
    String backend = body.text("backend").orElse(explorer.models().backends().getFirst());
    if (!explorer.models().backends().contains(backend)) {
      throw JsonBody.bad(
          "backend: one of %s is needed."
              .formatted(String.join(", ", explorer.models().backends())));
    }
    if (body.has("text") == body.has("tokens")) {
      throw JsonBody.bad("One of text and tokens is needed, and only one of them.");
    }
    Optional<Boolean> bos = body.flag("bos");
    if (body.has("tokens") && bos.orElse(false)) {
      throw JsonBody.bad("bos: not with tokens, which are complete as they are.");
    }
    int nVocab = model.source().config().dVocab();
    Optional<List<Integer>> ids = body.wholes("tokens", 0, nVocab - 1);
    Prompt prompt =
        ids.isPresent()
            ? ofTokens(model, ids.get(), explorer.limits())
            : ofText(model, body.text("text").orElseThrow(), bos, explorer.limits());
    return new GivenText(model, backend, prompt);
  }

  /** Returns the model that a body names, or the one to begin with. */
  static Models.Listed model(JsonBody body, Explorer explorer) {
    return explorer.models().require(body.text("model").orElse(explorer.models().first()));
  }

  /** Cuts a text. */
  static Prompt ofText(Models.Listed model, String text, Optional<Boolean> bos, Limits limits)
      throws IOException {
    int characters = text.codePointCount(0, text.length());
    if (characters > limits.maxCharacters()) {
      throw new Refusal(
          Code.TOO_LONG,
          "%d characters are more than the %d that are read."
              .formatted(characters, limits.maxCharacters()));
    }
    try {
      Prompt cut = model.source().cut(text, bos);
      requireLength(model, cut.nPositions(), limits);
      return model.source().prompt(text, bos); // checks it as the commands do
    } catch (QuestionException e) {
      throw JsonBody.bad("text: " + e.getMessage());
    }
  }

  private static Prompt ofTokens(Models.Listed model, List<Integer> ids, Limits limits)
      throws IOException {
    requireLength(model, ids.size(), limits);
    try {
      return model.source().prompt(ids);
    } catch (QuestionException e) {
      throw JsonBody.bad("tokens: " + e.getMessage());
    }
  }

  private static void requireLength(Models.Listed model, int nTokens, Limits limits) {
    if (nTokens == 0) {
      throw JsonBody.bad("The prompt has no tokens: give some text, or bos true.");
    }
    int context = model.source().config().nContext();
    if (nTokens > context) {
      throw new Refusal(
          Code.TOO_LONG,
          "%d tokens are more than the %d that %s reads."
              .formatted(nTokens, context, model.name()));
    }
    if (nTokens > limits.maxTokens()) {
      throw new Refusal(
          Code.TOO_LONG,
          "%d tokens are more than the %d that are taken.".formatted(nTokens, limits.maxTokens()));
    }
  }
}
