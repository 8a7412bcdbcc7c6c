package dev.limpid.model.tokenizer;

import java.text.Normalizer.Form;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the name in {@code tokenizer.ggml.pre} stands for: what happens to a text before merges, as
 * the tokenizer.json of the same models says.
 *
 * @param words how the text is split before its bytes are written as characters
 * @param ignoreMerges whether a word that is a piece is taken whole
 * @param addsBos whether a BOS goes in front where the file does not say
 */
record GgufSteps(Normalizer normalizer, PreTokenizer words, boolean ignoreMerges, boolean addsBos) {
  static final GgufSteps GPT2 = new GgufSteps(Normalizer.NONE, gpt2Words(), false, false);

  /** All numerals alone, then GPT-2's words. */
  private static final GgufSteps SMOLLM =
      new GgufSteps(
          Normalizer.NONE,
          PreTokenizer.sequence(
              List.of(
                  PreTokenizer.split(
                      TextPattern.codePoints(UnicodeClass::isNumeric), SplitBehavior.ISOLATED),
                  gpt2Words())),
          false,
          false);

  private static final GgufSteps LLAMA3 =
      new GgufSteps(Normalizer.NONE, pattern("\\p{N}{1,3}"), true, true);

  private static final GgufSteps QWEN2 =
      new GgufSteps(Normalizer.unicode(Form.NFC), pattern("\\p{N}"), false, false);

  private static final Map<String, GgufSteps> BY_NAME =
      Map.of(
          "gpt-2", GPT2,
          "smollm", SMOLLM,
          "llama-bpe", LLAMA3,
          "llama-v3", LLAMA3,
          "llama3", LLAMA3,
          "qwen2", QWEN2);

  /** Returns the steps with a name, or empty if it is not known. */
  static Optional<GgufSteps> of(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** Returns the names that are known, for messages. */
  static String names() {
    return String.join(", ", BY_NAME.keySet().stream().sorted().toList());
  }

  PreTokenizer preTokenizer() {
    return PreTokenizer.sequence(List.of(words, PreTokenizer.byteLevel(false, false)));
  }

  private static PreTokenizer gpt2Words() {
    return PreTokenizer.split(PreTokenizer.GPT2_WORDS, SplitBehavior.ISOLATED);
  }

  /** The split of Llama-3 and Qwen2, which differ in how many digits go together. */
  private static PreTokenizer pattern(String digits) {
    String regex =
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"
            + digits
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    return PreTokenizer.split(
        TextPattern.regex(OnigurumaRegex.compile(regex)), SplitBehavior.ISOLATED);
  }
}
