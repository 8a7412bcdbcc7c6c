package dev.limpid.explorer.show;

import dev.limpid.view.ContrastView;
import dev.limpid.view.TokenView;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;

/** The tokens that a logit came from, towards and away. */
record ContrastTable(ContrastView view, List<TokenView> tokens) {
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
      out.printf(
          "  %3d  %s%10.3f%10.3f%+10.3f%n",
          source.position(),
          TerminalText.columns(TerminalText.quoted(tokens.get(source.position())), 20),
          source.towards(),
          source.away(),
          source.net());
    }
    if (sorted.size() > limit) {
      List<ContrastView.Source> rest = sorted.subList(limit, sorted.size());
      row(
          out,
          rest.size() + " more",
          rest.stream().mapToDouble(ContrastView.Source::towards).sum(),
          rest.stream().mapToDouble(ContrastView.Source::away).sum());
    }
    if (view.lost().towards() + view.lost().away() > NOTHING) {
      row(out, "arrives nowhere", view.lost().towards(), view.lost().away());
    }
    if (Math.abs(view.biases()) > NOTHING) {
      out.printf("       %s%20s%+10.3f%n", TerminalText.columns("biases", 20), "", view.biases());
    }
  }

  private static void row(PrintStream out, String what, double towards, double away) {
    out.printf(
        "       %s%10.3f%10.3f%+10.3f%n",
        TerminalText.columns(what, 20), towards, away, towards - away);
  }
}
