package dev.limpid.explorer.show;

import dev.limpid.view.LensView;
import dev.limpid.view.PredictionView;
import java.io.PrintStream;
import java.util.stream.Collectors;

/** States read as predictions, a line each. */
public record LensText(LensView view, String state) {

  private static final int START = 24;
  private static final int TOKEN = 19;

  /** Returns how many tokens fit a line of so many columns. */
  public static int fitting(int width) {
    return Math.clamp((width + 1 - START) / TOKEN, 1, 10);
  }

  /** Prints them. */
  public void print(PrintStream out) {
    out.println("layer position entropy  most probable tokens after this " + state);
    for (LensView.State s : view.states()) {
      out.printf(
          "%5d %8d %7.3f  %s%n",
          s.layer(),
          s.position(),
          s.entropy(),
          s.top().stream().map(LensText::shown).collect(Collectors.joining(" ")));
    }
  }

  private static String shown(PredictionView p) {
    String token = TerminalText.columns(TerminalText.quoted(p), 11);
    return "%s%5.1f %%".formatted(token, 100 * p.probability());
  }
}
