package dev.limpid.explorer.cli;

import java.util.List;
import java.util.Optional;

/** What a command is to look at. */
sealed interface Prompt {
  /**
   * A text for the model's tokenizer.
   *
   * @param text verbatim
   * @param bos whether a BOS goes in front; empty: as the model's family does it
   */
  record Text(String text, Optional<Boolean> bos) implements Prompt {}

  /** Ids, complete as they are: no BOS is added. */
  record Tokens(List<Integer> ids) implements Prompt {}
}
