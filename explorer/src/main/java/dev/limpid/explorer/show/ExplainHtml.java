package dev.limpid.explorer.show;

import dev.limpid.Explanation;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.routes.ThresholdMode;
import dev.limpid.routes.export.RouteDocument;
import dev.limpid.routes.export.RouteSvg;
import dev.limpid.view.ExplainView;
import dev.limpid.view.PredictionView;
import dev.limpid.view.RouteReadings;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An explanation as one page that opens anywhere: nothing from the network, readable in light and
 * dark, on paper and on a phone. Its picture answers to pointer and keyboard; where scripts do not
 * run, all is there but that.
 */
public final class ExplainHtml {
  /** How many states, connections and MLPs the picture can be asked about. */
  public static final int READ = 60;

  private static final int HEADS = 4;

  /** What anchors in the picture of the route begin with. */
  private static final String EDGE = "edge-";

  private final Explanation explanation;
  private final ExplainView view;
  private final List<PredictionView> throughLayers;
  private final RouteReadings readings;
  private final HtmlOut html;
  private final PageOut page;

  private ExplainHtml(
      Explanation explanation,
      List<PredictionView> throughLayers,
      RouteReadings readings,
      PageOut page) {
    this.explanation = explanation;
    this.view = explanation.view();
    this.throughLayers = throughLayers;
    this.readings = readings;
    this.html = page.html();
    this.page = page;
  }

  /**
   * Writes the page; flushes the writer, does not close it.
   *
   * @param throughLayers the answer, or the predicted token, after each layer
   * @param readings what the picture answers when it is pointed at
   * @param model what makes the model's numbers, in the order to be shown
   */
  public static void write(
      Explanation explanation,
      List<PredictionView> throughLayers,
      RouteReadings readings,
      Map<String, String> model,
      Writer out)
      throws IOException {
    Map<String, String> facts = new LinkedHashMap<>(model);
    facts.putAll(facts(explanation));
    ExplainView view = explanation.view();
    PageFrame.write(
        PageFrame.title(view.tokens()),
        view.tokens(),
        view.model().limpidVersion(),
        facts,
        LiveRoute.policy(),
        out,
        page -> new ExplainHtml(explanation, throughLayers, readings, page).body());
  }

  private static Map<String, String> facts(Explanation explanation) {
    ExplainView view = explanation.view();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("position", "" + view.position());
    facts.put("threshold", TerminalText.exact(view.threshold()));
    facts.put("mode", view.mode());
    if (explanation.document().measure()
        instanceof RouteDocument.Measure.Contribution(ThresholdMode _, ContributionOptions how)) {
      facts.put("bias", how.bias().name().toLowerCase(Locale.ROOT));
      facts.put("floor", TerminalText.exact(how.floor()));
    }
    facts.put(
        "tokens",
        view.tokens().stream().map(t -> String.valueOf(t.id())).collect(Collectors.joining(",")));
    return facts;
  }

  private void body() throws IOException {
    prompt();
    route();
    sources();
    attention();
    predictions();
    if (view.contrast() != null) {
      new ContrastSection(view, page).write();
    }
    if (view.relevance() != null && explanation.answer() != null) {
      new RelevanceSection(view, view.relevance(), explanation.answer(), page).write();
    }
    if (view.faithful() != null) {
      html.element("h2", "Is it true? The routes run alone");
      for (String sentence : new FaithfulText(view, view.faithful()).sentences()) {
        html.element("p", sentence.replace(" %", "\u00a0%"));
      }
    }
    new LayerCurve(throughLayers, page).write();
    LiveRoute.write(explanation, readings, html);
  }

  private void prompt() throws IOException {
    PredictionView best = view.predictions().getFirst();
    html.open("h1").text(view.model().name() + " predicts ");
    page.token(best.id(), best.text());
    html.text(" with " + Numbers.percent(best.probability())).close();
    Map<Integer, Double> flow = new HashMap<>();
    view.sources().forEach(source -> flow.put(source.position(), source.flow()));
    page.prompt(view.tokens(), view.position(), flow);
    page.small(
        "The deeper the green, the more of the explained state came from that token; the frame is"
            + " the state's own position, "
            + view.position()
            + ". A dot (·) is a blank.");
  }

