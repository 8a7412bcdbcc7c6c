package dev.limpid.model.tokenizer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the pre-tokenizer of a tokenizer.json. */
final class PreTokenizerReader {
  private static final String WORD = "\\p{IsAlphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u200c\\u200d";

  private static final Pattern WORDS =
      Pattern.compile("[" + WORD + "]+|[^" + WORD + "\\p{IsWhite_Space}]+");

  private PreTokenizerReader() {}

  /**
   * Reads it.
   *
   * @param prefixSpace whether words that are written as bytes get a blank in front, if another
   *     file says so: it counts where this is the only step, as in Hugging Face
   */
  static PreTokenizer read(StepNode step, Optional<Boolean> prefixSpace) throws IOException {
    if (prefixSpace.isPresent() && !step.isMissing() && step.type().equals("ByteLevel")) {
      return PreTokenizer.byteLevel(prefixSpace.get(), step.bool("use_regex", true));
    }
    return read(step);
  }

  private static PreTokenizer read(StepNode step) throws IOException {
    if (step.isMissing()) {
      return PreTokenizer.NONE;
    }
    String type = step.type();
    return switch (type) {
      case "Sequence" -> sequence(step);
      case "ByteLevel" ->
          PreTokenizer.byteLevel(step.bool("add_prefix_space"), step.bool("use_regex", true));
      case "Digits" ->
          PreTokenizer.split(
              TextPattern.codePoints(UnicodeClass::isNumeric),
              step.bool("individual_digits") ? SplitBehavior.ISOLATED : SplitBehavior.CONTIGUOUS);
      case "Split" -> split(step);
      case "Metaspace" -> metaspace(step);
      case "Whitespace" ->
          PreTokenizer.split(TextPattern.regex(WORDS).inverted(), SplitBehavior.REMOVED);
      case "WhitespaceSplit" ->
          PreTokenizer.split(
              TextPattern.codePoints(UnicodeClass::isWhiteSpace), SplitBehavior.REMOVED);
      case "Punctuation" ->
          PreTokenizer.split(
              TextPattern.codePoints(UnicodeClass::isPunctuation),
              step.at("behavior").isMissing() ? SplitBehavior.ISOLATED : behavior(step));
      default -> throw step.unsupported(type);
    };
  }

  private static PreTokenizer sequence(StepNode step) throws IOException {
    List<PreTokenizer> steps = new ArrayList<>();
    for (StepNode item : step.items("pretokenizers")) {
      steps.add(read(item));
    }
    return PreTokenizer.sequence(steps);
  }

  private static PreTokenizer split(StepNode step) throws IOException {
    TextPattern pattern = PatternReader.read(step);
    return PreTokenizer.split(step.bool("invert") ? pattern.inverted() : pattern, behavior(step));
  }

  private static SplitBehavior behavior(StepNode step) throws IOException {
    String label = step.string("behavior");
    for (SplitBehavior behavior : SplitBehavior.values()) {
      if (behavior.label().equals(label)) {
        return behavior;
      }
    }
    throw step.unsupported("behavior " + label);
  }

  private static PreTokenizer metaspace(StepNode step) throws IOException {
    String replacement = Character.toString(step.character("replacement"));
    return PreTokenizer.metaspace(replacement, prepend(step), step.bool("split", true));
  }

  /** Returns when a metaspace puts its character in front; also the decoder asks this. */
  static PreTokenizer.Prepend prepend(StepNode step) throws IOException {
    String scheme =
        step.at("prepend_scheme").isMissing() ? "always" : step.string("prepend_scheme");
    if (!step.bool("add_prefix_space", true) && !scheme.equals("never")) {
      throw step.malformed("has add_prefix_space false but prepend_scheme " + scheme);
    }
    return switch (scheme) {
      case "always" -> PreTokenizer.Prepend.ALWAYS;
      case "first" -> PreTokenizer.Prepend.FIRST;
      case "never" -> PreTokenizer.Prepend.NEVER;
      default -> throw step.unsupported("prepend_scheme " + scheme);
    };
  }
}
