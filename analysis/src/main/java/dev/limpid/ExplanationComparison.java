package dev.limpid;

import dev.limpid.model.ForwardTrace;
import dev.limpid.tensor.Tensor;
import dev.limpid.view.ExplainView;
import dev.limpid.view.ExplanationComparisonView;
import dev.limpid.view.ExplanationComparisonView.Attention;
import dev.limpid.view.ExplanationComparisonView.Logits;
import dev.limpid.view.ExplanationComparisonView.Prediction;
import dev.limpid.view.ExplanationComparisonView.Routes;
import dev.limpid.view.ExplanationComparisonView.Side;
import dev.limpid.view.ExplanationComparisonView.Size;
import dev.limpid.view.ExplanationComparisonView.Source;
import dev.limpid.view.PredictionView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The same prompt through a model and an adapted one: predictions and routes beside each other.
 *
 * @param view what the JSON document says
 * @param base the base's explanation
 * @param adapted the adapted model's, with the same threshold
 */
public record ExplanationComparison(
    ExplanationComparisonView view, Explanation base, Explanation adapted) {

  /**
   * Compares what two models make of the same tokens.
   *
   * @param base of the model without the adapter
   * @param adapted of the model with it
   * @param settings a threshold that is to fit becomes the lower of the two models'
   * @throws QuestionException if the prompts differ, there is no such position, or the numbers of a
   *     model overflow
   */
  public static ExplanationComparison of(
      Analysis base, Analysis adapted, Question question, RouteSettings settings)
      throws QuestionException {
    if (!base.prompt().tokens().equals(adapted.prompt().tokens())) {
      throw new QuestionException("two models are compared on the same tokens");
    }
    Question plain = new Question(question.position(), null, null, question.top());
    Explanation ofBase = base.explain(plain, settings);
    Explanation ofAdapted = adapted.explain(plain, settings);
    double threshold = Math.min(ofBase.view().threshold(), ofAdapted.view().threshold());
    if (ofBase.view().threshold() > threshold) {
      ofBase = base.explain(plain, settings.withThreshold(threshold));
    }
    if (ofAdapted.view().threshold() > threshold) {
      ofAdapted = adapted.explain(plain, settings.withThreshold(threshold));
    }
    ExplainView a = ofBase.view();
    ExplainView b = ofAdapted.view();
    Tensor logitsOfBase = base.logits(question.position());
    Tensor logits = adapted.logits(question.position());
    Both both = new Both(base, adapted, logitsOfBase, logits);
    @Nullable Prediction answer = both.prediction(question.answer());
    @Nullable Prediction distractor = both.prediction(question.distractor());
    ExplanationComparisonView view =
        new ExplanationComparisonView(
            b.model(),
            a.model(),
            b.tokens(),
            b.note(),
            b.position(),
            threshold,
            b.mode(),
            divergence(logits.toFloats(), logitsOfBase.toFloats()),
            both.predictions(b.predictions(), a.predictions()),
            answer,
            distractor,
            answer == null || distractor == null
                ? null
                : new Logits(
                    answer.base().logit() - distractor.base().logit(),
                    answer.adapted().logit() - distractor.adapted().logit()),
            new Routes(new Size(a.nodes(), a.edges()), new Size(b.nodes(), b.edges())),
            sources(a, b),
            attention(a, b),
            distances(base.trace(), adapted.trace(), question.position()));
    return new ExplanationComparison(view, ofBase, ofAdapted);
  }

  /** Reads tokens in the predictions of both models. */
  private record Both(Analysis base, Analysis adapted, Tensor logitsOfBase, Tensor logits) {
    List<Prediction> predictions(List<PredictionView> first, List<PredictionView> then)
        throws QuestionException {
      Set<Integer> ids = new LinkedHashSet<>();
      Stream.concat(first.stream(), then.stream()).forEach(p -> ids.add(p.id()));
      List<Prediction> all = new ArrayList<>();
      for (int id : ids) {
        all.add(Objects.requireNonNull(prediction(id)));
      }
      return all;
    }

    @Nullable Prediction prediction(@Nullable Integer id) throws QuestionException {
      if (id == null) {
        return null;
      }
      PredictionView a = Objects.requireNonNull(base.prediction(logitsOfBase, id));
      PredictionView b = Objects.requireNonNull(adapted.prediction(logits, id));
      return new Prediction(id, b.text(), Side.of(a), Side.of(b));
    }
  }

  /** The sum of p (ln p - ln q), p the adapted model's probabilities. */
  private static double divergence(float[] p, float[] q) {
    double ofP = logSum(p);
    double ofQ = logSum(q);
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      sum += Math.exp(p[i] - ofP) * ((p[i] - ofP) - (q[i] - ofQ));
    }
    return Math.max(0, sum);
  }

  private static double logSum(float[] logits) {
    double largest = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      largest = Math.max(largest, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - largest);
    }
    return largest + Math.log(sum);
  }

  private static List<Source> sources(ExplainView base, ExplainView adapted) {
    Map<Integer, Source> all = new LinkedHashMap<>();
    adapted
        .sources()
        .forEach(s -> all.put(s.position(), new Source(s.position(), s.text(), 0, s.flow())));
    base.sources()
        .forEach(s ->
            all.merge(
                s.position(),
                new Source(s.position(), s.text(), s.flow(), 0),
                (known, other) ->
                    new Source(s.position(), s.text(), other.base(), known.adapted())));
    return all.values().stream()
        .sorted(Comparator.comparingDouble((Source s) -> -Math.abs(s.change())))
        .toList();
  }

  private static List<Attention> attention(ExplainView base, ExplainView adapted) {
    Map<List<Integer>, Attention> all = new LinkedHashMap<>();
    for (ExplainView.Attention e : adapted.attention()) {
      all.put(
          List.of(e.layer(), e.query(), e.key()),
          new Attention(e.layer(), e.query(), e.key(), 0, e.flow(), heads(e)));
    }
    for (ExplainView.Attention e : base.attention()) {
      all.merge(
          List.of(e.layer(), e.query(), e.key()),
          new Attention(e.layer(), e.query(), e.key(), e.flow(), 0, heads(e)),
          (known, other) ->
              new Attention(
                  e.layer(),
                  e.query(),
                  e.key(),
                  other.base(),
                  known.adapted(),
                  known.adapted() < other.base() ? other.heads() : known.heads()));
    }
    return all.values().stream()
        .sorted(Comparator.comparingDouble((Attention e) -> -Math.abs(e.change())))
        .toList();
  }

  private static List<Integer> heads(ExplainView.Attention edge) {
    return edge.heads().stream().map(ExplainView.Head::head).toList();
  }

  private static List<Double> distances(ForwardTrace base, ForwardTrace adapted, int position) {
    List<Double> distances = new ArrayList<>();
    for (int l = 1; l <= base.nLayers(); l++) {
      float[] a = after(base, l, position);
      float[] b = after(adapted, l, position);
      double difference = 0;
      double length = 0;
      for (int i = 0; i < a.length; i++) {
        difference += Math.pow(b[i] - a[i], 2);
        length += Math.pow(a[i], 2);
      }
      distances.add(length == 0 ? 0 : Math.sqrt(difference / length));
    }
    return distances;
  }

  private static float[] after(ForwardTrace trace, int layers, int position) {
    Tensor states = layers < trace.nLayers() ? trace.before(layers) : trace.finalResidual();
    return states.row(position).toFloats();
  }
}
