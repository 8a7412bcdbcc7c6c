package dev.limpid.model.load;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.tokenizer.LoadedTokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a text becomes a prompt of a model, and which prompts it can be given.
 *
 * @param path of the model
 */
record PromptRule(Path path, ModelConfig config) {

  /** Returns the ids of a text, with or without a BOS, checked. */
  List<Integer> tokens(LoadedTokenizer tokenizer, String text, boolean bos) throws PromptException {
    List<Integer> ids = cut(tokenizer, text, bos);
    requireValid(ids);
    return ids;
  }

  /** Returns the ids of a text of any length, with or without a BOS. */
  List<Integer> cut(LoadedTokenizer tokenizer, String text, boolean bos) throws PromptException {
    boolean addsForeign = bos && tokenizer.specialTokens().bos().isEmpty();
    List<Integer> ids = new ArrayList<>();
    if (addsForeign) {
      ids.add(bosOfTheConfig());
    }
    ids.addAll(tokenizer.prompt(text, bos && !addsForeign));
    return List.copyOf(ids);
  }

  private int bosOfTheConfig() throws PromptException {
    return config
        .bosId()
        .orElseThrow(() ->
            new PromptException(
                path + ": neither tokenizer nor config.json names a BOS; give --no-bos"));
  }

  void requireValid(List<Integer> ids) throws PromptException {
    if (ids.isEmpty()) {
      throw new PromptException("the prompt is empty and gets no BOS; give some text, or --bos");
    }
    if (ids.size() > config.nContext()) {
      throw new PromptException(
          "the prompt has %d tokens, the model's context holds %d; shorten it"
              .formatted(ids.size(), config.nContext()));
    }
    for (int t = 0; t < ids.size(); t++) {
      if (ids.get(t) < 0 || ids.get(t) >= config.dVocab()) {
        throw new PromptException(
            "token %d at position %d is not in the vocabulary; ids go from 0 to %d"
                .formatted(ids.get(t), t, config.dVocab() - 1));
      }
    }
  }
}
