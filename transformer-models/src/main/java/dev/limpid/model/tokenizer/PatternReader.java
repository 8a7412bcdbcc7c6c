package dev.limpid.model.tokenizer;

import java.io.IOException;
import java.util.regex.PatternSyntaxException;

/** Reads the pattern of a step: {@code {"String": ..}} or {@code {"Regex": ..}}. */
final class PatternReader {
  private PatternReader() {}

  static TextPattern read(StepNode step) throws IOException {
    StepNode pattern = step.at("pattern");
    if (pattern.node().has("String")) {
      return TextPattern.literal(pattern.string("String"));
    }
    if (!pattern.node().has("Regex")) {
      throw pattern.expected("String or Regex");
    }
    String regex = pattern.string("Regex");
    try {
      return TextPattern.limitedRegex(OnigurumaRegex.compile(regex));
    } catch (PatternSyntaxException e) {
      throw pattern.malformed("is no regular expression: " + e.getDescription() + ": " + regex);
    } catch (UnsupportedOperationException e) {
      throw pattern.unsupported("regular expression with " + e.getMessage() + ": " + regex);
    }
  }
}
