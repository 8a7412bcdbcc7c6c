package dev.limpid.files;

import dev.limpid.ModelSource;
import dev.limpid.Prompt;
import dev.limpid.PromptRefusedException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One prompt of a file of JSON lines; see {@link PromptLines}.
 *
 * @param where file and line, for messages
 * @param prompt what runs
 * @param answer the next token of interest, as text or {@code #id}; null where none is named
 * @param distractor another token it is compared with; null where none is named
 * @param source another prompt that values come from; null where none is named
 */
public record PromptLine(
    String where,
    Given prompt,
    @Nullable String answer,
    @Nullable String distractor,
    @Nullable Given source) {

  /**
   * A prompt before it is cut.
   *
   * @param text verbatim, or null where ids are given
   * @param tokens ids, complete as they are, or null where a text is given
   */
  public record Given(@Nullable String text, @Nullable List<Integer> tokens) {

    /**
     * Returns it as a model sees it.
     *
     * @throws PromptRefusedException if the model cannot take it
     */
    public Prompt cut(ModelSource model) throws IOException, PromptRefusedException {
      if (tokens != null) {
        return model.prompt(tokens);
      }
      return model.prompt(text == null ? "" : text);
    }
  }
}
