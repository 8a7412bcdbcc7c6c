package dev.limpid.explorer.show;

import dev.limpid.view.ModelView;
import dev.limpid.view.PatchView;
import dev.limpid.view.TokenView;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The effects of many replacements, on a page. */
public record PatchReport(PatchView view) implements Report {

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
    return "What %s does to %s"
        .formatted(
            effects().what(),
            TerminalText.metricName(view.metric(), view.answer(), view.distractor()));
  }

  @Override
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("position", "" + view.position());
    settings.put("metric", view.metric());
    settings.put("ablation", view.ablation());
    settings.put("renormalise", "" + view.renormalise());
    settings.put("passes", "" + view.passes());
    return settings;
  }

  private PatchEffects effects() {
    return new PatchEffects(view, position -> TerminalText.quoted(view.tokens().get(position)));
  }

  @Override
  public void body(PageOut page) throws IOException {
    PatchEffects effects = effects();
    String span =
        view.span() == null
            ? ""
            : ", and %s for the source: an effect of that much is all of it"
                .formatted(Numbers.change(view.span()));
    page.html().element("p", "It is %s%s.".formatted(Numbers.logit(view.base()), span));
    if (effects.map() != null) {
      page.html().element("h2", "By layer");
      HeatGrid.write(
          effects.map(), effects.caption().isEmpty() ? "effect" : effects.caption(), page);
    }
    page.html().element("h2", "The largest effects");
    double largest =
        effects.named().stream().mapToDouble(n -> Math.abs(n.effect())).max().orElse(0);
    page.table(
        List.of("of", "", "", "*effect"),
        effects.named(),
        (n, i) -> {
          page.html().element("td", n.name());
          page.signedBar(n.effect(), largest);
          page.number(Numbers.change(n.effect()));
        });
  }
}
