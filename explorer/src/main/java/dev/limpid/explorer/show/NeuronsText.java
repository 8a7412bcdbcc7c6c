package dev.limpid.explorer.show;

import dev.limpid.view.NeuronsView;
import dev.limpid.view.TokenView;
import java.io.PrintStream;
import java.util.List;

/** The neurons that brought most to a position, and to what end. */
public record NeuronsText(NeuronsView view, List<TokenView> tokens, int width) {
  private static final int START = 37;

  private static final String NOTE =
      "Promotes, suppresses: the logits that the neuron raises and lowers most here, its activation's"
          + " sign included; with a negative activation it promotes what its weights point away from.";

  /** Prints them. */
  public void print(PrintStream out) {
    String heading =
        "What the neurons of layer %d brought to position %d %s (state before: %s)"
            .formatted(
                view.layer(),
                view.position(),
                TerminalText.quoted(tokens.get(view.position())),
                Numbers.contribution(view.residual()));
    out.println(TerminalText.wrapped(heading, width));
    out.println("neuron  contribution  activation  promotes | suppresses");
    for (NeuronsView.Neuron neuron : view.neurons()) {
      out.printf(
          "%6d  %12s  %10s  %s | %s%n",
          neuron.neuron(),
          Numbers.contribution(neuron.contribution()),
          Numbers.contribution(neuron.activation()),
          TerminalText.columns(shown(neuron.promoted()), (width - START) / 2),
          shown(neuron.suppressed()));
    }
    out.println();
    out.println(TerminalText.wrapped(NOTE, width));
  }

  private String shown(List<NeuronsView.Token> tokens) {
    List<String> quoted =
        tokens.stream().map(token -> TerminalText.quoted(token.id(), token.text())).toList();
    return TerminalText.fitting(quoted, " ", (width - START) / 2);
  }
}
