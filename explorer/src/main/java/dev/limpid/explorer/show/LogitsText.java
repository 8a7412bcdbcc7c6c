package dev.limpid.explorer.show;

import dev.limpid.view.LogitsView;
import dev.limpid.view.TokenView;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;

/**
 * Which part of the model, or which token, a logit came from.
 *
 * @param width how many columns a line may have
 */
public record LogitsText(LogitsView view, List<TokenView> tokens, int width) {
  private static final int LISTED = 30;
  private static final int NAME = 20;
  private static final int LONGEST_BAR = 36;

  private static final String NOTE =
      "Every part's own update, read through the final norm with its scale held: what a part does by"
          + " way of later layers is not in it.";

  private static final String SHARES = "Shares are of all amounts, whatever their sign; ░ lowers.";

  private static final String ALONE =
      "A logit alone is defined up to a constant; --distractor compares two.";

  /** Prints it. */
  public void print(PrintStream out) {
    String what = TerminalText.logitName(view.answer(), view.distractor());
    String heading =
        "Where %s at position %d %s comes from"
            .formatted(what, view.position(), TerminalText.quoted(tokens.get(view.position())));
    out.println(TerminalText.wrapped(heading, width));
    if (view.contrast() != null) {
      new ContrastTable(view.contrast(), tokens).print(out, LISTED);
      out.printf("       %-40s%10s = %s%n", "sum", Numbers.change(view.sum()), what);
    } else if (view.parts() != null) {
      print(view.parts(), out);
      out.printf("  %-20s%10s = %s%n", "sum", Numbers.change(view.sum()), what);
    }
    out.println();
    if (view.contrast() == null) {
      note(SHARES, out);
    }
    note(view.contrast() == null ? NOTE : view.contrast().note(), out);
    if (view.distractor() == null) {
      note(ALONE, out);
    }
  }

  private void note(String text, PrintStream out) {
    out.println(TerminalText.wrapped(text, width));
  }

  private void print(List<LogitsView.Part> parts, PrintStream out) {
    List<LogitsView.Part> sorted =
        parts.stream().sorted(Comparator.comparingDouble(part -> -Math.abs(part.logit()))).toList();
    double all = sum(sorted, true);
    double largest = Math.abs(sorted.getFirst().logit());
    for (LogitsView.Part part : sorted.subList(0, Math.min(LISTED, sorted.size()))) {
      String line = line(name(part), part.logit(), Math.abs(part.logit()), all);
      int columns = Math.min(LONGEST_BAR, width - line.length());
      double ofLargest = largest == 0 ? 0 : part.logit() / largest;
      out.println((line + Bar.signed(ofLargest, columns)).stripTrailing());
    }
    if (sorted.size() > LISTED) {
      List<LogitsView.Part> rest = sorted.subList(LISTED, sorted.size());
      String name = rest.size() + " more";
      out.println(line(name, sum(rest, false), sum(rest, true), all).stripTrailing());
    }
  }

  private static String line(String name, double logit, double amount, double all) {
    return "  %s%10s  %7s  "
        .formatted(
            TerminalText.columns(name, NAME),
            Numbers.change(logit),
            Numbers.percent(all == 0 ? 0 : amount / all));
  }

  private static double sum(List<LogitsView.Part> parts, boolean isOfAmounts) {
    return parts.stream()
        .mapToDouble(LogitsView.Part::logit)
        .map(logit -> isOfAmounts ? Math.abs(logit) : logit)
        .sum();
  }

  private static String name(LogitsView.Part part) {
    String layer = part.layer() == null ? "" : "layer %2d  ".formatted(part.layer());
    String head = part.head() == null ? "" : " " + part.head();
    return layer + (part.part().equals("mlp") ? "MLP" : part.part()) + head;
  }
}
