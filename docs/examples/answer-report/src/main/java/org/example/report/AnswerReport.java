package org.example.report;

import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.logits.DirectLogitAttribution;
import dev.limpid.model.Transformer;
import dev.limpid.model.tokenizer.LoadedTokenizer;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.routes.ContrastFlow;
import dev.limpid.routes.FlowGraph;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.ThresholdMode;
import java.util.ArrayList;
import java.util.List;

/**
 * What each token of a prompt did for an answer: its share of the last state, and what it added to
 * logit(answer) - logit(distractor).
 */
record AnswerReport(double logitDifference, double biases, double lost, List<Row> rows) {

  /** One token of the prompt. */
  record Row(int position, String token, double share, double towards, double away) {}

  static AnswerReport of(
      Transformer model, LoadedTokenizer tokenizer, String prompt, String answer, String other) {
    List<Integer> tokens = tokenizer.prompt(prompt, true);
    ForwardTrace trace = model.trace(tokens, TraceDetail.FULL);
    FlowGraph graph = FlowGraph.of(Contributions.of(model, trace));
    int last = tokens.size() - 1;

    Route route = new RouteExtractor(graph, ThresholdMode.RENORMALISED, 0.04).route(last);
    DirectLogitAttribution logits =
        DirectLogitAttribution.of(
            model, trace, last, token(tokenizer, answer), token(tokenizer, other));
    ContrastFlow flow = ContrastFlow.of(graph, logits);

    List<Row> rows = new ArrayList<>();
    for (int t = 0; t <= last; t++) {
      ContrastFlow.Amount amount = flow.tokens().get(t);
      String text = tokenizer.tokenizer().text(tokens.get(t));
      rows.add(new Row(t, text, route.sourceFlow(t), amount.towards(), amount.away()));
    }
    return new AnswerReport(logits.sum(), flow.biases(), flow.lost().net(), rows);
  }

  /** Answers are single tokens: a word of several would need one report for each. */
  private static int token(LoadedTokenizer tokenizer, String text) {
    List<Integer> ids = tokenizer.tokenizer().encode(text, false);
    if (ids.size() != 1) {
      throw new IllegalArgumentException("\"" + text + "\" is " + ids.size() + " tokens, not one");
    }
    return ids.getFirst();
  }
}
