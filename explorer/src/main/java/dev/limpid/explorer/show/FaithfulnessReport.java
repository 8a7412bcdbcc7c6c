package dev.limpid.explorer.show;

import dev.limpid.view.FaithfulnessView;
import dev.limpid.view.FaithfulnessView.CurveView;
import dev.limpid.view.FaithfulnessView.OutcomeView;
import dev.limpid.view.FaithfulnessView.RouteView;
import dev.limpid.view.ModelView;
import dev.limpid.view.TokenView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How faithful routes are, on a page. */
public record FaithfulnessReport(FaithfulnessView view) implements Report {

  @Override
  public ModelView model() {
    return view.model();
  }

  @Override
  public List<TokenView> tokens() {
    return List.of();
  }

  @Override
  public @Nullable Integer position() {
    return null;
  }

  @Override
  public @Nullable List<TokenView> source() {
    return null;
  }

  @Override
  public String headline() {
    return "How faithful routes of %s are, over %d %s"
        .formatted(view.model().name(), view.prompts(), view.prompts() == 1 ? "prompt" : "prompts");
  }

  @Override
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("metric", view.metric());
    settings.put("ablation", view.ablation());
    settings.put("components", view.components());
    settings.put("patterns", view.patterns());
    settings.put("mode", view.mode());
    settings.put("all components", "" + view.universe());
    return settings;
  }

  @Override
  public void body(PageOut page) throws IOException {
    FaithfulnessText words = new FaithfulnessText(view, Integer.MAX_VALUE);
    page.html().element("p", words.question());
    for (RouteView route : view.routes()) {
      page.html().element("h2", "Route at threshold " + TerminalText.exact(route.threshold()));
      page.html().element("p", FaithfulnessText.size(route) + ".");
      page.open(List.of("", "*recovers", "*KL, nats", "*probability", "*by chance"));
      row("alone", route.kept(), route.random().kept(), page);
      row("all but it", route.removed(), route.random().removed(), page);
      page.close();
    }
    if (!view.curves().isEmpty()) {
      page.html().element("h2", "Recovered by the first components of an order");
      curves(page);
    }
    page.small(FaithfulnessText.NOTE);
  }

  private static void row(
      String what, OutcomeView outcome, FaithfulnessView.@Nullable Spread chance, PageOut page)
      throws IOException {
    page.html().open("tr").element("td", what);
    page.number(FaithfulnessText.recovered(outcome));
    page.number(Numbers.logit(outcome.kl()));
    page.number(Numbers.percent(outcome.probability()));
    page.number(FaithfulnessText.spread(chance));
    page.html().close();
  }

  /** A row an order, a column a share that runs: what is far from the model is not shaded. */
  private void curves(PageOut page) throws IOException {
    List<String> columns = new ArrayList<>(List.of("order"));
    view.curves().getFirst().sizes().forEach(s -> columns.add("*" + Numbers.percent(s)));
    columns.addAll(List.of("*CPR", "*CMD"));
    page.open(columns);
    for (CurveView curve : view.curves()) {
      page.html().open("tr").element("td", curve.method().replace('_', ' '));
      for (int i = 0; i < curve.sizes().size(); i++) {
        page.number(
            curve.recovered() == null ? "-" : Numbers.signedPercent(curve.recovered().get(i)));
      }
      page.number(FaithfulnessText.two(curve.cpr()));
      page.number(FaithfulnessText.two(curve.cmd()));
      page.html().close();
    }
    page.close();
  }
}
