package dev.limpid.files;

import dev.limpid.ModelSource;
import dev.limpid.Prompt;
import dev.limpid.PromptRefusedException;
import dev.limpid.tensor.files.JsonProblem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A prompt of a {@link PromptFile}, and what is asked about it.
 *
 * @param number of the line in its file, from 1
 * @param prompt what runs
 * @param answer the next token of interest, by its text or as {@code #id}; null where none is named
 * @param distractor what the answer is compared with, likewise
 * @param position whose prediction it is about, -1 for the last; null where none is named
 * @param source another prompt that values come from; null where none is named
 */
public record PromptLine(
    int number,
    Given prompt,
    @Nullable String answer,
    @Nullable String distractor,
    @Nullable Integer position,
    @Nullable Given source)
    implements PromptEntry {

  /**
   * A prompt before it is cut.
   *
   * @param text verbatim, or null where ids are given
   * @param tokens ids, complete as they are, or null where a text is given
   */
  public record Given(@Nullable String text, @Nullable List<Integer> tokens) {
    /** Copies the list, and checks that there is one of them. */
    public Given {
      tokens = tokens == null ? null : List.copyOf(tokens);
      if ((text == null) == (tokens == null)) {
        throw new IllegalArgumentException("a prompt is a text or ids");
      }
    }

    /**
     * Returns it as a model sees it.
     *
     * @param bos whether a BOS goes in front of a text; empty: as the model's family does it
     * @throws PromptRefusedException if the model cannot take it
     */
    public Prompt cut(ModelSource model, Optional<Boolean> bos)
        throws IOException, PromptRefusedException {
      return tokens == null ? model.prompt(String.valueOf(text), bos) : model.prompt(tokens);
    }
  }

  /**
   * Reads an object with {@code text} or {@code tokens}, and where they are named {@code answer},
   * {@code distractor}, {@code position}, {@code source} or {@code source_tokens}; other keys are
   * not looked at.
   */
  public static PromptEntry parse(int number, byte[] json) {
    try {
      JsonNode node = JsonMapper.shared().readTree(json);
      if (!node.isObject()) {
        return new Bad(number, "not a JSON object");
      }
      @Nullable Given prompt = given(node, "text", "tokens");
      return prompt == null
          ? new Bad(number, "no prompt: it has neither 'text' nor 'tokens'")
          : new PromptLine(
              number,
              prompt,
              string(node, "answer"),
              string(node, "distractor"),
              integer(node, "position"),
              given(node, "source", "source_tokens"));
    } catch (JacksonException e) {
      return new Bad(number, "not valid JSON: " + JsonProblem.reason(e));
    } catch (IllegalArgumentException e) {
      return new Bad(number, String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable Given given(JsonNode line, String textKey, String tokensKey) {
    @Nullable String text = string(line, textKey);
    @Nullable List<Integer> tokens = ids(line, tokensKey);
    if (text != null && tokens != null) {
      throw new IllegalArgumentException("has both '%s' and '%s'".formatted(textKey, tokensKey));
    }
    return text == null && tokens == null ? null : new Given(text, tokens);
  }

  private static @Nullable String string(JsonNode line, String key) {
    JsonNode value = line.path(key);
    if (isAbsent(value)) {
      return null;
    }
    if (!value.isString()) {
      throw wrong(key, "a text", value);
    }
    return value.asString();
  }

  private static @Nullable Integer integer(JsonNode line, String key) {
    JsonNode value = line.path(key);
    return isAbsent(value) ? null : integer(key, "a whole number", value);
  }

  private static @Nullable List<Integer> ids(JsonNode line, String key) {
    JsonNode value = line.path(key);
    if (isAbsent(value)) {
      return null;
    }
    if (!value.isArray()) {
      throw wrong(key, "a list of ids", value);
    }
    List<Integer> ids = new ArrayList<>(value.size());
    value.forEach(id -> ids.add(integer(key, "a list of ids", id)));
    return ids;
  }

  private static int integer(String key, String expected, JsonNode value) {
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw wrong(key, expected, value);
    }
    return value.asInt();
  }

  private static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }

  private static IllegalArgumentException wrong(String key, String expected, JsonNode found) {
    String shown = found.toString();
    return new IllegalArgumentException(
        "'%s' is to be %s, is %s"
            .formatted(key, expected, shown.length() > 40 ? shown.substring(0, 40) + "…" : shown));
  }
}
