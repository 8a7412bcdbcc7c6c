package dev.limpid.explorer.show;

import dev.limpid.view.CorpusComparisonView;
import dev.limpid.view.CorpusComparisonView.Head;
import java.io.IOException;
import java.io.Writer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** How heads differ between two corpora, as a page. */
public record CorpusComparisonReport(CorpusComparisonView view) {

  /** Writes it; flushes the writer, does not close it. */
  public void write(Writer out) throws IOException {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("model", view.model().name());
    facts.put("model_sha256", String.valueOf(view.model().sha256()));
    facts.put("interval", view.interval());
    facts.put("draws", "" + view.resamples());
    facts.put("seed", "" + view.seed());
    PageFrame.write("two corpora", List.of(), view.model().limpidVersion(), facts, out, this::body);
  }

  private void body(PageOut page) throws IOException {
    CorpusComparisonText words = new CorpusComparisonText(view, Integer.MAX_VALUE);
    page.html().element("h1", words.headline());
    page.html().element("p", words.found(), "class", "story");
    double[][] cells = new double[view.model().nLayers()][view.model().nHeads()];
    view.heads().forEach(h -> cells[h.layer()][h.head()] = 100 * h.difference());
    List<String> rows = IntStream.range(0, cells.length).mapToObj("layer %2d"::formatted).toList();
    HeatGrid.write(
        new HeatMap(cells, rows, HeatMap.heads(view.model().nHeads())),
        "a less b, in hundredths of the state",
        page);
    page.html().element("h2", "Heads that differ most");
    double largest = Math.abs(view.heads().getFirst().difference());
    page.table(
        List.of("head", "", "", "*a", "*b", "*a - b", "*from", "*to", "*q"),
        view.heads(),
        (head, index) -> row(head, largest, page));
    page.small(words.how());
  }

  private static void row(Head head, double largest, PageOut page) throws IOException {
    String mark = head.q() <= CorpusComparisonText.RATE ? " *" : "";
    page.html().element("td", CorpusComparisonText.name(head) + mark);
    page.signedBar(head.difference(), largest);
    page.number(Numbers.percent(head.a()));
    page.number(Numbers.percent(head.b()));
    page.number(Numbers.signedPercent(head.difference()));
    page.number(Numbers.signedPercent(head.low()));
    page.number(Numbers.signedPercent(head.high()));
    page.number("%.4f".formatted(head.q()));
  }
}
