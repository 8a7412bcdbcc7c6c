package dev.limpid.explorer.view;

import dev.limpid.explorer.output.Decimals;
import org.jspecify.annotations.Nullable;

/**
 * A token as a prediction.
 *
 * @param text as people read it; null without a tokenizer
 * @param rank 1 for the most probable
 */
public record PredictionView(
    int id,
    @Nullable String text,
    @Decimals(Decimals.LOGIT) double logit,
    double probability,
    int rank) {}
