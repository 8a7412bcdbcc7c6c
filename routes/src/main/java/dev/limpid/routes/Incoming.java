package dev.limpid.routes;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * What flows into one node over connections above a threshold. The shares, the residual and what is
 * lost sum to 1.
 *
 * @param from the numbers of the nodes that the block's parts come from, ascending
 * @param shares of these parts, all above 0
 * @param residualFrom the number of the node that the residual comes from
 * @param residual its share, or 0
 * @param divisor what the contributions of the surviving parts were divided by
 * @param lost what flows into the node from no other
 */
record Incoming(
    int[] from, double[] shares, int residualFrom, double residual, double divisor, LostFlow lost) {
  /** What flows into a token: nothing, and nothing is lost there. */
  static final Incoming NONE = new Incoming(new int[0], new double[0], 0, 0, 1, LostFlow.NONE);

  private static final LostFlow ALL = new LostFlow(1, 0, 0);

  /**
   * Divides what survived the threshold, where the mode asks for it, and counts what is lost.
   *
   * @param candidates the numbers of the nodes that parts may come from, ascending
   * @param survivors the contribution of each candidate by its index; 0 if it was dropped
   */
  static Incoming of(
      ThresholdMode mode,
      int[] candidates,
      IntToDoubleFunction survivors,
      int residualFrom,
      double residual,
      double bias) {
    int[] from = new int[candidates.length];
    double[] shares = new double[candidates.length];
    int n = 0;
    double sum = residual + bias;
    for (int i = 0; i < candidates.length; i++) {
      double survivor = survivors.applyAsDouble(i);
      if (survivor > 0) {
        from[n] = candidates[i];
        shares[n++] = survivor;
        sum += survivor;
      }
    }
    double divisor = mode == ThresholdMode.RENORMALISED && sum > 0 ? sum : 1;
    for (int i = 0; i < n; i++) {
      shares[i] /= divisor;
    }
    LostFlow lost =
        switch (mode) {
          case RENORMALISED -> sum > 0 ? new LostFlow(0, 0, bias / divisor) : ALL;
          case RAW -> new LostFlow(0, Math.max(0, 1 - sum), bias);
        };
    return new Incoming(
        Arrays.copyOf(from, n),
        Arrays.copyOf(shares, n),
        residualFrom,
        residual / divisor,
        divisor,
        lost);
  }

  /** Returns the one connection of a node that hands down all it gets. */
  static Incoming all(int from) {
    return new Incoming(new int[] {from}, new double[] {1}, from, 0, 1, LostFlow.NONE);
  }

  /** Returns the same for a cancelling node: no part is above 0, and all flow stops. */
  Incoming cancelling() {
    return new Incoming(from, shares, residualFrom, residual, divisor, ALL);
  }

  /** Returns how much of the node its connections carry, before that is shared out. */
  double carried() {
    double carried = residual * divisor;
    for (double share : shares) {
      carried += share * divisor;
    }
    return Math.min(1, carried);
  }

  /** Visits the nodes below with the share that each is handed. */
  void forEach(Visitor visitor) {
    for (int i = 0; i < from.length; i++) {
      visitor.visit(from[i], shares[i]);
    }
    if (residual > 0) {
      visitor.visit(residualFrom, residual);
    }
  }

  /** Takes the number of a node below and its share. */
  interface Visitor {
    void visit(int from, double share);
  }
}
