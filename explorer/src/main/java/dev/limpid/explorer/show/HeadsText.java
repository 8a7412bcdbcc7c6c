package dev.limpid.explorer.show;

import dev.limpid.view.HeadsView;
import dev.limpid.view.TokenView;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;

/** What the heads of a layer brought to a position, the most first, and what they look at. */
public record HeadsText(HeadsView view, List<TokenView> tokens, int width) {

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
    if (view.heads().stream().anyMatch(head -> head.links() != null)) {
      out.println(
          TerminalText.wrapped(
              "Below each head, why it looks there and not elsewhere: which part of the query, with"
                  + " which part of the key, puts the score how far above that of other keys.",
              width));
    }
    view.heads().stream()
        .sorted(Comparator.comparingDouble((HeadsView.Head head) -> -head.contribution()))
        .forEach(head -> {
          out.printf(
              "%4d  %12s  %7s  %" + attention.length() + "s  %s%n",
              head.head(),
              Numbers.contribution(head.contribution()),
              Numbers.contribution(head.signed()),
              Numbers.percent(head.attention()),
              TerminalText.columns(head.looksAt() + " " + token(head.looksAt()), 26).strip());
          if (head.links() != null) {
            head.links()
                .forEach(link ->
                    out.printf("%14s  %s%n", Numbers.change(link.score()), QkText.name(link)));
          }
        });
  }

  private String token(int position) {
    return TerminalText.quoted(tokens.get(position));
  }
}
