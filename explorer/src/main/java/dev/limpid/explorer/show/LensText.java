package dev.limpid.explorer.show;

import dev.limpid.view.LensView;
import dev.limpid.view.PredictionView;
import dev.limpid.view.TokenView;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

/** States read as predictions, a line each; or how one token fares in them. */
public final class LensText {
  private static final int START = 14;
  private static final int NAME = 11;
  private static final int POSITION = 6 + NAME;
  private static final int PREDICTION = 9 + NAME;
  private static final int LONGEST_BAR = 40;

  private final LensView view;
  private final List<TokenView> tokens;
  private final int width;
  private final boolean isOnePosition;

  /**
   * Prepares it.
   *
   * @param tokens of the prompt
   * @param width how many columns a line may have
   */
  public LensText(LensView view, List<TokenView> tokens, int width) {
    this.view = view;
    this.tokens = tokens;
    this.width = width;
    this.isOnePosition =
        view.states().stream().mapToInt(LensView.State::position).distinct().count() == 1;
  }

  /** Returns how many tokens fit a line of so many columns. */
  public static int fitting(int width, boolean isOnePosition) {
    int start = START + (isOnePosition ? 0 : POSITION);
    return Math.clamp((width - start) / PREDICTION, 1, 10);
  }

  /** Prints it. */
  public void print(PrintStream out) {
    LensView.State first = view.states().getFirst();
    String where = isOnePosition ? " at position " + token(first) : "";
    PredictionView chosen = first.chosen();
    if (chosen == null) {
      out.printf("What each %s%s would predict%n", first.state(), where);
      out.println("layer" + position("  position") + "  entropy  most probable tokens");
      view.states().forEach(state -> out.println(start(state) + predictions(state)));
    } else {
      out.printf("How %s fares in each %s%s%n", TerminalText.quoted(chosen), first.state(), where);
      out.println("layer" + position("  position") + "     rank     logit  probability");
      for (LensView.State state : view.states()) {
        if (state.chosen() != null) {
          out.println(chosen(state, state.chosen()));
        }
      }
    }
  }

  private String start(LensView.State state) {
    return layer(state) + "  %7s".formatted(Numbers.logit(state.entropy()));
  }

  private String layer(LensView.State state) {
    return "%5d".formatted(state.layer()) + position("  " + token(state));
  }

  /** Nothing where all states are of one position, which stands in the heading. */
  private String position(String text) {
    return isOnePosition ? "" : TerminalText.columns(text, POSITION);
  }

  private static String predictions(LensView.State state) {
    return state.top().stream()
        .map(p ->
            "  "
                + TerminalText.columns(TerminalText.quoted(p), NAME)
                + "%7s".formatted(Numbers.percent(p.probability())))
        .collect(Collectors.joining());
  }

  private String chosen(LensView.State state, PredictionView chosen) {
    String start =
        layer(state)
            + "  %7d  %8s  %11s  "
                .formatted(
                    chosen.rank(),
                    Numbers.logit(chosen.logit()),
                    Numbers.percent(chosen.probability()));
    int bar = Math.min(LONGEST_BAR, width - TerminalText.width(start));
    return (start + Bar.of(chosen.probability(), bar)).stripTrailing();
  }

  private String token(LensView.State state) {
    return state.position() + " " + TerminalText.quoted(tokens.get(state.position()));
  }
}
