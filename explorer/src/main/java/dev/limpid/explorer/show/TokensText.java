package dev.limpid.explorer.show;

import dev.limpid.view.TokenView;
import java.io.PrintStream;
import java.util.List;

/** How a text is cut into tokens, a line each. */
public record TokensText(List<TokenView> tokens) {

  /** Prints them. */
  public void print(PrintStream out) {
    for (TokenView token : tokens) {
      out.printf("%5d  %7d  %s%n", token.position(), token.id(), TerminalText.quoted(token));
    }
  }
}
