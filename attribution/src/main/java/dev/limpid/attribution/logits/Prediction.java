package dev.limpid.attribution.logits;

/**
 * A token as a prediction.
 *
 * @param id the token
 * @param logit its logit; defined up to a constant
 * @param probability its share of the softmax over the vocabulary
 * @param rank 1 for the most probable
 */
public record Prediction(int id, double logit, double probability, int rank) {}
