package dev.limpid.explorer.show;

import dev.limpid.view.TokenView;
import java.io.PrintStream;
import java.util.List;

/** How a text is cut into tokens, a line each. */
public record TokensText(List<TokenView> tokens) {

  /** Prints them. */
  public void print(PrintStream out) {
    for (TokenView token : tokens) {
      out.println(
          padded(token.position(), 5)
              + "  "
              + padded(token.id(), 7)
              + "  "
              + TerminalText.quoted(token));
    }
  }

  /** By hand: a format takes longer than all else, where there are millions of them. */
  private static String padded(int number, int width) {
    String digits = Integer.toString(number);
    return " ".repeat(Math.max(0, width - digits.length())) + digits;
  }
}
