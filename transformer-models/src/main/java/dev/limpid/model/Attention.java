package dev.limpid.model;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.AttentionShape;
import dev.limpid.tensor.ops.TensorOps;

/** Lets queries look at keys, and mixes values accordingly: what rows of a layer see differs. */
interface Attention {

  /**
   * Returns what the queries found.
   *
   * @param queries [n, H d]
   * @param keys [n, K d]
   * @param values [n, K d]; may be modified
   */
  BlockRun.Attended of(Tensor queries, Tensor keys, Tensor values);

  /** Attention within a whole text: each position sees itself and those before it. */
  record Whole(Transformer model, int layer, LayerEdits edits) implements Attention {
    @Override
    public BlockRun.Attended of(Tensor queries, Tensor keys, Tensor values) {
      Tensor mixed = model.ops().zeros(queries.dim(0), queries.dim(1));
      return of(queries, keys, values, mixed);
    }

    /**
     * Returns what the queries found.
     *
     * @param mixed [n, H d], modified: takes the values mixed
     */
    BlockRun.Attended of(Tensor queries, Tensor keys, Tensor values, Tensor mixed) {
      TensorOps ops = model.ops();
      int nPositions = queries.dim(0);
      AttentionShape shape = model.attentionShape(layer);
      Tensor pattern = ops.zeros(shape.nHeads(), nPositions, nPositions);
      ops.causalPattern(queries, keys, shape, pattern);
      SinkBias bias = SinkBias.of(ops, model.weights().block(layer), edits.wholePattern(pattern));
      edits.pattern(pattern);
      Tensor value = ops.zeros(shape.nKvHeads(), nPositions, model.config().dHead());
      ops.splitHeads(values, value, 0);
      ops.attend(pattern, value, mixed);
      edits.mixed(mixed);
      bias.addTo(ops, mixed);
      return new BlockRun.Attended(pattern, value, mixed);
    }
  }

  /** Attention to all that a cache holds and to what is new, which is written into it. */
  record Cached(Transformer model, int layer, KeyValueCache cache) implements Attention {
    @Override
    public BlockRun.Attended of(Tensor queries, Tensor keys, Tensor values) {
      TensorOps ops = model.ops();
      SinkBias.addToValues(ops, model.weights().block(layer), values);
      ops.splitHeads(keys, cache.keys(layer), cache.length());
      ops.splitHeads(values, cache.values(layer), cache.length());
      Tensor mixed = ops.zeros(queries.dim(0), queries.dim(1));
      ops.attendCached(
          queries,
          cache.keys(layer),
          cache.values(layer),
          cache.length() + mixed.dim(0),
          model.attentionShape(layer),
          mixed);
      return new BlockRun.Attended(null, null, mixed);
    }
  }
}
