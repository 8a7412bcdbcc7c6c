package dev.limpid.model.tokenizer;

import java.util.List;

/** Turns text into token ids and back, as the tokenizer a model was trained with does. */
public interface Tokenizer {

  /**
   * Returns the ids of a text, special tokens written in it included, as Hugging Face gives them.
   *
   * @param text taken verbatim: nothing is trimmed
   * @param addSpecialTokens whether the post-processor adds its tokens (such as a BOS in front)
   * @throws TokenizationException if the tokenizer's rules fail on this text; names its file
   */
  List<Integer> encode(String text, boolean addSpecialTokens);

  /**
   * Returns the text of a sequence of ids, special tokens included; bytes that form no whole
   * character become U+FFFD, as in Hugging Face.
   *
   * @throws IndexOutOfBoundsException if an id is not in the vocabulary
   * @throws TokenizationException if the tokenizer's rules fail on these ids; names its file
   */
  String decode(List<Integer> ids);

  /**
   * Returns one token as it is stored in the vocabulary, such as {@code Ġto} or {@code ▁to}.
   *
   * @throws IndexOutOfBoundsException if the id is not in the vocabulary
   */
  String piece(int id);

  /**
   * Returns one token as text that people can read: {@code Ġto} as {@code " to"}; bytes that are no
   * whole character as {@code <0xE4>}, each.
   *
   * @throws IndexOutOfBoundsException if the id is not in the vocabulary
   */
  String text(int id);

  /** Returns whether an id is in the vocabulary; there may be holes below {@link #size}. */
  boolean knows(int id);

  /** Returns the number of ids, added tokens included: the largest id plus one. */
  int size();

  /**
   * Returns the id of a token by its piece, or -1 if there is none; for added and special tokens
   * too.
   */
  int id(String piece);
}
