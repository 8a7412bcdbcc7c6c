package dev.limpid.explorer.show;

import dev.limpid.Explanation;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.routes.export.RouteDocument;
import dev.limpid.routes.export.RouteSvg;
import dev.limpid.view.ExplainView;
import dev.limpid.view.PredictionView;
import dev.limpid.view.TokenView;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An explanation as one page that opens anywhere: no scripts, nothing from the network, readable in
 * light and dark, on paper and on a phone.
 */
public final class ExplainHtml {
  /** Rows that are seen at once; the others fold away, unless they are very few. */
  private static final int LISTED = 12;

  private static final int FEW = 4;

  private static final int MOST = 500;
  private static final int HEADS = 4;
  private static final int LONGEST_TITLE = 80;

  private final ExplainView view;
  private final RouteDocument document;
  private final Map<String, String> provenance;
  private final HtmlOut html;

  private ExplainHtml(
      ExplainView view, RouteDocument document, Map<String, String> provenance, HtmlOut html) {
    this.view = view;
    this.document = document;
    this.provenance = provenance;
    this.html = html;
  }

  /**
   * Writes the page; flushes the writer, does not close it.
   *
   * @param model what makes the model's numbers, in the order to be shown
   */
  public static void write(Explanation explanation, Map<String, String> model, Writer out)
      throws IOException {
    Map<String, String> facts = new LinkedHashMap<>(model);
    facts.putAll(facts(explanation));
    new ExplainHtml(explanation.view(), explanation.document(), facts, new HtmlOut(out)).page();
  }

  private static Map<String, String> facts(Explanation explanation) {
    ExplainView view = explanation.view();
    ContributionOptions options = explanation.document().options();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("position", "" + view.position());
    facts.put("threshold", TerminalText.exact(view.threshold()));
    facts.put("mode", view.mode());
    facts.put("bias", options.bias().name().toLowerCase(Locale.ROOT));
    facts.put("floor", TerminalText.exact(options.floor()));
    facts.put(
        "tokens",
        view.tokens().stream().map(t -> String.valueOf(t.id())).collect(Collectors.joining(",")));
    return facts;
  }

  private void page() throws IOException {
    html.open("html", "lang", "en").open("head");
    html.empty("meta", "charset", "utf-8");
    html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    // The page needs nothing from outside, and no script: so it may not have them.
    html.empty(
        "meta",
        "http-equiv",
        "Content-Security-Policy",
        "content",
        "default-src 'none'; style-src 'unsafe-inline'");
    html.empty("meta", "name", "generator", "content", "limpid " + view.model().limpidVersion());
    html.element("title", title());
    html.style(css());
    html.close().open("body").open("main");
    prompt();
    predictions();
    route();
    sources();
    attention();
    making();
    html.end();
  }

