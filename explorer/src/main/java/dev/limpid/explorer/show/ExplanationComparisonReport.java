package dev.limpid.explorer.show;

import dev.limpid.Explanation;
import dev.limpid.ExplanationComparison;
import dev.limpid.view.ExplanationComparisonView;
import dev.limpid.view.ExplanationComparisonView.Attention;
import dev.limpid.view.ExplanationComparisonView.Prediction;
import dev.limpid.view.ExplanationComparisonView.Size;
import dev.limpid.view.ExplanationComparisonView.Source;
import dev.limpid.view.ModelView;
import dev.limpid.view.TokenView;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A prompt in a base and in an adapted model, as a page. */
public record ExplanationComparisonReport(ExplanationComparison comparison) implements Report {
  private ExplanationComparisonView view() {
    return comparison.view();
  }

  @Override
  public ModelView model() {
    return view().model();
  }

  @Override
  public List<TokenView> tokens() {
    return view().tokens();
  }

  @Override
  public Integer position() {
    return view().position();
  }

  @Override
  public @Nullable List<TokenView> source() {
    return null;
  }

  @Override
  public String headline() {
    return ExplanationComparisonText.headline(view());
  }

  @Override
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("base", view().base().name());
    settings.put("base_sha256", String.valueOf(view().base().sha256()));
    settings.put("threshold", TerminalText.exact(view().threshold()));
    settings.put("mode", view().mode());
    return settings;
  }

  @Override
  public void body(PageOut page) throws IOException {
    page.html().element("p", ExplanationComparisonText.divergence(view()), "class", "story");
    page.html().element("h2", "Predictions");
    List<Prediction> asked =
        Stream.of(view().answer(), view().distractor()).flatMap(Stream::ofNullable).toList();
    page.table(
        List.of("token", "*base", "*rank", "*adapted", "*rank"),
        Stream.concat(view().predictions().stream(), asked.stream()).distinct().toList(),
        (p, index) -> {
          page.html().open("td");
          page.token(p.id(), p.text());
          page.html().close();
          page.number(Numbers.percent(p.base().probability()));
          page.number("" + p.base().rank());
          page.number(Numbers.percent(p.adapted().probability()));
          page.number("" + p.adapted().rank());
        });
    page.html().element("h2", "Where this state came from");
    double largest =
        view().sources().stream().mapToDouble(s -> Math.abs(s.change())).max().orElse(1);
    page.table(
        List.of("token", "", "*base", "*adapted", "*change"),
        view().sources(),
        (source, index) -> source(source, largest, page));
    page.html().element("h2", "Attention that carries more or less");
    page.table(
        List.of("layer", "from", "to", "heads", "*base", "*adapted", "*change"),
        view().attention(),
        (edge, index) -> attention(edge, page));
    page.html().element("h2", "How far the states are apart, in lengths of the base's");
    page.html().element("p", ExplanationComparisonText.distances(view().states()));
    route("Route of the base", comparison.base(), view().routes().base(), "base-", page);
    route(
        "Route of the adapted model",
        comparison.adapted(),
        view().routes().adapted(),
        "adapted-",
        page);
    page.small(view().note());
  }

  private static void source(Source source, double largest, PageOut page) throws IOException {
    page.tokenCell(source.position());
    page.signedBar(source.change(), largest);
    page.number(Numbers.percent(source.base()));
    page.number(Numbers.percent(source.adapted()));
    page.number(Numbers.signedPercent(source.change()));
  }

  private static void attention(Attention edge, PageOut page) throws IOException {
    page.html().element("td", "" + edge.layer());
    page.tokenCell(edge.key());
    page.tokenCell(edge.query());
    page.html()
        .element(
            "td",
            edge.heads().stream().limit(4).map(String::valueOf).collect(Collectors.joining(", ")));
    page.number(Numbers.percent(edge.base()));
    page.number(Numbers.percent(edge.adapted()));
    page.number(Numbers.signedPercent(edge.change()));
  }

  private void route(String name, Explanation of, Size size, String anchor, PageOut page)
      throws IOException {
    page.html().element("h2", name);
    new RouteFigure(of.document(), anchor, "the explained state", page.html())
        .write(
            "Threshold %s: %d nodes, %d edges."
                .formatted(TerminalText.exact(view().threshold()), size.nodes(), size.edges()));
  }
}
