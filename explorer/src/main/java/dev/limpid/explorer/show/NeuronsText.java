package dev.limpid.explorer.show;

import dev.limpid.view.ExpertsView;
import dev.limpid.view.NeuronsView;
import dev.limpid.view.TokenView;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The neurons that brought most to a position, and to what end. */
public record NeuronsText(NeuronsView view, List<TokenView> tokens, int width) {
  /** Columns beside the name and the tokens. */
  private static final int START = 31;

  private static final String NOTE =
      "Promotes, suppresses: the logits that the neuron raises and lowers most here, its activation's"
          + " sign included; with a negative activation it promotes what its weights point away from.";

  /** Prints them. */
  public void print(PrintStream out) {
    @Nullable ExpertsView experts = view.experts();
    if (experts != null) {
      new ExpertsText(view, experts, tokens, width).print(out);
      out.println();
    }
    String heading =
        "What the neurons of %s brought to position %d %s (state before: %s)"
            .formatted(
                experts == null ? "layer " + view.layer() : "these experts",
                view.position(),
                TerminalText.quoted(tokens.get(view.position())),
                Numbers.contribution(view.residual()));
    out.println(TerminalText.wrapped(heading, width));
    int name =
        view.neurons().stream()
            .mapToInt(n -> name(n).length())
            .reduce("neuron".length(), Math::max);
    int room = (width - name - START) / 2;
    out.printf("%" + name + "s  contribution  activation  promotes | suppresses%n", "neuron");
    for (NeuronsView.Neuron neuron : view.neurons()) {
      out.printf(
          "%" + name + "s  %12s  %10s  %s | %s%n",
          name(neuron),
          Numbers.contribution(neuron.contribution()),
          Numbers.contribution(neuron.activation()),
          TerminalText.columns(shown(neuron.promoted(), room), room),
          shown(neuron.suppressed(), room));
    }
    out.println();
    out.println(TerminalText.wrapped(NOTE, width));
    if (experts != null) {
      out.println(TerminalText.wrapped(ExpertsText.NOTE, width));
    }
  }

  /** Of an expert, its number comes first. */
  private static String name(NeuronsView.Neuron neuron) {
    return neuron.expert() == null ? "" + neuron.neuron() : neuron.expert() + "." + neuron.neuron();
  }

  /** Returns as many tokens as there is room for. */
  static String shown(List<NeuronsView.Token> tokens, int room) {
    List<String> quoted =
        tokens.stream().map(token -> TerminalText.quoted(token.id(), token.text())).toList();
    return TerminalText.fitting(quoted, " ", room);
  }
}
