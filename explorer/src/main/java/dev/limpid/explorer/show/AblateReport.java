package dev.limpid.explorer.show;

import dev.limpid.view.AblateView;
import dev.limpid.view.InterventionView;
import dev.limpid.view.ModelView;
import dev.limpid.view.OutcomeView;
import dev.limpid.view.PredictionView;
import dev.limpid.view.TokenView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A prediction before and after changes, on a page. */
public record AblateReport(AblateView view) implements Report {

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
    PredictionView before = view.before().top().getFirst();
    PredictionView after = view.after().top().getFirst();
    return "%s predicts %s with %s; changed, %s with %s"
        .formatted(
            view.model().name(),
            TerminalText.quoted(before),
            Numbers.percent(before.probability()),
            TerminalText.quoted(after),
            Numbers.percent(after.probability()));
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("position", "" + view.position());
  }

  @Override
  public void body(PageOut page) throws IOException {
    page.html().element("h2", "What was changed").open("ul");
    for (InterventionView change : view.interventions()) {
      page.html().element("li", AblateText.said(change));
    }
    page.html().close();
    page.html().element("h2", "Before and after");
    measures(page);
    predictions("Before", view.before(), page);
    predictions("After", view.after(), page);
  }

  private void measures(PageOut page) throws IOException {
    page.open(List.of("", "*before", "*after"));
    row(
        "logit of " + TerminalText.quoted(view.before().answer()),
        Numbers.logit(view.before().answer().logit()),
        Numbers.logit(view.after().answer().logit()),
        page);
    row(
        "its probability",
        Numbers.percent(view.before().answer().probability()),
        Numbers.percent(view.after().answer().probability()),
        page);
    row("its rank", "" + view.before().answer().rank(), "" + view.after().answer().rank(), page);
    @Nullable PredictionView distractor = view.before().distractor();
    @Nullable PredictionView afterwards = view.after().distractor();
    if (distractor != null && afterwards != null) {
      row(
          "logit of " + TerminalText.quoted(distractor),
          Numbers.logit(distractor.logit()),
          Numbers.logit(afterwards.logit()),
          page);
    }
    if (distractor != null
        && view.before().logitDifference() != null
        && view.after().logitDifference() != null) {
      row(
          "how far it is ahead of " + TerminalText.quoted(distractor),
          Numbers.change(view.before().logitDifference()),
          Numbers.change(view.after().logitDifference()),
          page);
    }
    row("KL(before || after), nats", "", Numbers.logit(view.after().kl()), page);
    page.close();
  }

  private static void row(String what, String before, String after, PageOut page)
      throws IOException {
    page.html().open("tr").element("td", what);
    page.number(before);
    page.number(after);
    page.html().close();
  }

  private static void predictions(String when, OutcomeView outcome, PageOut page)
      throws IOException {
    page.html().element("h3", when);
    page.table(
        List.of("next token", "", "*probability", "*logit"),
        new ArrayList<>(outcome.top()),
        (p, i) -> {
          page.html().open("td");
          page.token(p.id(), p.text());
          page.html().close();
          page.bar(p.probability());
          page.number(Numbers.percent(p.probability()));
          page.number(Numbers.logit(p.logit()));
        });
  }
}
