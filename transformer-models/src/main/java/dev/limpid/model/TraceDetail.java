package dev.limpid.model;

import dev.limpid.model.config.ModelConfig;

/** How much of a forward pass is kept. */
public enum TraceDetail {
  /** Everything: O(L * T * (T * H + F + D)) numbers. */
  FULL,
  /**
   * The residual states before each layer: O(L * T * D) numbers. A layer's internals are computed
   * again whenever they are asked for; a block is a pure function of its residPre.
   */
  RESIDUALS;

  /** Returns the bytes that the states of a run take, and of one layer at least everything. */
  long bytes(ModelConfig config, long nPositions) {
    long widths =
        6L * config.dModel()
            + (2L * config.nHeads() + 3L * config.nKvHeads()) * config.dHead()
            + 3L * config.dMlp()
            + config.mlp().experts().map(e -> 2L * (e.used() + 1)).orElse(0L) * config.dModel();
    long ofLayer = nPositions * (widths + config.nHeads() * nPositions * 3 / 2);
    long layers = this == FULL ? config.nLayers() : 1;
    long states = nPositions * config.dModel() * (config.nLayers() + 1L);
    return (layers * ofLayer + states) * Float.BYTES;
  }
}
