package dev.limpid.model.tokenizer;

/** Replaces what a pattern matches, for normalizers and decoders alike. */
final class Replacing {
  private Replacing() {}

  static String replace(String text, TextPattern pattern, String content) {
    StringBuilder result = new StringBuilder(text.length());
    for (Span span : pattern.spans(text)) {
      if (span.match()) {
        result.append(content);
      } else {
        result.append(text, span.start(), span.end());
      }
    }
    return result.toString();
  }
}
