package dev.limpid.explorer.show;

import dev.limpid.view.TokenView;
import dev.limpid.view.TokensView;
import java.io.PrintStream;

/** How a text is cut into tokens, a line each. */
public record TokensText(TokensView view) {

  /** Prints them. */
  public void print(PrintStream out) {
    for (TokenView token : view.tokens()) {
      out.printf("%5d  %7d  %s%n", token.position(), token.id(), TerminalText.quoted(token));
    }
  }
}
