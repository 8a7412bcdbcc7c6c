package dev.limpid.model.tokenizer;

import java.text.Normalizer.Form;
import java.util.HashMap;
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
  static final GgufSteps GPT2 = plain(gpt2Words());

  private static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
  private static final String BEFORE = "[^\\r\\n\\p{L}\\p{N}]?";
  private static final String OTHERS = " ?[^\\s\\p{L}\\p{N}]+";
  private static final String SPACES = "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";

  private static final Map<String, GgufSteps> BY_NAME = byName();

  private static Map<String, GgufSteps> byName() {
    Map<String, GgufSteps> all = new HashMap<>();
    put(all, GPT2, "gpt-2", "mpt", "olmo", "phi-2", "jais", "exaone4");
    // All numerals alone, then GPT-2's words.
    PreTokenizer numerals =
        PreTokenizer.split(TextPattern.codePoints(UnicodeClass::isNumeric), SplitBehavior.ISOLATED);
    put(
        all,
        plain(numerals, gpt2Words()),
        "smollm",
        "starcoder",
        "refact",
        "command-r",
        "codeshell",
        "exaone");
    put(all, plain(pattern("[\\p{P}$+<=>^~|`]+"), gpt2Words(), pattern("[0-9]{3}")), "falcon");
    put(all, plain(pattern(" ?[^(\\s|.,!?…。，、।۔،)]+")), "bloom");
    GgufSteps llama3 = plain(letters("\\p{N}{1,3}"));
    put(all, llama3, "dbrx", "smaug-bpe");
    put(all, llama3.withWholeWords(false), "glm4");
    put(
        all,
        llama3.withWholeWords(true),
        "llama-bpe",
        "llama-v3",
        "llama3",
        "falcon3",
        "pixtral",
        "lfm2");
    put(
        all,
        new GgufSteps(Normalizer.unicode(Form.NFC), letters("\\p{N}"), false, false),
        "qwen2",
        "stablelm2",
        "deepseek-r1-qwen");
    put(all, plain(cased("", "\\p{N}")).withWholeWords(true), "tekken");
    put(all, plain(cased(CONTRACTIONS + "?", "\\p{N}{1,3}")), "gpt-4o", "llama4");
    return Map.copyOf(all);
  }

  private static void put(Map<String, GgufSteps> all, GgufSteps steps, String... names) {
    for (String name : names) {
      all.put(name, steps);
    }
  }

  private static GgufSteps plain(PreTokenizer... words) {
    PreTokenizer all = words.length == 1 ? words[0] : PreTokenizer.sequence(List.of(words));
    return new GgufSteps(Normalizer.NONE, all, false, false);
  }

  /** Returns the same where a word that is a piece is taken whole. */
  private GgufSteps withWholeWords(boolean bos) {
    return new GgufSteps(normalizer, words, true, bos);
  }

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
  private static PreTokenizer letters(String digits) {
    return pattern(
        String.join("|", CONTRACTIONS, BEFORE + "\\p{L}+", digits, OTHERS + "[\\r\\n]*", SPACES));
  }

  /** The split where capitals begin a word. */
  private static PreTokenizer cased(String end, String digits) {
    return pattern(
        String.join(
            "|",
            BEFORE + UPPER + "*" + LOWER + "+" + end,
            BEFORE + UPPER + "+" + LOWER + "*" + end,
            digits,
            OTHERS + "[\\r\\n/]*",
            SPACES));
  }

  private static PreTokenizer pattern(String regex) {
    return PreTokenizer.split(
        TextPattern.regex(OnigurumaRegex.compile(regex)), SplitBehavior.ISOLATED);
  }
}
