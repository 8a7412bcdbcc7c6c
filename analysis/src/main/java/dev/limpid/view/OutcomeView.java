package dev.limpid.view;

import dev.limpid.json.Decimals;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run predicts at a position.
 *
 * @param distractor null where none was named
 * @param logitDifference of answer and distractor; null without one
 * @param logProbability of the answer, natural logarithm
 * @param kl KL(before || this run) over the vocabulary, in nats
 * @param top the most probable tokens
 */
public record OutcomeView(
    PredictionView answer,
    @Nullable PredictionView distractor,
    @Decimals(Decimals.LOGIT) @Nullable Double logitDifference,
    @Decimals(Decimals.LOGIT) double logProbability,
    @Decimals(Decimals.LOGIT) double kl,
    List<PredictionView> top) {}
