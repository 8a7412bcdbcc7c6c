package dev.limpid.explorer.show;

import dev.limpid.view.HeadsView;
import dev.limpid.view.TokenView;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;

/** What the heads of a layer brought to a position, the most first. */
public record HeadsText(HeadsView view, List<TokenView> tokens) {

  /** Prints it. */
  public void print(PrintStream out) {
    boolean ofOneKey = view.key() != null;
    out.printf(
        "What the heads of layer %d brought to position %d %s%s%n",
        view.layer(), view.position(), token(view.position()), from());
    out.println("head  contribution   signed  " + (ofOneKey ? "" : "largest ") + "attention");
    view.heads().stream()
        .sorted(Comparator.comparingDouble((HeadsView.Head head) -> -head.contribution()))
        .forEach(head ->
            out.printf(
                "%4d  %12.4f  %7.4f  %" + (ofOneKey ? 9 : 17) + ".4f%n",
                head.head(),
                head.contribution(),
                head.signed(),
                head.attention()));
  }

  private String from() {
    return view.key() == null ? "" : " from position " + view.key() + " " + token(view.key());
  }

  private String token(int position) {
    return TerminalText.quoted(tokens.get(position));
  }
}
