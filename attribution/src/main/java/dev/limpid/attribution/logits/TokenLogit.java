package dev.limpid.attribution.logits;

/** A token and how much an update adds to its logit. */
public record TokenLogit(int id, double logit) {}
