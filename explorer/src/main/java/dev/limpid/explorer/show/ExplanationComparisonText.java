package dev.limpid.explorer.show;

import dev.limpid.Explanation;
import dev.limpid.ExplanationComparison;
import dev.limpid.view.ExplanationComparisonView;
import dev.limpid.view.ExplanationComparisonView.Attention;
import dev.limpid.view.ExplanationComparisonView.Prediction;
import dev.limpid.view.ExplanationComparisonView.Side;
import dev.limpid.view.ExplanationComparisonView.Source;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Help.Ansi;

/** A prompt in a base and in an adapted model, for people: two columns, then both routes. */
public final class ExplanationComparisonText {
  static final int LISTED = 8;

  private final ExplanationComparison comparison;
  private final ExplanationComparisonView view;
  private final PrintStream out;
  private final int width;
  private final Ansi ansi;

  /**
   * Prepares it.
   *
   * @param width how many columns a line may have
   * @param colours whether the terminal shows colours
   */
  public ExplanationComparisonText(
      ExplanationComparison comparison, PrintStream out, int width, boolean colours) {
    this.comparison = comparison;
    this.view = comparison.view();
    this.out = out;
    this.width = width;
    this.ansi = colours ? Ansi.ON : Ansi.OFF;
  }

  /** Prints it. */
  public void print() {
    title(headline(view));
    out.println("                               base              adapted");
    view.predictions().forEach(this::prediction);
    if (view.answer() != null) {
      out.println("asked for");
      prediction(view.answer());
    }
    if (view.distractor() != null) {
      prediction(view.distractor());
    }
    if (view.logitDifference() != null) {
      out.println(
          "  logit difference    %10s          %10s"
              .formatted(
                  Numbers.change(view.logitDifference().base()),
                  Numbers.change(view.logitDifference().adapted())));
    }
    sentence(divergence(view));
    heading("Where this state came from           base   adapted    change");
    for (Source source : view.sources().stream().limit(LISTED).toList()) {
      shares(
          "%3d  %s".formatted(source.position(), token(source.position())),
          source.base(),
          source.adapted());
    }
    heading("Attention that carries more or less  base   adapted    change");
    for (Attention edge : view.attention().stream().limit(LISTED).toList()) {
      shares(edge(edge), edge.base(), edge.adapted());
      out.println("     " + heads(edge));
    }
    heading("How far the states are apart, in lengths of the base's");
    sentence(distances(view.states()));
    route("Route of the base", comparison.base(), view.routes().base());
    route("Route of the adapted model", comparison.adapted(), view.routes().adapted());
    faint("  share of the state: " + Shade.LEGEND + "   + with MLP");
    out.println();
    faint(view.note());
  }

  /** Returns what is compared. */
  static String headline(ExplanationComparisonView view) {
    return "%s beside %s, after %s (position %d)"
        .formatted(
            view.model().name(),
            view.base().name(),
            TerminalText.quoted(view.tokens().get(view.position())),
            view.position());
  }

  /** Returns how far the predictions are apart, in a sentence. */
  static String divergence(ExplanationComparisonView view) {
    return "The adapted model's prediction is %s nats from the base's (Kullback-Leibler)."
        .formatted(Numbers.logit(view.divergence()));
  }

  /** Returns the distances after layers, at most eight of them. */
  static String distances(List<Double> states) {
    int step = Math.ceilDiv(states.size(), LISTED);
    return IntStream.range(0, states.size())
        .filter(l -> (states.size() - 1 - l) % step == 0)
        .mapToObj(l -> "layer %d: %s".formatted(l, Numbers.logit(states.get(l))))
        .collect(Collectors.joining(", "));
  }

  private void prediction(Prediction p) {
    out.println(
        "  %s%s    %s"
            .formatted(
                TerminalText.columns(TerminalText.quoted(p.id(), p.text()), 20),
                side(p.base()),
                side(p.adapted()).stripTrailing()));
  }

  private static String side(Side side) {
    return "%7s rank %-4d".formatted(Numbers.percent(side.probability()), side.rank());
  }

  private String edge(Attention edge) {
    return "layer %d, %d %s from %d %s"
        .formatted(edge.layer(), edge.query(), token(edge.query()), edge.key(), token(edge.key()));
  }

  private static String heads(Attention edge) {
    return edge.heads().stream()
        .limit(3)
        .map(head -> "head " + head)
        .collect(Collectors.joining(", "));
  }

  private void shares(String what, double base, double adapted) {
    out.println(
        "  %s%8s  %8s  %8s"
            .formatted(
                TerminalText.columns(what, 33),
                Numbers.percent(base),
                Numbers.percent(adapted),
                Numbers.signedPercent(adapted - base)));
  }

  private void route(String name, Explanation of, ExplanationComparisonView.Size size) {
    heading(
        "%s (threshold %s, %s): %d nodes, %d edges"
            .formatted(
                name,
                TerminalText.exact(view.threshold()),
                view.mode(),
                size.nodes(),
                size.edges()));
    new RoutePicture(of.route(), view.tokens(), view.model().nLayers(), width, ansi).print(out);
  }

  private String token(int position) {
    return TerminalText.quoted(view.tokens().get(position));
  }

  private void heading(String text) {
    out.println();
    title(text);
  }

  private void title(String text) {
    TerminalText.wrapped(text, width)
        .lines()
        .forEach(line -> out.println(ansi.new Text("@|bold " + line.replace("|@", "| @") + "|@")));
  }

  private void sentence(String text) {
    TerminalText.wrapped(text, width).lines().forEach(out::println);
  }

  private void faint(String text) {
    TerminalText.wrapped(text, width)
        .lines()
        .forEach(line -> out.println(ansi.new Text("@|faint " + line.replace("|@", "| @") + "|@")));
  }
}
