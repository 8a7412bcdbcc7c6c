package dev.limpid.explorer.show;

import dev.limpid.view.LogitsView;
import dev.limpid.view.TokenView;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;

/** Which part of the model, or which token, a logit came from. */
public record LogitsText(LogitsView view, List<TokenView> tokens) {
  private static final int LISTED = 30;

  private static final String NOTE =
      "Every part's own update, read through the final norm with its scale held: what a part does by"
          + " way of later layers is not in it.";

  private static final String ALONE =
      "A logit alone is defined up to a constant; --distractor compares two.";

  /** Prints it. */
  public void print(PrintStream out) {
    String what = TerminalText.logitName(view.answer(), view.distractor());
    out.printf(
        "Where %s at position %d %s comes from%n",
        what, view.position(), TerminalText.quoted(tokens.get(view.position())));
    if (view.contrast() != null) {
      new ContrastTable(view.contrast(), tokens).print(out, LISTED);
      out.printf("       %-40s%+10.3f = %s%n", "sum", view.sum(), what);
    } else if (view.parts() != null) {
      print(view.parts(), out);
      out.printf("  %-20s%+10.3f = %s%n", "sum", view.sum(), what);
    }
    out.println();
    out.println(view.contrast() == null ? NOTE : view.contrast().note());
    if (view.distractor() == null) {
      out.println(ALONE);
    }
  }

  private static void print(List<LogitsView.Part> parts, PrintStream out) {
    List<LogitsView.Part> sorted =
        parts.stream()
            .sorted(Comparator.comparingDouble((LogitsView.Part p) -> -Math.abs(p.logit())))
            .toList();
    for (LogitsView.Part part : sorted.subList(0, Math.min(LISTED, sorted.size()))) {
      out.printf("  %-20s%+10.3f%n", name(part), part.logit());
    }
    if (sorted.size() > LISTED) {
      List<LogitsView.Part> rest = sorted.subList(LISTED, sorted.size());
      double sum = rest.stream().mapToDouble(LogitsView.Part::logit).sum();
      out.printf("  %-20s%+10.3f%n", rest.size() + " more", sum);
    }
  }

  private static String name(LogitsView.Part part) {
    String layer = part.layer() == null ? "" : "layer %2d  ".formatted(part.layer());
    String head = part.head() == null ? "" : " " + part.head();
    return layer + part.part() + head;
  }
}
