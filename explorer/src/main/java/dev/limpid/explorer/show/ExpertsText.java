package dev.limpid.explorer.show;

import dev.limpid.view.ExpertsView;
import dev.limpid.view.NeuronsView;
import dev.limpid.view.TokenView;
import java.io.PrintStream;
import java.util.List;

/** The experts that wrote to a position, and those that the router nearly took. */
record ExpertsText(NeuronsView view, ExpertsView experts, List<TokenView> tokens, int width) {
  /** Columns beside the tokens. */
  private static final int START = 55;

  static final String NOTE =
      "Router: the softmax over all experts. Weight: what the expert's output is multiplied with."
          + " Contributions of experts and of neurons are shares of different sums.";

  /** Prints them. */
  void print(PrintStream out) {
    String heading =
        "Which experts of layer %d wrote to position %d %s (state before: %s)"
            .formatted(
                view.layer(),
                view.position(),
                TerminalText.quoted(tokens.get(view.position())),
                Numbers.contribution(experts.residual()));
    out.println(TerminalText.wrapped(heading, width));
    out.println("expert  contribution   length  weight  router  promotes | suppresses");
    int room = (width - START) / 2;
    for (ExpertsView.Expert one : experts.written()) {
      out.printf(
          "%6s  %12s  %7s  %6s  %6s  %s | %s%n",
          one.expert(),
          Numbers.contribution(one.contribution()),
          Numbers.logit(one.norm()),
          Numbers.contribution(one.weight()),
          one.probability() == null ? "" : Numbers.percent(one.probability()),
          TerminalText.columns(NeuronsText.shown(one.promoted(), room), room),
          NeuronsText.shown(one.suppressed(), room));
    }
    if (!experts.passed().isEmpty()) {
      List<String> next =
          experts.passed().stream()
              .map(p -> p.expert() + " (" + Numbers.percent(p.probability()) + ")")
              .toList();
      out.println(TerminalText.wrapped("Nearly taken: " + String.join(", ", next), width));
    }
  }
}
