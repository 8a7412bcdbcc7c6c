package dev.limpid.explorer.show;

import dev.limpid.view.AblateView;
import dev.limpid.view.InterventionView;
import dev.limpid.view.OutcomeView;
import dev.limpid.view.PredictionView;
import java.io.PrintStream;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A prediction before and after changes, side by side. */
public record AblateText(AblateView view, int width) {
  private static final int COLUMN = 30;
  private static final int LISTED = 6;

  /** Prints it. */
  public void print(PrintStream out) {
    out.printf(
        "What becomes of the prediction at position %d %s with%n",
        view.position(), TerminalText.quoted(view.tokens().get(view.position())));
    List<InterventionView> changes = view.interventions();
    changes.stream()
        .limit(LISTED)
        .forEach(change -> out.println(TerminalText.wrapped("  " + said(change), width)));
    if (changes.isEmpty()) {
      out.println("  nothing changed");
    }
    if (changes.size() > LISTED) {
      out.printf("  and %d more%n", changes.size() - LISTED);
    }
    out.println();
    out.println("  " + TerminalText.columns("before", COLUMN) + "after");
    List<PredictionView> before = view.before().top();
    List<PredictionView> after = view.after().top();
    IntStream.range(0, before.size())
        .forEach(i ->
            out.println(
                "  " + TerminalText.columns(shown(before.get(i)), COLUMN) + shown(after.get(i))));
    out.println();
    print(out, view.before().answer(), view.after().answer());
    PredictionView distractor = view.before().distractor();
    if (distractor != null) {
      print(out, distractor, Objects.requireNonNull(view.after().distractor()));
      out.printf(
          "  %s%8s -> %8s%n",
          TerminalText.columns("logit difference", COLUMN),
          Numbers.logit(difference(view.before())),
          Numbers.logit(difference(view.after())));
    }
    out.printf(
        "  %s%8.3f nats%n", TerminalText.columns("KL(before || after)", COLUMN), view.after().kl());
  }

  private static double difference(OutcomeView outcome) {
    return Objects.requireNonNull(outcome.logitDifference());
  }

  private static void print(PrintStream out, PredictionView before, PredictionView after) {
    out.printf(
        "  %s%8s -> %8s   rank %d -> %d%n",
        TerminalText.columns(TerminalText.logitName(before, null), COLUMN),
        Numbers.logit(before.logit()),
        Numbers.logit(after.logit()),
        before.rank(),
        after.rank());
  }

  private static String shown(PredictionView p) {
    return TerminalText.columns(TerminalText.quoted(p), 18)
        + "%7s".formatted(Numbers.percent(p.probability()));
  }

  /** Returns a change in words. */
  static String said(InterventionView change) {
    String where =
        Stream.of(
                named("layer", change.layer()),
                named("head", change.head()),
                named("neuron", change.neuron()),
                named("expert", change.expert()),
                named("position", change.position()),
                named("key", change.key()))
            .filter(text -> !text.isEmpty())
            .reduce((a, b) -> a + ", " + b)
            .orElse("");
    String how =
        switch (change.action()) {
          case "zero" ->
              Boolean.TRUE.equals(change.renormalise())
                  ? "dropped, the rest renormalised"
                  : "put to zero";
          case "scale" -> "times " + TerminalText.exact(Objects.requireNonNull(change.factor()));
          case "add" -> "a vector added";
          case "set" -> "set to a vector";
          case "patch" -> "taken from the source";
          default -> "put to the mean of the references";
        };
    return change.site() + " " + how + ": " + where;
  }

  private static String named(String what, @Nullable Object index) {
    if (index == null) {
      return "";
    }
    return index.equals("all") ? "all " + what + "s" : what + " " + index;
  }
}
