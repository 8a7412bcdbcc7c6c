package dev.limpid.model.tokenizer;

import java.util.List;
import java.util.OptionalInt;

/**
 * What a tokenizer's files say about the ends of texts.
 *
 * @param bos the id of the token that begins a text, if the tokenizer has one
 * @param eos the ids of the tokens that end a text; may be empty
 * @param addsBos whether a text gets the BOS in front unless asked otherwise: the template of the
 *     post-processor says so, or where there is no template {@code add_bos_token}
 */
public record SpecialTokens(OptionalInt bos, List<Integer> eos, boolean addsBos) {
  public SpecialTokens {
    eos = List.copyOf(eos);
  }
}
