package dev.limpid.explorer.show;

import dev.limpid.corpus.CorpusResult;
import dev.limpid.files.OutputFile;
import dev.limpid.routes.statistics.Example;
import dev.limpid.routes.statistics.RouteStatistics;
import dev.limpid.view.CorpusView;
import dev.limpid.view.CorpusView.Group;
import dev.limpid.view.CorpusView.Head;
import dev.limpid.view.CorpusView.Reads;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** {@code report.html}: what a corpus says about a model, as a page. */
public record CorpusReport(CorpusView view, RouteStatistics statistics) {
  /** The name of the file in a folder of results. */
  public static final String NAME = "report.html";

  /** So many groups stand side by side. */
  private static final int SHOWN_GROUPS = 12;

  private static final int HEADS_WITH_EXAMPLES = 8;

  /** Writes it into the folder of a result. */
  public static void write(CorpusResult result) throws IOException {
    CorpusReport report = new CorpusReport(result.view(), result.statistics().all());
    OutputFile.write(
        result.folder().resolve(NAME),
        out ->
            PageFrame.write(
                CorpusText.headline(result.view()),
                List.of(),
                result.view().model().limpidVersion(),
                report.facts(result.facts()),
                new OutputStreamWriter(out, StandardCharsets.UTF_8),
                report::body));
  }

  private Map<String, String> facts(Map<String, String> model) {
    Map<String, String> facts = new LinkedHashMap<>(model);
    facts.put("prompts", "" + view.prompts());
    facts.put("samples", "" + view.samples());
    facts.put("rejected", "" + view.rejected());
    facts.put("position", view.position());
    facts.put("threshold", TerminalText.exact(view.threshold()));
    facts.put("mode", view.mode());
    return facts;
  }

  private void body(PageOut page) throws IOException {
    Group all = view.groups().getFirst();
    Head first = CorpusText.strongest(all).getFirst();
    HtmlOut html = page.html();
    html.element("h1", CorpusText.headline(view));
    html.element(
        "p",
        "The route of a position shows how its last state was built. "
            + "Of all heads, head %d of layer %d brings most: %s of a state on average, on %s of all routes."
                .formatted(
                    first.head(),
                    first.layer(),
                    Numbers.percent(first.flow()),
                    Numbers.percent(first.onRoute())),
        "class",
        "story");
    maps("Flow through each head", "the mean share of the state", Head::flow, page);
    maps("How often each head is on a route", "the share of samples", Head::onRoute, page);
    heads(all, page);
    layers(all, page);
    sources(page);
    examples(page);
  }

  /** A picture for each group, all on the scale of the largest share among them. */
  private void maps(String title, String what, ToDoubleFunction<Head> share, PageOut page)
      throws IOException {
    List<Group> shown = view.groups().subList(0, Math.min(view.groups().size(), SHOWN_GROUPS + 1));
    int nHeads = view.model().nHeads();
    List<LayerHeadMap> maps =
        shown.stream().map(group -> LayerHeadMap.of(group.heads(), nHeads, share)).toList();
    double largest = maps.stream().mapToDouble(LayerHeadMap::largest).max().orElse(0);
    page.html().element("h2", title);
    page.small(
        "Rows are layers, the last on top; columns are heads. The deepest colour is %s, %s."
            .formatted(Numbers.percent(largest), what));
    page.html().open("div", "class", "maps");
    for (int i = 0; i < maps.size(); i++) {
      Group group = shown.get(i);
      maps.get(i)
          .write(
              "%s (%,d)".formatted(CorpusText.groupName(group), group.prompts()),
              largest,
              page.html());
    }
    page.html().close();
    if (shown.size() < view.groups().size()) {
      page.small(
          "%d more groups are in summary.json.".formatted(view.groups().size() - shown.size()));
    }
  }

