package dev.limpid;

import dev.limpid.attribution.gradients.Relevance;
import dev.limpid.attribution.logits.LensReading;
import dev.limpid.attribution.logits.LogitLens;
import dev.limpid.attribution.logits.Metric;
import dev.limpid.routes.RelevanceExtractor;
import dev.limpid.routes.export.RouteDocument;
import dev.limpid.tensor.Tensor;

/** Finds the route behind an answer: of its logit, or of its lead on another token. */
final class RouteBehindAnswer {
  private final Analysis analysis;
  private final Question question;
  private final RelevanceSettings settings;
  private final int answer;
  private final Relevance relevance;

  RouteBehindAnswer(Analysis analysis, Question question, RelevanceSettings settings)
      throws QuestionException {
    this.analysis = analysis;
    this.question = question;
    this.settings = settings;
    if (question.answer() == null) {
      throw new ComparisonException("the route behind which answer? name one");
    }
    this.answer = question.answer();
    Metric.Kind kind =
        question.distractor() == null ? Metric.Kind.LOGIT : Metric.Kind.LOGIT_DIFFERENCE;
    Comparison comparison =
        Comparison.of(question.position(), answer, question.distractor()).by(kind);
    AttributionSettings asked =
        AttributionSettings.of(AttributionSettings.Method.RELEVANCE).withAlpha(settings.alpha());
    this.relevance =
        new Attributor(analysis, comparison, asked, false, analysis.progress()).relevance();
  }

  /** Returns whether the number is large enough to have shares. */
  boolean isThere() {
    return RelevanceExtractor.isShared(relevance.value());
  }

  /**
   * Returns the route.
   *
   * @throws ComparisonException if the number is next to nothing
   */
  RouteDocument document() throws QuestionException {
    if (!isThere()) {
      throw new ComparisonException(
          "%s is %.5f: there is nothing to share out; name another answer or distractor"
              .formatted(
                  question.distractor() == null
                      ? "the logit of the answer"
                      : "the logit of the answer less that of the distractor",
                  relevance.value()));
    }
    Tensor logits = analysis.logits(question.position());
    LensReading reading =
        new LogitLens(analysis.model().transformer(), question.top()).reading(logits);
    RelevanceExtractor extractor = new RelevanceExtractor(relevance, settings.threshold());
    return RouteDocuments.of(
        analysis.model().view(),
        analysis.prompt(),
        extractor,
        new RouteDocument.Measure.Relevance(
            relevance.value(),
            settings.alpha(),
            prediction(logits, answer),
            question.distractor() == null ? null : prediction(logits, question.distractor())),
        reading);
  }

  private RouteDocument.Prediction prediction(Tensor logits, int token) {
    LogitLens lens = new LogitLens(analysis.model().transformer(), 1);
    return RouteDocuments.prediction(lens.prediction(logits, token), analysis.prompt());
  }
}
