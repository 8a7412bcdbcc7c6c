package dev.limpid.explorer.show;

import dev.limpid.view.NeuronsView;
import dev.limpid.view.TokenView;
import java.io.PrintStream;
import java.util.List;

/** The neurons that brought most to a position, and to what end. */
public record NeuronsText(NeuronsView view, List<TokenView> tokens, int width) {
  private static final int START = 37;

  /** Prints them. */
  public void print(PrintStream out) {
    String heading =
        "What the neurons of layer %d brought to position %d %s (state before: %.4f)"
            .formatted(
                view.layer(),
                view.position(),
                TerminalText.quoted(tokens.get(view.position())),
                view.residual());
    out.println(TerminalText.wrapped(heading, width));
    out.println("neuron  contribution  activation  promotes | suppresses");
    for (NeuronsView.Neuron neuron : view.neurons()) {
      out.printf(
          "%6d  %12.4f  %10.4f  %s | %s%n",
          neuron.neuron(),
          neuron.contribution(),
          neuron.activation(),
          TerminalText.columns(shown(neuron.promoted()), (width - START) / 2),
          shown(neuron.suppressed()));
    }
  }

  private String shown(List<NeuronsView.Token> tokens) {
    List<String> quoted =
        tokens.stream().map(token -> TerminalText.quoted(token.id(), token.text())).toList();
    return TerminalText.fitting(quoted, " ", (width - START) / 2);
  }
}
