package dev.limpid.explorer.show;

import dev.limpid.routes.RouteGraph;
import dev.limpid.view.ExplainView;
import dev.limpid.view.RelevanceView;
import dev.limpid.view.TokenView;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.Ansi;

/** What made an answer, in a terminal: the picture of its route and its largest parts. */
final class RelevanceText {
  private static final int LISTED = 8;
  private static final int HEADS = 3;

  private final RelevanceView view;
  private final ExplainView explained;
  private final RouteGraph route;
  private final PrintStream out;
  private final int width;
  private final Ansi ansi;

  RelevanceText(
      RelevanceView view,
      ExplainView explained,
      RouteGraph route,
      PrintStream out,
      int width,
      Ansi ansi) {
    this.view = view;
    this.explained = explained;
    this.route = route;
    this.out = out;
    this.width = width;
    this.ansi = ansi;
  }

  /** Prints picture and parts; the heading is there already. */
  void print() {
    out.println(
        "Relevance, threshold %s: %d terms of attention and MLPs"
            .formatted(TerminalText.exact(view.threshold()), view.components()));
    RoutePicture picture =
        new RoutePicture(route, explained.tokens(), explained.model().nLayers(), width, ansi);
    int hidden = picture.print(out);
    boolean isAgainst = route.nodes().stream().anyMatch(node -> node.flow() < 0);
    faint("  share of it: " + Shade.LEGEND + (isAgainst ? RoutePicture.AGAINST : "   + with MLP"));
    if (hidden > 0) {
      faint(
          "  Of %d positions, those with the largest shares.".formatted(explained.tokens().size()));
    }
    tokens();
    view.attention().stream().limit(LISTED).forEach(this::attention);
    view.mlps().stream().limit(LISTED / 2).forEach(this::mlp);
  }

  private void tokens() {
    String named =
        view.tokens().stream()
            .limit(LISTED / 2)
            .map(source -> token(source.position()) + " " + signed(source.share()))
            .collect(Collectors.joining(", "));
    TerminalText.wrapped("Of it, tokens brought: " + named + ".", width)
        .lines()
        .forEach(out::println);
  }

  private void attention(ExplainView.Attention edge) {
    String start =
        "  layer %2d  %s from %s%7s  "
            .formatted(
                edge.layer(),
                TerminalText.columns(edge.query() + " " + token(edge.query()), 16),
                TerminalText.columns(edge.key() + " " + token(edge.key()), 16),
                Numbers.percent(edge.flow()));
    List<String> heads =
        edge.heads().stream()
            .limit(HEADS)
            .map(head -> "head " + head.head() + share(edge, head))
            .toList();
    out.println(start + TerminalText.fitting(heads, ", ", width - TerminalText.width(start)));
  }

  private static String share(ExplainView.Attention edge, ExplainView.Head head) {
    return edge.heads().size() == 1 ? "" : " (%s)".formatted(Numbers.percent(edge.flow(head)));
  }

  private void mlp(RelevanceView.Mlp mlp) {
    out.println(
        "  layer %2d  %s at   %s%7s"
            .formatted(
                mlp.layer(),
                TerminalText.columns("MLP", 16),
                TerminalText.columns(mlp.position() + " " + token(mlp.position()), 16),
                Numbers.percent(mlp.share())));
  }

  private static String signed(double share) {
    return (share > 0 ? "+" : "") + Numbers.signedPercent(share);
  }

  private String token(int position) {
    TokenView token = explained.tokens().get(position);
    return TerminalText.quoted(token);
  }

  private void faint(String text) {
    TerminalText.wrapped(text, width)
        .lines()
        .forEach(line -> out.println(ansi.string("@|faint " + line + "|@")));
  }
}
