package dev.limpid.explorer.show;

import dev.limpid.view.AttributeView;
import dev.limpid.view.ModelView;
import dev.limpid.view.TokenView;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What a number depends on, on a page. */
public record AttributeReport(AttributeView view) implements Report {

  @Override
  public ModelView model() {
    return view.model();
  }

  @Override
  public List<TokenView> tokens() {
    return view.tokens();
  }

  @Override
  public Integer position() {
    return view.position();
  }

  @Override
  public @Nullable List<TokenView> source() {
    return view.source();
  }

  @Override
  public String headline() {
    return words().question();
  }

  private AttributeText words() {
    return new AttributeText(view, Integer.MAX_VALUE);
  }

  @Override
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("position", "" + view.position());
    settings.put("metric", view.metric());
    settings.put("method", view.method());
    settings.put("patterns", view.patterns());
    if (view.ablation() != null) {
      settings.put("ablation", view.ablation());
    }
    if (view.alpha() != null) {
      settings.put("alpha", TerminalText.exact(view.alpha()));
    }
    if (view.steps() != null) {
      settings.put("steps", "" + view.steps());
    }
    return settings;
  }

  @Override
  public void body(PageOut page) throws IOException {
    String value = words().value();
    page.html().element("p", "I" + value.substring(1) + ".");
    page.small(words().note());
    if (view.scores() != null) {
      page.html().element("h2", "Tokens");
      tokens(view.scores(), page);
      if (view.sum() != null) {
        String elsewhere =
            view.method().equals(AttributeText.RELEVANCE)
                ? ", and elsewhere is " + Numbers.change(view.value() - view.sum())
                : "";
        page.html().element("p", "They sum to " + Numbers.change(view.sum()) + elsewhere + ".");
      }
    }
    if (view.headOut() != null && view.mlpOut() != null && view.largest() != null) {
      page.html().element("h2", "Heads and MLPs");
      HeatGrid.write(
          AttributeText.grid(view.headOut(), view.mlpOut()), "score, summed over positions", page);
      page.html().element("h2", "The largest single ones");
      largest(view.largest(), page);
    }
  }

  private static void tokens(List<Double> scores, PageOut page) throws IOException {
    double largest = scores.stream().mapToDouble(Math::abs).max().orElse(0);
    page.open(List.of("*position", "token", "", "", "*score"));
    for (int t : IntStream.range(0, scores.size()).toArray()) {
      page.html().open("tr");
      page.number("" + t);
      page.html().open("td");
      page.token(t);
      page.html().close();
      page.signedBar(scores.get(t), largest);
      page.number(Numbers.change(scores.get(t)));
      page.html().close();
    }
    page.close();
  }

  private static void largest(List<AttributeView.Part> parts, PageOut page) throws IOException {
    double largest = parts.stream().mapToDouble(p -> Math.abs(p.score())).max().orElse(0);
    page.table(
        List.of("*layer", "part", "at", "from", "", "", "*score"),
        parts,
        (part, i) -> {
          page.number("" + part.layer());
          page.html().element("td", part.head() == null ? "MLP" : "head " + part.head());
          page.tokenCell(part.position());
          if (part.key() == null) {
            page.html().element("td", "");
          } else {
            page.tokenCell(part.key());
          }
          page.signedBar(part.score(), largest);
          page.number(Numbers.change(part.score()));
        });
  }
}
