package dev.limpid.model.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Splits a text into the words that the model encodes one by one. */
@FunctionalInterface
interface PreTokenizer {
  /** Leaves every text whole. */
  PreTokenizer NONE = (piece, out) -> out.accept(piece);

  /** GPT-2's words: contractions, letters, numbers, other characters, white space. */
  TextPattern GPT2_WORDS =
      TextPattern.regex(
          Pattern.compile(
              "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+"
                  + "| ?[^\\p{IsWhite_Space}\\p{L}\\p{N}]+"
                  + "|\\p{IsWhite_Space}+(?!\\P{IsWhite_Space})|\\p{IsWhite_Space}+"));

  /** Splits a piece of text and hands on its parts, in order; none of them is empty. */
  void split(Piece piece, Consumer<Piece> out);

  /** When a metaspace is put in front of a text. */
  enum Prepend {
    ALWAYS,
    FIRST,
    NEVER
  }

  /** Applies steps one after the other, each to every part the step before it made. */
  static PreTokenizer sequence(List<PreTokenizer> steps) {
    return (piece, out) -> {
      long longest = Math.max(TextPattern.LONGEST_RESULT, 16L * piece.text().length());
      List<Piece> parts = List.of(piece);
      for (PreTokenizer step : steps) {
        parts = apply(step, parts, longest);
      }
      parts.forEach(out);
    };
  }

  /** Applies a step to every part; steps that write bytes as characters may lengthen them. */
  private static List<Piece> apply(PreTokenizer step, List<Piece> parts, long longest) {
    List<Piece> result = new ArrayList<>();
    long length = 0;
    for (Piece part : parts) {
      int before = result.size();
      step.split(part, result::add);
      for (Piece added : result.subList(before, result.size())) {
        length += added.text().length();
      }
      if (length > longest) {
        throw new TokenizationException("the steps of the pre-tokenizer make this text too long");
      }
    }
    return result;
  }

  /** Splits where a pattern matches. */
  static PreTokenizer split(TextPattern pattern, SplitBehavior behavior) {
    return (piece, out) -> {
      for (Span span : behavior.apply(pattern.spans(piece.text()))) {
        if (span.start() < span.end()) {
          out.accept(piece.part(span.start(), span.end()));
        }
      }
    };
  }

  /** Splits into GPT-2's words if asked to, and writes their bytes as characters. */
  static PreTokenizer byteLevel(boolean addPrefixSpace, boolean words) {
    PreTokenizer splitter = words ? split(GPT2_WORDS, SplitBehavior.ISOLATED) : NONE;
    return (piece, out) -> {
      boolean prefix = addPrefixSpace && !piece.text().startsWith(" ");
      Piece text = prefix ? piece.withText(" " + piece.text()) : piece;
      splitter.split(text, word -> out.accept(word.withText(ByteAlphabet.write(word.text()))));
    };
  }

  /** Writes spaces as a visible character and splits before each if asked to. */
  static PreTokenizer metaspace(String replacement, Prepend prepend, boolean split) {
    PreTokenizer splitter =
        split ? split(TextPattern.literal(replacement), SplitBehavior.MERGED_WITH_NEXT) : NONE;
    return (piece, out) -> {
      String text = piece.text().replace(" ", replacement);
      boolean wanted = prepend == Prepend.ALWAYS || (prepend == Prepend.FIRST && piece.first());
      boolean missing = wanted && !text.startsWith(replacement);
      splitter.split(piece.withText(missing ? replacement + text : text), out);
    };
  }
}