  private void route() throws IOException {
    RouteStory story =
        new RouteStory(explanation, token -> RouteDocument.quoted(token.id(), token.text()));
    html.element("h2", "What the last state was built from");
    for (String sentence : story.sentences()) {
      html.element("p", sentence.replace(" %", "\u00a0%"), "class", "story");
    }
    html.asIs(PageFrame.resource("explain-reading.html"));
    new RouteFigure(explanation.document(), EDGE, "the explained state", html).write(story.kept());
    page.small(
        "Route at threshold %s, %s: %d nodes, %d edges. %s"
            .formatted(
                TerminalText.exact(view.threshold()),
                view.mode(),
                view.nodes(),
                view.edges(),
                view.note()));
  }

  private void sources() throws IOException {
    html.element("h2", "Which tokens it came from");
    page.table(
        List.of("*position", "token", "", "*share"), view.sources(), (source, i) -> row(source));
    ExplainView.Lost lost = view.lostFlow();
    lost("stopped, as no part was above the threshold", lost.stopped());
    lost("below the threshold", lost.belowThreshold());
    lost("from biases", lost.bias());
    if (view.sources().stream().anyMatch(s -> s.position() == 0) && view.position() > 0) {
      page.small(
          "Position 0, the first token, is where heads look that have nothing to do (an attention"
              + " sink): a large share there says little about the prompt.");
    }
  }

  private void row(ExplainView.Source source) throws IOException {
    page.number("" + source.position());
    html.open("td");
    page.token(source.position());
    if (source.position() == 0) {
      page.remark("first token");
    }
    html.close();
    page.bar(source.flow());
    page.number(Numbers.percent(source.flow()));
  }

  /** Flow that arrives at no token. */
  private void lost(String words, double flow) throws IOException {
    if (flow > 5e-5) {
      html.element("p", "Arrives at no token: %s, %s.".formatted(Numbers.percent(flow), words));
    }
  }

  private void attention() throws IOException {
    if (view.attention().isEmpty()) {
      return; // the story says so
    }
    html.element("h2", "Attention that carried the most of it");
    page.table(
        List.of("*layer", "from", "to", "*share", "heads"), view.attention(), this::attention);
  }

  private void attention(ExplainView.Attention edge, int index) throws IOException {
    page.number("" + edge.layer());
    page.tokenCell(edge.key());
    page.tokenCell(edge.query());
    String share = Numbers.percent(edge.flow());
    if (index < RouteSvg.LINKED) {
      html.open("td", "class", "number");
      html.element("a", share, "href", "#" + EDGE + (index + 1), "title", "show it in the picture");
      html.close();
    } else {
      page.number(share);
    }
    String heads =
        edge.heads().stream()
            .limit(HEADS)
            .map(head -> head(head, edge))
            .collect(Collectors.joining(", "));
    html.element("td", heads + (edge.heads().size() > HEADS ? ", …" : ""));
  }

  private static String head(ExplainView.Head head, ExplainView.Attention edge) {
    return edge.heads().size() == 1
        ? "" + head.head()
        : "%d (%s)".formatted(head.head(), Numbers.percent(edge.flow(head)));
  }

  private void predictions() throws IOException {
    html.element("h2", "Predictions after position " + view.position());
    List<PredictionView> rows = new ArrayList<>(view.predictions());
    for (@Nullable PredictionView asked : Arrays.asList(view.answer(), view.distractor())) {
      if (asked != null && rows.stream().noneMatch(row -> row.id() == asked.id())) {
        rows.add(asked);
      }
    }
    page.table(
        List.of("next token", "", "*probability", "*logit", "*rank"), rows, (p, i) -> row(p));
    if (view.logitDifference() != null) {
      html.element(
          "p",
          "Logit of the answer less that of the distractor: "
              + Numbers.change(view.logitDifference()));
    }
  }

  private void row(PredictionView p) throws IOException {
    html.open("td");
    page.token(p.id(), p.text());
    if (view.answer() != null && p.id() == view.answer().id()) {
      page.remark("answer");
    }
    if (view.distractor() != null && p.id() == view.distractor().id()) {
      page.remark("distractor");
    }
    html.close();
    page.bar(p.probability());
    page.number(Numbers.percent(p.probability()));
    page.number(Numbers.logit(p.logit()));
    page.number("" + p.rank());
  }
}