  private static void heads(Group all, PageOut page) throws IOException {
    List<Head> strongest = CorpusText.strongest(all);
    double largest = strongest.getFirst().flow();
    page.html().element("h2", "Strongest heads");
    page.small(
        "Where the keys stand that a head reads, by flow: the position itself, the first one, the"
            + " one before, any other. In ninety of a hundred samples the flow is not above the one"
            + " under 90 %.");
    page.table(
        List.of(
            "head", "", "*flow", "*90 %", "*on route", "*self", "*first", "*previous", "*other"),
        strongest,
        (head, index) -> {
          page.html().element("td", CorpusText.name(head));
          page.bar(largest == 0 ? 0 : head.flow() / largest);
          page.number(Numbers.percent(head.flow()));
          page.number(Numbers.percent(head.flowQuantiles().getOrDefault("0.9", 0.0)));
          page.number(Numbers.percent(head.onRoute()));
          @Nullable Reads reads = head.reads();
          page.number(reads == null ? "-" : Numbers.percent(reads.self()));
          page.number(reads == null ? "-" : Numbers.percent(reads.first()));
          page.number(reads == null ? "-" : Numbers.percent(reads.previous()));
          page.number(reads == null ? "-" : Numbers.percent(reads.other()));
        });
  }

  private static void layers(Group all, PageOut page) throws IOException {
    page.html().element("h2", "Layers");
    page.small(
        "How much of a state flows through the attention and the MLP of each layer, and past them;"
            + " in how many samples the model's next token is already on top behind the layer, and"
            + " how undecided it is there.");
    page.table(
        List.of(
            "layer", "*attention", "*past it", "*MLP", "*MLP on route", "*top", "*entropy, nats"),
        IntStream.range(0, all.layers().size()).boxed().toList(),
        (l, index) -> {
          page.html().element("td", "" + l);
          page.number(Numbers.percent(all.layers().get(l).attention()));
          page.number(Numbers.percent(all.layers().get(l).residual()));
          page.number(Numbers.percent(all.mlps().get(l).flow()));
          page.number(Numbers.percent(all.mlps().get(l).onRoute()));
          page.number(Numbers.percent(all.lens().get(l).top()));
          page.number(Numbers.logit(all.lens().get(l).entropy()));
        });
  }

  private void sources(PageOut page) throws IOException {
    page.html().element("h2", "Which tokens it comes from");
    page.table(
        List.of(
            "group", "*prompts", "*the first", "*itself", "*the one before", "*others", "*none"),
        view.groups(),
        (group, index) -> {
          page.html().element("td", CorpusText.groupName(group));
          page.number("%,d".formatted(group.prompts()));
          page.number(Numbers.percent(group.source().first()));
          page.number(Numbers.percent(group.source().self()));
          page.number(Numbers.percent(group.source().previous()));
          page.number(Numbers.percent(group.source().other()));
          page.number(Numbers.percent(group.source().lost()));
        });
  }

  private void examples(PageOut page) throws IOException {
    List<Head> strongest =
        CorpusText.strongest(view.groups().getFirst()).stream()
            .limit(HEADS_WITH_EXAMPLES)
            .filter(head -> !statistics.examples(head.layer(), head.head()).isEmpty())
            .toList();
    if (strongest.isEmpty()) {
      return;
    }
    page.html().element("h2", "Strongest examples");
    page.small(
        "The samples with most flow through each of the strongest heads, up to the position"
            + " explained; examples.jsonl has those of all.");
    for (Head head : strongest) {
      page.html().element("h3", "Layer %d, head %d".formatted(head.layer(), head.head()));
      page.html().open("ol", "class", "examples");
      for (Example example : statistics.examples(head.layer(), head.head())) {
        example(example, page);
      }
      page.html().close();
    }
  }

  private static void example(Example example, PageOut page) throws IOException {
    HtmlOut html = page.html();
    html.open("li");
    html.element("span", Numbers.percent(example.value()), "class", "share").text(" ");
    if (example.text() == null) {
      html.text("position " + example.position());
    } else {
      page.text(example.text());
    }
    page.remark("prompt " + example.prompt());
    html.close();
  }
}
