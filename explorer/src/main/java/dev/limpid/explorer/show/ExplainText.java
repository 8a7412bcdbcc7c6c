package dev.limpid.explorer.show;

import dev.limpid.Explanation;
import dev.limpid.routes.Node;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteGraph;
import dev.limpid.view.ExplainView;
import dev.limpid.view.PredictionView;
import dev.limpid.view.RelevanceView;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/** An explanation for people: prediction, picture of the route, source tokens, attention. */
public final class ExplainText {
  private static final int LISTED = 8;
  private static final int MARGIN = 12;
  private static final int BAR = 24;

  private final ExplainView view;
  private final Route route;
  private final @Nullable RouteGraph behindAnswer;
  private final RouteStory story;
  private final PrintStream out;
  private final int width;
  private final Ansi ansi;

  /**
   * Prepares an explanation.
   *
   * @param width how many columns a line may have
   * @param colours whether the terminal shows colours
   */
  public ExplainText(Explanation explanation, PrintStream out, int width, boolean colours) {
    this.view = explanation.view();
    this.route = explanation.route();
    this.behindAnswer =
        explanation.answer() == null ? null : explanation.answer().routes().getFirst().route();
    this.story = new RouteStory(explanation, TerminalText::quoted);
    this.out = out;
    this.width = width;
    this.ansi = colours ? Ansi.ON : Ansi.OFF;
  }

  /** Prints it. */
  public void print() {
    predictions();
    picture();
    sources();
    attention();
    out.println();
    faint(view.note());
    contrast();
    faithful();
  }

  private void predictions() {
    title(
        "%s predicts after %s (position %d)"
            .formatted(view.model().name(), token(view.position()), view.position()));
    for (PredictionView p : view.predictions()) {
      prediction(p, p.rank() == 1 ? "bold" : "");
    }
    if (view.answer() != null) {
      out.println("asked for");
      prediction(view.answer(), "");
    }
    if (view.distractor() != null) {
      prediction(view.distractor(), "");
    }
    if (view.logitDifference() != null) {
      out.println("  logit difference " + Numbers.change(view.logitDifference()));
    }
  }

  private void prediction(PredictionView p, String style) {
    out.println(
        "  "
            + styled(style, TerminalText.columns(TerminalText.quoted(p), 20))
            + "%7s   logit %8s   rank %d"
                .formatted(Numbers.percent(p.probability()), Numbers.logit(p.logit()), p.rank()));
  }

  private void picture() {
    heading(
        "Route (threshold %s, %s): %d nodes, %d edges"
            .formatted(
                TerminalText.exact(view.threshold()), view.mode(), view.nodes(), view.edges()));
    story.sentences().forEach(this::sentence);
    RoutePicture picture =
        new RoutePicture(route, view.tokens(), view.model().nLayers(), width, ansi);
    int hidden = picture.print(out);
    faint("  share of the state: " + Shade.LEGEND + "   + with MLP");
    if (hidden > 0) {
      faint("  Of %d positions, those with the most flow.".formatted(view.tokens().size()));
    }
    sentence(story.kept());
  }

  private void sources() {
    heading("Where this state came from");
    for (ExplainView.Source source : view.sources().stream().limit(LISTED).toList()) {
      String note = source.position() == 0 ? "   (first token: a resting place)" : "";
      int bar = Math.min(BAR, width - MARGIN - 26 - note.length());
      String line =
          "  %3d  %s%7s  %s%s"
              .formatted(
                  source.position(),
                  TerminalText.columns(token(source.position()), 20),
                  Numbers.percent(source.flow()),
                  styled(
                      "fg(green)",
                      "█".repeat(Math.min(bar, (int) Math.round(BAR * source.flow())))),
                  styled("faint", note));
      out.println(line.stripTrailing());
    }
    if (view.sources().size() > LISTED) {
      double rest =
          view.sources().stream().skip(LISTED).mapToDouble(ExplainView.Source::flow).sum();
      out.println(
          "       %s%7s"
              .formatted(
                  TerminalText.columns((view.sources().size() - LISTED) + " more", 20),
                  Numbers.percent(rest)));
    }
    ExplainView.Lost lost = view.lostFlow();
    double missing = lost.stopped() + lost.belowThreshold() + lost.bias();
    if (missing > 5e-5) {
      out.println(
          "       %s%7s"
              .formatted(TerminalText.columns("arrives nowhere", 20), Numbers.percent(missing)));
      out.println(
          "         (stopped %s, below the threshold %s, bias %s)"
              .formatted(
                  Numbers.percent(lost.stopped()),
                  Numbers.percent(lost.belowThreshold()),
                  Numbers.percent(lost.bias())));
    }
    stops("its parts only cancel one another, so none of them has a share", route.cancelling());
    List<Node> weak = new ArrayList<>(route.stopped());
    weak.removeAll(route.cancelling());
    stops("none of its parts is above the threshold", weak);
  }

