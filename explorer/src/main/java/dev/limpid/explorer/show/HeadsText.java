package dev.limpid.explorer.show;

import dev.limpid.view.HeadsView;
import dev.limpid.view.TokenView;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;

/** What the heads of a layer brought to a position, the most first, and what they look at. */
public record HeadsText(HeadsView view, List<TokenView> tokens) {

  /** Prints it. */
  public void print(PrintStream out) {
    Integer key = view.key();
    out.printf(
        "What the heads of layer %d brought to position %d %s%s%n",
        view.layer(),
        view.position(),
        token(view.position()),
        key == null ? "" : " from position " + key + " " + token(key));
    String attention = key == null ? "largest attention" : "attention to " + key;
    out.println("head  contribution   signed  " + attention + "  looks at");
    view.heads().stream()
        .sorted(Comparator.comparingDouble((HeadsView.Head head) -> -head.contribution()))
        .forEach(head ->
            out.printf(
                "%4d  %12s  %7s  %" + attention.length() + "s  %s%n",
                head.head(),
                Numbers.contribution(head.contribution()),
                Numbers.contribution(head.signed()),
                Numbers.percent(head.attention()),
                TerminalText.columns(head.looksAt() + " " + token(head.looksAt()), 26).strip()));
  }

  private String token(int position) {
    return TerminalText.quoted(tokens.get(position));
  }
}
