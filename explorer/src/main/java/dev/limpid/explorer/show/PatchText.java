package dev.limpid.explorer.show;

import dev.limpid.view.PatchView;
import java.io.PrintStream;
import java.util.List;

/** The effects of many replacements: a heat map, and the largest of them by name. */
public record PatchText(PatchView view, int width) {
  private static final int LISTED = 10;

  /** Prints it. */
  public void print(PrintStream out) {
    PatchEffects effects = new PatchEffects(view, this::token);
    out.println(
        TerminalText.wrapped(
            "What %s does to %s at position %d %s"
                .formatted(
                    effects.what(),
                    TerminalText.metricName(view.metric(), view.answer(), view.distractor()),
                    view.position(),
                    token(view.position())),
            width));
    out.print("  it is " + Numbers.logit(view.base()));
    if (view.span() != null) {
      String span = Numbers.change(view.span());
      out.print(", and " + span + " for the source: an effect of that much is all of it");
    }
    out.println();
    out.println();
    if (!effects.caption().isEmpty()) {
      out.println(effects.caption() + ":");
    }
    if (effects.map() != null) {
      effects.map().print(out, width);
      out.println();
    }
    out.println("The largest effects:");
    List<PatchEffects.Named> named = effects.named();
    named.stream()
        .limit(LISTED)
        .forEach(n -> out.printf("  %9s  %s%n", Numbers.change(n.effect()), n.name()));
    if (named.size() > LISTED) {
      out.printf("  of %d%n", named.size());
    }
  }

  private String token(int position) {
    return TerminalText.quoted(view.tokens().get(position));
  }
}
