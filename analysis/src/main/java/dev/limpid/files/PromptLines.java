package dev.limpid.files;

import dev.limpid.tensor.files.JsonProblem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Prompts as JSON lines, one object a line: {@code text} or {@code tokens}, and {@code answer},
 * {@code distractor}, {@code source} or {@code source_tokens} where they are named. Other keys are
 * ignored, and so are empty lines.
 */
public final class PromptLines {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private PromptLines() {}

  /**
   * Reads prompts.
   *
   * @param content of the file
   * @param name what messages call it
   * @throws IOException if there are none, or a line is no prompt: one line that names it
   */
  public static List<PromptLine> read(byte[] content, String name) throws IOException {
    List<PromptLine> prompts = new ArrayList<>();
    List<String> lines = decode(content, name).lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        prompts.add(prompt(lines.get(i), name + ":" + (i + 1)));
      }
    }
    if (prompts.isEmpty()) {
      throw new IOException(
          name + ": holds no prompts; one JSON object a line, with text or tokens");
    }
    return prompts;
  }

  private static String decode(byte[] content, String name) throws IOException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      throw new IOException(name + ": not valid UTF-8", e);
    }
  }

  private static PromptLine prompt(String line, String where) throws IOException {
    JsonNode node = object(line, where);
    PromptLine.@Nullable Given prompt = given(node, "text", "tokens", where);
    if (prompt == null) {
      throw new IOException(where + ": no prompt: it has neither text nor tokens");
    }
    return new PromptLine(
        where,
        prompt,
        text(node, "answer", where),
        text(node, "distractor", where),
        given(node, "source", "source_tokens", where));
  }

  private static JsonNode object(String line, String where) throws IOException {
    JsonNode node;
    try {
      node = JSON.readTree(line);
    } catch (JacksonException e) {
      throw new IOException(where + ": not valid JSON: " + JsonProblem.reason(e), e);
    }
    if (!node.isObject()) {
      throw new IOException(where + ": not a JSON object");
    }
    return node;
  }

  private static PromptLine.@Nullable Given given(
      JsonNode node, String textKey, String tokensKey, String where) throws IOException {
    @Nullable String text = text(node, textKey, where);
    @Nullable List<Integer> tokens = ids(node, tokensKey, where);
    if (text != null && tokens != null) {
      throw new IOException("%s: both %s and %s; give one".formatted(where, textKey, tokensKey));
    }
    return text == null && tokens == null ? null : new PromptLine.Given(text, tokens);
  }

  private static @Nullable String text(JsonNode node, String key, String where) throws IOException {
    if (!node.hasNonNull(key)) {
      return null;
    }
    if (!node.path(key).isString()) {
      throw new IOException("%s: '%s' is not a text".formatted(where, key));
    }
    return node.path(key).asString();
  }

  private static @Nullable List<Integer> ids(JsonNode node, String key, String where)
      throws IOException {
    if (!node.hasNonNull(key)) {
      return null;
    }
    List<Integer> ids = new ArrayList<>();
    for (JsonNode id : node.path(key)) {
      if (!id.isInt()) {
        throw new IOException("%s: '%s' is not a list of ids".formatted(where, key));
      }
      ids.add(id.intValue());
    }
    if (!node.path(key).isArray()) {
      throw new IOException("%s: '%s' is not a list of ids".formatted(where, key));
    }
    return ids;
  }
}
