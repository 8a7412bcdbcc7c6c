package dev.limpid.explorer.show;

import dev.limpid.view.ExplainView;
import dev.limpid.view.FaithfulnessView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How faithful the routes of an explanation are, in sentences. */
record FaithfulText(ExplainView view, ExplainView.Faithful faithful) {

  /** Returns a sentence for each route, the plain one first, and one on what was put in place. */
  List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    sentences.add(sentence("the route", faithful.route()));
    if (faithful.relevance() != null) {
      sentences.add(sentence("the route behind the answer", faithful.relevance()));
    }
    sentences.add(
        "Everything else is %s; 0 %% is no better than nothing, 100 %% the whole model."
            .formatted(replaced()));
    return sentences;
  }

  private String sentence(String what, FaithfulnessView.RouteView route) {
    return "Alone, %s (%s terms of attention and %s MLPs, %s of all) recovers %s of %s, routes by chance of its size %s; without it %s are left."
        .formatted(
            what,
            route.terms(),
            route.mlps(),
            Numbers.percent(route.fraction()),
            recovered(route.kept().recovered()),
            measured(),
            chance(route.random().kept()),
            recovered(route.removed().recovered()));
  }

  private String measured() {
    if (view.answer() != null && view.distractor() != null) {
      return TerminalText.logitName(view.answer(), view.distractor());
    }
    return "the log probability of "
        + TerminalText.quoted(
            view.answer() == null ? view.predictions().getFirst() : view.answer());
  }

  private String replaced() {
    return faithful.ablation().equals("zero") ? "put to zero" : "taken from the source";
  }

  private static String recovered(@Nullable Double share) {
    return share == null ? "nothing that could be measured" : Numbers.signedPercent(share);
  }

  private static String chance(FaithfulnessView.@Nullable Spread spread) {
    return spread == null
        ? "neither"
        : "%s (%s to %s)"
            .formatted(
                Numbers.signedPercent(spread.median()),
                Numbers.signedPercent(spread.low()),
                Numbers.signedPercent(spread.high()));
  }
}
