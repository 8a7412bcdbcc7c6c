package org.example.report;

import dev.limpid.Analysis;
import dev.limpid.Explanation;
import dev.limpid.Question;
import dev.limpid.QuestionException;
import dev.limpid.RouteSettings;
import dev.limpid.view.ContrastView;
import java.util.List;

/**
 * What each token of a prompt did for an answer: its share of the last state, and what it added to
 * logit(answer) - logit(distractor).
 */
record AnswerReport(double logitDifference, double biases, double lost, List<Row> rows) {

  /** One token of the prompt. */
  record Row(int position, String token, double share, double towards, double away) {}

  static AnswerReport of(Analysis analysis, String answer, String other) throws QuestionException {
    Question question =
        new Question(
            analysis.last(), analysis.prompt().tokenId(answer), analysis.prompt().tokenId(other));
    Explanation explanation = analysis.explain(question, RouteSettings.DEFAULT);
    ContrastView contrast = explanation.view().contrast();
    List<Row> rows =
        contrast.tokens().stream()
            .map(token ->
                new Row(
                    token.position(),
                    token.text(),
                    explanation.route().sourceFlow(token.position()),
                    token.towards(),
                    token.away()))
            .toList();
    return new AnswerReport(
        explanation.view().logitDifference(),
        contrast.biases(),
        contrast.lost().towards() - contrast.lost().away(),
        rows);
  }
}
