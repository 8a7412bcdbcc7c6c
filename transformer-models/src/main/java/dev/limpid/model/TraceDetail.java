package dev.limpid.model;

/** How much of a forward pass is kept. */
public enum TraceDetail {
  /** Everything: O(L * T * (T * H + F + D)) numbers. */
  FULL,
  /**
   * The residual states before each layer: O(L * T * D) numbers. A layer's internals are computed
   * again whenever they are asked for; a block is a pure function of its residPre.
   */
  RESIDUALS
}
