package dev.limpid.explorer.show;

import dev.limpid.view.ContrastView;
import dev.limpid.view.TokenView;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;

/** The tokens that a logit came from, towards and away. */
record ContrastTable(ContrastView view, List<TokenView> tokens) {
  private static final String NO_POSITION = " ".repeat(7);

  /** Amounts that would be shown as 0. */
  private static final double NOTHING = 5e-4;

  /** Prints the tokens, the largest net amount first, then what came from no token. */
  void print(PrintStream out, int limit) {
    List<ContrastView.Source> sorted =
        view.tokens().stream()
            .sorted(Comparator.comparingDouble((ContrastView.Source s) -> -Math.abs(s.net())))
            .toList();
    out.println("       " + TerminalText.columns("", 20) + "   towards      away       net");
    for (ContrastView.Source source : sorted.subList(0, Math.min(limit, sorted.size()))) {
      String token = TerminalText.quoted(tokens.get(source.position()));
      row(out, "  %3d  ".formatted(source.position()), token, source.towards(), source.away());
      if (source.position() == 0) {
        out.println("         (first token: a resting place)");
      }
    }
    if (sorted.size() > limit) {
      List<ContrastView.Source> rest = sorted.subList(limit, sorted.size());
      row(
          out,
          NO_POSITION,
          rest.size() + " more",
          rest.stream().mapToDouble(ContrastView.Source::towards).sum(),
          rest.stream().mapToDouble(ContrastView.Source::away).sum());
    }
    if (view.lost().towards() + view.lost().away() > NOTHING) {
      row(out, NO_POSITION, "arrives nowhere", view.lost().towards(), view.lost().away());
    }
    if (Math.abs(view.biases()) > NOTHING) {
      out.printf(
          "%s%s%20s%10s%n",
          NO_POSITION, TerminalText.columns("biases", 20), "", Numbers.change(view.biases()));
    }
  }

  private static void row(
      PrintStream out, String position, String what, double towards, double away) {
    out.printf(
        "%s%s%10s%10s%10s%n",
        position,
        TerminalText.columns(what, 20),
        Numbers.logit(towards),
        Numbers.logit(away),
        Numbers.change(towards - away));
  }
}
