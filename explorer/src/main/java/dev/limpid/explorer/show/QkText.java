package dev.limpid.explorer.show;

import dev.limpid.view.QkView;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why a head looks at a key: the parts of the query and of the key, and the largest pairs. */
public record QkText(QkView view, int width) {
  /** What the numbers are. */
  static final String NOTE =
      "All pairs sum to the score, exactly; the scale of the norm is held at that of the whole"
          + " state. Only differences between keys matter to attention: --versus compares two.";

  private static final int LISTED = 8;
  private static final int COLUMN = 34;

  /** Prints it. */
  public void print(PrintStream out) {
    out.println(TerminalText.wrapped(headline(), width));
    out.printf(
        "  %s %s, attention %s%n",
        view.versus() == null ? "score" : "its score is higher by",
        Numbers.logit(view.score()),
        Numbers.percent(view.pattern()));
    out.println();
    out.println("  " + TerminalText.columns("of the query", COLUMN) + "of the key");
    for (int i = 0; i < Math.min(LISTED, view.queryParts().size()); i++) {
      out.println(
          "  "
              + TerminalText.columns(shown(view.queryParts(), i), COLUMN)
              + shown(view.keyParts(), i));
    }
    out.println();
    out.println("  The largest pairs, query with key:");
    for (QkView.Pair pair : view.pairs()) {
      out.printf("  %9s  %s%n", Numbers.change(pair.score()), name(pair));
    }
    out.println();
    out.println(TerminalText.wrapped(NOTE, width));
  }

  /** Returns what was asked. */
  String headline() {
    return "Why head %d.%d looks from %d %s at %d %s%s"
        .formatted(
            view.layer(),
            view.head(),
            view.position(),
            token(view.position()),
            view.key(),
            token(view.key()),
            view.versus() == null
                ? ""
                : " and not at %d %s".formatted(view.versus(), token(view.versus())));
  }

  private static String shown(List<QkView.Part> parts, int i) {
    QkView.Part part = parts.get(i);
    return "%9s  %s"
        .formatted(Numbers.change(part.score()), name(part.part(), part.layer(), part.head()));
  }

  /** Returns a pair of parts, such as "head 1.3 with token". */
  static String name(QkView.Pair pair) {
    return "%s with %s"
        .formatted(
            name(pair.query().part(), pair.query().layer(), pair.query().head()),
            name(pair.key().part(), pair.key().layer(), pair.key().head()));
  }

  /** Returns a part, such as "head 1.3". */
  static String name(String part, @Nullable Integer layer, @Nullable Integer head) {
    return switch (part) {
      case "head" -> "head %d.%d".formatted(layer, head);
      case "mlp" -> "MLP of layer " + layer;
      default -> part;
    };
  }

  private String token(int position) {
    return TerminalText.quoted(view.tokens().get(position));
  }
}
