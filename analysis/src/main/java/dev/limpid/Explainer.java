package dev.limpid;

import dev.limpid.PromptFaithfulness.Candidate;
import dev.limpid.attribution.logits.LensReading;
import dev.limpid.attribution.logits.LogitLens;
import dev.limpid.routes.ContrastFlow;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.export.RouteDocument;
import dev.limpid.tensor.Tensor;
import dev.limpid.view.ContrastView;
import dev.limpid.view.ExplainView;
import dev.limpid.view.FaithfulnessView;
import dev.limpid.view.PredictionView;
import dev.limpid.view.RelevanceView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers one question: what is predicted, the route behind it, and what made an answer. */
final class Explainer {
  private final Analysis analysis;
  private final Question question;
  private final RouteExtractor extractor;
  private final Route route;
  private final @Nullable RouteDocument answer;

  Explainer(Analysis analysis, Question question, RouteSettings settings) throws QuestionException {
    this.analysis = analysis;
    this.question = question;
    int t = analysis.requirePosition(question.position());
    if (question.answer() != null) {
      analysis.trace(); // every layer is looked at twice: kept if that is little
    }
    // What an answer came from flows over all connections.
    double finest = question.answer() == null ? settings.finest() : 0;
    this.extractor = analysis.extractor(settings, finest, t);
    this.route = extractor.route(t);
    this.answer = question.answer() == null ? null : behindAnswer(settings);
  }

  private @Nullable RouteDocument behindAnswer(RouteSettings settings) throws QuestionException {
    RelevanceSettings usual = RelevanceSettings.DEFAULT;
    double threshold = settings.threshold().orElse(usual.threshold());
    RouteBehindAnswer behind =
        new RouteBehindAnswer(analysis, question, usual.withThreshold(threshold));
    return behind.isThere() ? behind.document() : null;
  }

  /** Returns the explanation. */
  Explanation explanation() throws QuestionException {
    return explanation(null);
  }

  /**
   * Returns the explanation, and what its routes predict when they run alone.
   *
   * @param source of the values in place of what does not run; null for zeros
   */
  Explanation tested(@Nullable Prompt source) throws QuestionException {
    return explanation(faithful(source));
  }

  private Explanation explanation(ExplainView.@Nullable Faithful faithful)
      throws QuestionException {
    int t = question.position();
    Tensor logits = analysis.logits(t);
    LensReading reading =
        new LogitLens(analysis.model().transformer(), question.top()).reading(logits);
    ExplainView view =
        ExplainView.of(
            analysis.model().view(),
            analysis.prompt().tokenViews(),
            extractor,
            route,
            PredictionView.of(reading, analysis.prompt().names()),
            analysis.prediction(logits, question.answer()),
            analysis.prediction(logits, question.distractor()),
            contrast(),
            answer == null ? null : RelevanceView.of(answer, analysis.prompt().tokenViews()),
            faithful);
    RouteDocument document =
        RouteDocuments.of(
            analysis.model().view(),
            analysis.prompt(),
            extractor,
            List.of(route),
            List.of(reading));
    return new Explanation(view, route, document, answer);
  }

  private @Nullable ContrastView contrast() throws QuestionException {
    if (question.answer() == null) {
      return null;
    }
    return analysis.contrast(
        ContrastFlow.of(
            extractor.graph(),
            analysis.split(question.position(), question.answer(), question.distractor())));
  }

  private ExplainView.Faithful faithful(@Nullable Prompt source) throws QuestionException {
    Comparison comparison =
        Comparison.of(question.position(), question.answer(), question.distractor());
    if (source != null) {
      comparison = comparison.withSource(source);
    }
    Faithfulness measured =
        new Faithfulness(
            analysis.model(), FaithfulnessSettings.ofRoutes(Ablation.byDefault(source != null)));
    List<Candidate> candidates = new ArrayList<>();
    candidates.add(new Candidate(extractor.threshold(), route));
    if (answer != null) {
      candidates.add(new Candidate(answer.threshold(), answer.routes().getFirst().route()));
    }
    measured.add(analysis, comparison, candidates);
    FaithfulnessView view = measured.view();
    return new ExplainView.Faithful(
        view.metric(),
        view.ablation(),
        source == null ? null : source.tokenViews(),
        view.full(),
        view.empty(),
        view.routes().getFirst(),
        answer == null ? null : view.routes().getLast());
  }
}
