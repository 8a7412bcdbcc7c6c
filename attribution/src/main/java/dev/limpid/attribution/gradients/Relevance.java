package dev.limpid.attribution.gradients;

import dev.limpid.model.BackwardRules;
import java.util.Arrays;
import java.util.List;

/**
 * How much of a logit, or of the difference of two, each part of a run brought: handed back from
 * the logit by the rules of {@link BackwardRules#relevance}. In logits, with the sign that says
 * whether it speaks for the answer.
 *
 * <p>The rules are a choice: a part's relevance is not the effect of taking it away, but circuits
 * chosen by it recover answers better than those chosen by contributions or by gradients.
 *
 * @param position t, whose logits are read
 * @param value m, the number itself
 * @param tokens of the token embeddings
 * @param components of every term of attention and of every MLP
 * @param states of the residual states, one entry per layer
 */
public record Relevance(
    int position,
    double value,
    TokenScores tokens,
    ComponentScores components,
    List<StateScores> states) {

  /** Copies the list. */
  public Relevance {
    states = List.copyOf(states);
  }

  /**
   * Hands a number back to everything it was made of.
   *
   * @param run of a logit, or of the difference of two; with the rules of relevance
   * @param observer sees the backward pass
   */
  public static Relevance of(GradientRun run, GradientRun.Observer observer) {
    StateScores[] states = new StateScores[run.trace().nLayers()];
    boolean oneNode = run.model().config().residual().isParallel();
    GradientRun.Observer keeping =
        _ ->
            (layer, trace, gradients) ->
                states[layer] = StateScores.along(oneNode, trace, gradients);
    MeanGradients relevance = run.gradients(keeping.then(observer));
    return new Relevance(
        run.position(),
        run.value(),
        TokenScores.inputTimesGradient(run, relevance),
        ComponentScores.along(run, relevance),
        Arrays.asList(states));
  }
}
