package dev.limpid.model.tokenizer;

/**
 * A token that is looked for in the text before anything else happens to it.
 *
 * @param id the id the file states, or {@link #NO_ID} where it states none
 * @param singleWord whether it must not touch a word on either side
 * @param lstrip whether it swallows the white space on its left
 * @param rstrip whether it swallows the white space on its right
 * @param normalized whether it is looked for in the normalized text
 */
record AddedToken(
    String content,
    int id,
    boolean singleWord,
    boolean lstrip,
    boolean rstrip,
    boolean normalized) {
  static final int NO_ID = -1;

  /** Returns a token that is looked for as it stands, such as {@code </s>}. */
  static AddedToken plain(String content) {
    return new AddedToken(content, NO_ID, false, false, false, false);
  }

  /** Reads a token as the files of Hugging Face write it. */
  static AddedToken read(StepNode token, int id) throws MalformedTokenizerException {
    return new AddedToken(
        token.string("content"),
        id,
        token.bool("single_word", false),
        token.bool("lstrip", false),
        token.bool("rstrip", false),
        token.bool("normalized", !token.bool("special", false)));
  }

  AddedToken withId(int other) {
    return new AddedToken(content, other, singleWord, lstrip, rstrip, normalized);
  }
}