  private void stops(String reason, List<Node> nodes) {
    if (!nodes.isEmpty()) {
      String named = nodes.stream().limit(LISTED).map(Node::id).collect(Collectors.joining(", "));
      String more = nodes.size() > LISTED ? " and %d more".formatted(nodes.size() - LISTED) : "";
      out.println("       flow stops at " + named + more + ": " + reason);
    }
  }

  private void attention() {
    if (view.attention().isEmpty()) {
      return;
    }
    heading("Attention that carried the most of it");
    for (ExplainView.Attention edge : view.attention().stream().limit(LISTED).toList()) {
      String start =
          "  layer %2d  %s from %s%7s  "
              .formatted(
                  edge.layer(),
                  TerminalText.columns(edge.query() + " " + token(edge.query()), 16),
                  TerminalText.columns(edge.key() + " " + token(edge.key()), 16),
                  Numbers.percent(edge.flow()));
      List<String> heads = edge.heads().stream().limit(3).map(h -> head(h, edge)).toList();
      out.println(start + TerminalText.fitting(heads, ", ", width - TerminalText.width(start)));
    }
  }

  private static String head(ExplainView.Head head, ExplainView.Attention edge) {
    String name = "head " + head.head();
    return edge.heads().size() == 1
        ? name
        : "%s (%s)".formatted(name, Numbers.percent(edge.flow(head)));
  }

  private void contrast() {
    if (view.contrast() == null || view.answer() == null) {
      return;
    }
    heading("Where " + TerminalText.logitName(view.answer(), view.distractor()) + " came from");
    new ContrastTable(view.contrast(), view.tokens()).print(out, LISTED);
    faint(view.contrast().note());
    relevance(view.answer());
  }

  private void relevance(PredictionView answer) {
    String logit = TerminalText.logitName(answer, view.distractor());
    @Nullable RelevanceView relevance = view.relevance();
    if (relevance == null || behindAnswer == null) {
      heading("What made " + logit);
      sentence("It is next to nothing: there is nothing to share out.");
      return;
    }
    heading("What made %s: %s".formatted(logit, Numbers.change(relevance.value())));
    new RelevanceText(relevance, view, behindAnswer, out, width, ansi).print();
    faint(relevance.note());
  }

  private void faithful() {
    if (view.faithful() != null) {
      heading("Is it true? The routes run alone");
      new FaithfulText(view, view.faithful()).sentences().forEach(this::sentence);
    }
  }

  private String token(int position) {
    return TerminalText.quoted(view.tokens().get(position));
  }

  private void heading(String text) {
    out.println();
    title(text);
  }

  private void title(String text) {
    TerminalText.wrapped(text, width).lines().forEach(line -> out.println(styled("bold", line)));
  }

  private void sentence(String text) {
    TerminalText.wrapped(text, width).lines().forEach(out::println);
  }

  private void faint(String text) {
    TerminalText.wrapped(text, width).lines().forEach(line -> out.println(styled("faint", line)));
  }

  private String styled(String style, String text) {
    return style.isEmpty() || text.isEmpty()
        ? text
        : ansi.new Text("@|" + style + " " + text.replace("|@", "| @") + "|@").toString();
  }
}
