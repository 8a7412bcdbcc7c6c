package dev.limpid.attribution.logits;

/** What happens to an update in front of the unembedding. */
public enum UpdateNorm {
  /** Nothing: readings of updates add up. */
  RAW,
  /** The final norm, with statistics of the update alone, as LM-TT does; not additive. */
  OWN_NORM
}