  private static String css() throws IOException {
    try (InputStream css = ExplainHtml.class.getResourceAsStream("explain.css")) {
      return new String(Objects.requireNonNull(css).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String title() {
    String text =
        view.tokens().stream().map(t -> label(t.id(), t.text())).collect(Collectors.joining());
    boolean isLong = text.codePointCount(0, text.length()) > LONGEST_TITLE;
    return "Limpid: "
        + (isLong ? text.substring(0, text.offsetByCodePoints(0, LONGEST_TITLE - 1)) + "…" : text);
  }

  /** A model given as a folder goes by the last part of its path; the whole stands below. */
  private String shortName() {
    String name = view.model().name();
    @Nullable Path last = Path.of(name).getFileName();
    return last == null ? name : last.toString();
  }

  private void prompt() throws IOException {
    PredictionView best = view.predictions().getFirst();
    html.open("h1").text(shortName() + " predicts ");
    token(best.id(), best.text());
    html.text(" with " + percent(best.probability())).close();
    Map<Integer, Double> flow = new HashMap<>();
    view.sources().forEach(source -> flow.put(source.position(), source.flow()));
    html.open("p", "class", "prompt");
    for (TokenView t : view.tokens()) {
      double share = flow.getOrDefault(t.position(), 0.0);
      // Half of the colour at most: the text stays readable on it.
      String style = "--share: " + fixed(50 * share, 1) + "%";
      String hint = "position " + t.position() + ", id " + t.id() + ", " + percent(share);
      if (t.position() == view.position()) {
        html.open("span", "class", "token", "style", style, "title", hint, "aria-current", "true");
      } else {
        html.open("span", "class", "token", "style", style, "title", hint);
      }
      // A place to break the line, also where no blank is.
      html.element("bdi", label(t.id(), t.text())).close().empty("wbr");
    }
    html.close();
    html.element(
        "p",
        "The deeper the green, the more of the explained state came from that token; the frame is"
            + " the state's own position, "
            + view.position()
            + ".",
        "class",
        "faint");
  }

  private void predictions() throws IOException {
    html.element("h2", "Predictions after position " + view.position());
    table("next token", "", "*probability", "*logit", "*rank");
    List<PredictionView> rows = new ArrayList<>(view.predictions());
    for (@Nullable PredictionView asked : Arrays.asList(view.answer(), view.distractor())) {
      if (asked != null && rows.stream().noneMatch(row -> row.id() == asked.id())) {
        rows.add(asked);
      }
    }
    for (PredictionView p : rows) {
      prediction(p);
    }
    endTable();
    if (view.logitDifference() != null) {
      html.element(
          "p",
          "Logit of the answer less that of the distractor: " + fixed(view.logitDifference(), 3));
    }
  }

  private void prediction(PredictionView p) throws IOException {
    html.open("tr").open("td");
    token(p.id(), p.text());
    if (view.answer() != null && p.id() == view.answer().id()) {
      remark("answer");
    }
    if (view.distractor() != null && p.id() == view.distractor().id()) {
      remark("distractor");
    }
    html.close();
    bar(p.probability());
    number(percent(p.probability()));
    number(fixed(p.logit(), 3));
    number("" + p.rank());
    html.close();
  }

  private void remark(String words) throws IOException {
    html.text(" ").element("span", words, "class", "faint");
  }

  private void route() throws IOException {
    html.element("h2", "Route: %d nodes, %d edges".formatted(view.nodes(), view.edges()));
    html.element("p", view.note());
    html.open("figure");
    html.open(
        "div",
        "class",
        "scroll",
        "tabindex",
        "0",
        "role",
        "region",
        "aria-label",
        "Picture of the route");
    RouteSvg.writeElement(document, html.writer());
    html.close().open("figcaption");
    kind("attention", "attention: from a token to a later one");
    kind("mlp", "MLP");
    kind("residual", "residual stream: what stays");
    html.element(
        "p",
        "Tokens across, layers upwards. The wider a line, the greater its share of the state it leads"
            + " to; numbers appear under the mouse. "
            + RouteSvg.leftOut(document));
    html.close().close();
  }

  private void kind(String name, String words) throws IOException {
    html.open("span", "class", "kind");
    html.element("span", "", "class", "key " + name).text(words).close().text(" ");
  }

  private void sources() throws IOException {
    html.element("h2", "Where this state came from");
    List<ExplainView.Source> sources = view.sources();
    int shown = shown(sources.size());
    sources(sources.subList(0, shown), true);
    if (sources.size() > shown) {
      fold(sources.size() - shown);
      sources(sources.stream().skip(shown).limit(MOST).toList(), false);
      endFold(sources.size() - shown);
    }
    if (sources.stream().anyMatch(source -> source.position() == 0) && view.position() > 0) {
      html.element(
          "p",
          "Position 0, the first token, is where heads look that have nothing to do (an attention"
              + " sink): a large share there says little about the prompt.",
          "class",
          "faint");
    }
  }

  private void sources(List<ExplainView.Source> sources, boolean withLost) throws IOException {
    table("*position", "token", "", "*share");
    for (ExplainView.Source source : sources) {
      html.open("tr");
      number("" + source.position());
      html.open("td");
      token(source.position());
      if (source.position() == 0) {
        remark("first token");
      }
      html.close();
      bar(source.flow());
      number(percent(source.flow()));
      html.close();
    }
    if (withLost) {
      ExplainView.Lost lost = view.lostFlow();
      lost("stopped: no part was above the threshold", lost.stopped());
      lost("below the threshold", lost.belowThreshold());
      lost("from biases", lost.bias());
    }
    endTable();
  }

  /** Flow that arrives at no token. */
  private void lost(String words, double flow) throws IOException {
    if (flow > 5e-5) {
      html.open("tr", "class", "lost").element("td", "", "class", "number");
      html.element("td", words, "class", "faint");
      bar(flow);
      number(percent(flow));
      html.close();
    }
  }

  private void attention() throws IOException {
    List<ExplainView.Attention> edges = view.attention();
    html.element("h2", "Attention that carried the most of it");
    if (edges.isEmpty()) {
      html.element("p", "No attention between different positions is above the threshold.");
      return;
    }
    int shown = shown(edges.size());
    attention(edges.subList(0, shown));
    if (edges.size() > shown) {
      fold(edges.size() - shown);
      attention(edges.stream().skip(shown).limit(MOST).toList());
      endFold(edges.size() - shown);
    }
  }

  private void attention(List<ExplainView.Attention> edges) throws IOException {
    table("*layer", "from", "to", "*share", "heads, with their part of the edge");
    for (ExplainView.Attention edge : edges) {
      html.open("tr");
      number("" + edge.layer());
      for (int position : new int[] {edge.key(), edge.query()}) {
        html.open("td").text(position + " ");
        token(position);
        html.close();
      }
      number(percent(edge.flow()));
      String heads =
          edge.heads().stream()
              .limit(HEADS)
              .map(head ->
                  head.head()
                      + " ("
                      + String.format(
                          Locale.ROOT, "%.0f %%", 100 * head.contribution() / edge.weight())
                      + ")")
              .collect(Collectors.joining(", "));
      html.element("td", heads + (edge.heads().size() > HEADS ? ", …" : "")).close();
    }
    endTable();
  }

  private void making() throws IOException {
    html.element("h2", "How this was made").open("dl");
    for (Map.Entry<String, String> fact : provenance.entrySet()) {
      html.element("dt", fact.getKey()).element("dd", fact.getValue());
    }
    html.close();
  }

  /** Begins a table; a name with a star is that of a column of numbers. */
  private void table(String... columns) throws IOException {
    html.open("div", "class", "scroll").open("table").open("thead").open("tr");
    for (String column : columns) {
      if (column.isEmpty()) {
        html.element("th", "", "aria-hidden", "true");
      } else if (column.startsWith("*")) {
        html.element("th", column.substring(1), "scope", "col", "class", "number");
      } else {
        html.element("th", column, "scope", "col");
      }
    }
    html.close().close().open("tbody");
  }

  private void endTable() throws IOException {
    html.close().close().close();
  }

  private static int shown(int rows) {
    return rows <= LISTED + FEW ? rows : LISTED;
  }

  private void fold(int rest) throws IOException {
    html.open("details").element("summary", rest + " more");
  }

  private void endFold(int rest) throws IOException {
    if (rest > MOST) {
      html.element("p", "The smallest are left out; limpid explain --json has all.");
    }
    html.close();
  }

  private void bar(double share) throws IOException {
    String width = "width: " + fixed(100 * Math.clamp(share, 0, 1), 2) + "%";
    html.open("td", "class", "bar", "aria-hidden", "true").element("i", "", "style", width).close();
  }

  private void number(String number) throws IOException {
    html.element("td", number, "class", "number");
  }

  private void token(int position) throws IOException {
    token(view.tokens().get(position).id(), view.tokens().get(position).text());
  }

  /** A token on its own: its direction of writing stays inside. */
  private void token(int id, @Nullable String text) throws IOException {
    html.open("span", "class", "token").element("bdi", label(id, text)).close();
  }

  private static String label(int id, @Nullable String text) {
    return RouteDocument.label(id, text);
  }

  private static String percent(double share) {
    return fixed(100 * share, 2) + " %";
  }

  private static String fixed(double number, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", number);
  }
}
