package dev.limpid.explorer.show;

import dev.limpid.view.CorpusComparisonView;
import dev.limpid.view.CorpusComparisonView.Head;
import dev.limpid.view.CorpusComparisonView.Side;
import java.io.PrintStream;

/** How heads differ between two corpora, as a table. */
public record CorpusComparisonText(CorpusComparisonView view, int width) {
  /** The rate of false discoveries up to which heads are called different. */
  static final double RATE = 0.05;

  private static final int SHOWN = 15;

  /** Prints it. */
  public void print(PrintStream out) {
    out.println(TerminalText.wrapped(headline() + ".", width));
    out.println(TerminalText.wrapped(found(), width));
    out.println();
    out.println("  head           a         b    a - b   from ... to          q");
    for (Head head : view.heads().subList(0, Math.min(SHOWN, view.heads().size()))) {
      out.printf(
          "  %-8s %7s   %7s  %7s  %7s ... %-7s  %.4f%s%n",
          name(head),
          Numbers.percent(head.a()),
          Numbers.percent(head.b()),
          Numbers.signedPercent(head.difference()),
          Numbers.signedPercent(head.low()),
          Numbers.signedPercent(head.high()),
          head.q(),
          head.q() <= RATE ? " *" : "");
    }
    out.println();
    out.println(TerminalText.wrapped(how(), width));
  }

  /** Returns what is compared, in a sentence without its end. */
  String headline() {
    return "a: %s; b: %s".formatted(side(view.a()), side(view.b()));
  }

  private static String side(Side side) {
    return "%s%s, %s, %,d prompts"
        .formatted(
            side.folder(),
            side.group() == null ? "" : ", group " + side.group(),
            side.model(),
            side.prompts());
  }

  /** Returns how many heads differ, in a sentence. */
  String found() {
    long different = view.heads().stream().filter(head -> head.q() <= RATE).count();
    return "%d of %d heads differ (*), with at most 5 %% of these by chance."
        .formatted(different, view.heads().size());
  }

  /** Returns how it was computed, in sentences. */
  String how() {
    String interval =
        view.interval().equals("bootstrap")
            ? "of 95 %% of %,d draws of the prompts".formatted(view.resamples())
            : "of 95 % by Welch's standard error";
    return "The mean flow through each head, its difference and the interval "
        + interval
        + "; q is the rate of false discoveries by Benjamini and Hochberg, from Welch's test over"
        + " prompts.";
  }

  static String name(Head head) {
    return "L%dH%d".formatted(head.layer(), head.head());
  }
}
