package dev.limpid.explorer.show;

import dev.limpid.routes.export.RouteDocument;
import dev.limpid.routes.export.RouteSvg;
import dev.limpid.view.ExplainView;
import dev.limpid.view.RelevanceView;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** The route behind an answer, on a page: picture, attention, MLPs, tokens. */
final class RelevanceSection {
  private static final String ANCHOR = "answer-";
  private static final int HEADS = 4;
  private static final int LISTED = 12;

  private final ExplainView view;
  private final RelevanceView relevance;
  private final RouteDocument document;
  private final PageOut page;

  RelevanceSection(
      ExplainView view, RelevanceView relevance, RouteDocument document, PageOut page) {
    this.view = view;
    this.relevance = relevance;
    this.document = document;
    this.page = page;
  }

  /** Writes it. */
  void write() throws IOException {
    String logit = TerminalText.logitName(Objects.requireNonNull(view.answer()), view.distractor());
    page.html().element("h2", "What made " + logit);
    new RouteFigure(document, ANCHOR, "it", page.html())
        .write(
            "%d terms of attention and MLPs that brought at least %s of its %s each, as far as they are connected."
                .formatted(
                    relevance.components(),
                    Numbers.percent(relevance.threshold()),
                    Numbers.change(relevance.value())));
    page.small(relevance.note());
    page.table(
        List.of("*layer", "from", "to", "*share", "heads"),
        relevance.attention().stream().limit(LISTED).toList(),
        this::attention);
    page.table(
        List.of("*layer", "MLP at", "", "*share"),
        relevance.mlps().stream().limit(LISTED).toList(),
        (mlp, i) -> mlp(mlp));
    page.table(
        List.of("*position", "token", "", "*share"),
        relevance.tokens().stream().limit(LISTED).toList(),
        (source, i) -> token(source));
  }

  private void attention(ExplainView.Attention edge, int index) throws IOException {
    page.number("" + edge.layer());
    page.tokenCell(edge.key());
    page.tokenCell(edge.query());
    String share = Numbers.percent(edge.flow());
    if (index < RouteSvg.LINKED) {
      page.html().open("td", "class", "number");
      page.html()
          .element(
              "a", share, "href", "#" + ANCHOR + (index + 1), "title", "show it in the picture");
      page.html().close();
    } else {
      page.number(share);
    }
    page.html()
        .element(
            "td",
            edge.heads().stream()
                .limit(HEADS)
                .map(head -> "%d (%s)".formatted(head.head(), Numbers.percent(edge.flow(head))))
                .collect(Collectors.joining(", ")));
  }

  private void mlp(RelevanceView.Mlp mlp) throws IOException {
    page.number("" + mlp.layer());
    page.tokenCell(mlp.position());
    page.bar(mlp.share());
    page.number(Numbers.percent(mlp.share()));
  }

  private void token(RelevanceView.Source source) throws IOException {
    page.number("" + source.position());
    page.tokenCell(source.position());
    page.bar(Math.max(0, source.share()));
    page.number(Numbers.signedPercent(source.share()));
  }
}
