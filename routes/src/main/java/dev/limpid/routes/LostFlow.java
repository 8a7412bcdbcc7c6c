package dev.limpid.routes;

/**
 * Flow that arrives at no token; with the flow of the tokens it sums to what set out: 1 in a route.
 *
 * @param stopped at nodes that nothing flows into: cancelling ones, and in mode {@link
 *     ThresholdMode#RENORMALISED} those without a part above the threshold
 * @param belowThreshold the share of dropped connections, in mode {@link ThresholdMode#RAW}
 * @param bias the share of biases that are parts of their own
 */
public record LostFlow(double stopped, double belowThreshold, double bias) {
  static final LostFlow NONE = new LostFlow(0, 0, 0);

  /** Returns the sum of the three. */
  public double total() {
    return stopped + belowThreshold + bias;
  }

  /** Returns this and a share of other. */
  LostFlow plus(LostFlow other, double share) {
    return new LostFlow(
        stopped + share * other.stopped,
        belowThreshold + share * other.belowThreshold,
        bias + share * other.bias);
  }
}
