package dev.limpid.model.tokenizer;

import java.util.ArrayList;
import java.util.List;

/** What becomes of the delimiters when a text is split; the names are those of the file format. */
enum SplitBehavior {
  /** The delimiters are dropped. */
  REMOVED("Removed"),
  /** Every delimiter is a piece of its own. */
  ISOLATED("Isolated"),
  /** A delimiter ends the piece before it. */
  MERGED_WITH_PREVIOUS("MergedWithPrevious"),
  /** A delimiter begins the piece after it. */
  MERGED_WITH_NEXT("MergedWithNext"),
  /** Delimiters that follow each other are one piece. */
  CONTIGUOUS("Contiguous");

  private final String label;

  SplitBehavior(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  /** Returns the pieces that spans covering a text become. */
  List<Span> apply(List<Span> spans) {
    return switch (this) {
      case REMOVED -> spans.stream().filter(span -> !span.match()).toList();
      case ISOLATED -> spans;
      case CONTIGUOUS -> contiguous(spans);
      case MERGED_WITH_PREVIOUS -> merged(spans);
      case MERGED_WITH_NEXT -> merged(spans.reversed()).reversed();
    };
  }

  private static List<Span> contiguous(List<Span> spans) {
    List<Span> joined = new ArrayList<>();
    boolean previous = false;
    for (Span span : spans) {
      addOrJoin(joined, span, span.match() == previous);
      previous = span.match();
    }
    return joined;
  }

  /** Joins a match to the span seen before it, unless that was a match too. */
  private static List<Span> merged(List<Span> spans) {
    List<Span> joined = new ArrayList<>();
    boolean previous = false;
    for (Span span : spans) {
      addOrJoin(joined, span, span.match() && !previous);
      previous = span.match();
    }
    return joined;
  }

  private static void addOrJoin(List<Span> spans, Span span, boolean join) {
    if (!join || spans.isEmpty()) {
      spans.add(span);
      return;
    }
    Span last = spans.removeLast();
    spans.add(
        new Span(
            Math.min(last.start(), span.start()), Math.max(last.end(), span.end()), span.match()));
  }
}
