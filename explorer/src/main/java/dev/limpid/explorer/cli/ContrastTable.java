package dev.limpid.explorer.cli;

import dev.limpid.explorer.view.ContrastView;
import dev.limpid.routes.ContrastFlow;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Contrast flow for files and for people. */
record ContrastTable(TokenizedPrompt prompt, ContrastView view) {
  private static final String NOTE =
      "Unlike a plain route, this depends on the tokens asked about: what each part of the model"
          + " adds to their logits is followed back to the tokens it was built from.";

  /** Amounts that would be shown as 0. */
  private static final double NOTHING = 5e-4;

  static ContrastTable of(TokenizedPrompt prompt, ContrastFlow flow) {
    List<ContrastView.Source> tokens =
        IntStream.rangeClosed(0, flow.position())
            .mapToObj(t -> {
              ContrastFlow.Amount amount = flow.tokens().get(t);
              return new ContrastView.Source(
                  t,
                  prompt.text(prompt.tokens().get(t)),
                  amount.towards(),
                  amount.away(),
                  amount.net());
            })
            .toList();
    ContrastView.Amount lost = new ContrastView.Amount(flow.lost().towards(), flow.lost().away());
    return new ContrastTable(prompt, new ContrastView(NOTE, tokens, flow.biases(), lost));
  }

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
          TerminalText.columns(prompt.quoted(prompt.tokens().get(source.position())), 20),
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
