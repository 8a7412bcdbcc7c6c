package dev.limpid.explorer.show;

import dev.limpid.view.ModelView;
import dev.limpid.view.QkView;
import dev.limpid.view.TokenView;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Why a head looks at a key, on a page. */
public record QkReport(QkView view) implements Report {

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
    return null;
  }

  @Override
  public String headline() {
    return new QkText(view, Integer.MAX_VALUE).headline();
  }

  @Override
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("head", view.layer() + "." + view.head());
    settings.put("position", "" + view.position());
    settings.put("key", "" + view.key());
    if (view.versus() != null) {
      settings.put("versus", "" + view.versus());
    }
    return settings;
  }

  @Override
  public void body(PageOut page) throws IOException {
    page.html()
        .element(
            "p",
            "%s %s, attention %s."
                .formatted(
                    view.versus() == null ? "Its score is" : "Its score is higher by",
                    Numbers.logit(view.score()),
                    Numbers.percent(view.pattern())));
    page.html().element("h2", "Parts of the query");
    parts(view.queryParts(), page);
    page.html().element("h2", "Parts of the key");
    parts(view.keyParts(), page);
    page.html().element("h2", "The largest pairs");
    double largest = view.pairs().stream().mapToDouble(p -> Math.abs(p.score())).max().orElse(0);
    page.table(
        List.of("query with key", "", "", "*score"),
        view.pairs(),
        (pair, i) -> {
          page.html().element("td", QkText.name(pair));
          page.signedBar(pair.score(), largest);
          page.number(Numbers.change(pair.score()));
        });
    page.small(QkText.NOTE);
  }

  private static void parts(List<QkView.Part> parts, PageOut page) throws IOException {
    double largest = parts.stream().mapToDouble(p -> Math.abs(p.score())).max().orElse(0);
    page.table(
        List.of("part", "", "", "*score"),
        parts,
        (part, i) -> {
          page.html().element("td", QkText.name(part.part(), part.layer(), part.head()));
          page.signedBar(part.score(), largest);
          page.number(Numbers.change(part.score()));
        });
  }
}
