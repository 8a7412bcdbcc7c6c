package dev.limpid.model.tokenizer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A tokenizer as its folder describes it.
 *
 * @param source the file the vocabulary was read from
 */
public record LoadedTokenizer(Tokenizer tokenizer, SpecialTokens specialTokens, Path source) {

  /**
   * Returns the ids of a prompt, with or without the BOS in front.
   *
   * @throws IllegalArgumentException if a BOS is asked for and the tokenizer has none
   */
  public List<Integer> prompt(String text, boolean bos) {
    if (!bos) {
      return tokenizer.encode(text, false);
    }
    int id =
        specialTokens
            .bos()
            .orElseThrow(
                () -> new IllegalArgumentException("the tokenizer has no BOS token: " + source));
    List<Integer> ids = tokenizer.encode(text, true);
    List<Integer> plain = tokenizer.encode(text, false);
    if (ids.size() > plain.size() && ids.getFirst() == id) {
      return ids;
    }
    List<Integer> prompt = new ArrayList<>(plain.size() + 1);
    prompt.add(id);
    prompt.addAll(plain);
    return prompt;
  }
}
