package dev.limpid.model;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import java.util.ArrayList;
import java.util.List;

/** Runs what follows a text whose keys and values are in a cache. */
record Continuation(Transformer model, KeyValueCache cache) {

  /** Returns the last states of n tokens, [n, D], and adds them to the cache. */
  Tensor lastStates(List<Integer> tokens) {
    model.config().requireTokens(tokens, cache.length());
    boolean isLong = model.config().turnsAsLong(cache.length() + tokens.size());
    if (!cache.isTurnedAs(isLong)) {
      // All of the text is turned by other angles now: it is run anew.
      List<Integer> all = new ArrayList<>(cache.tokens());
      all.addAll(tokens);
      cache.truncate(0);
      return lastStates(all).rows(all.size() - tokens.size(), all.size());
    }
    TensorOps ops = model.ops();
    int first = cache.length();
    cache.turnAs(isLong);
    cache.reserve(model.config(), ops, tokens.size());
    try (Scope pass = ops.scope()) {
      int whole = first + tokens.size();
      Rotations rotations = Rotations.of(model.config(), first, tokens.size(), whole).on(ops);
      Tensor resid = model.embedding().of(tokens, first);
      for (int layer = 0; layer < model.config().nLayers(); layer++) {
        Attention attention = new Attention.Cached(model, layer, cache);
        try (Scope ofLayer = ops.scope()) {
          BlockRun run = model.run(layer, resid, rotations, attention, StackEdits.NONE);
          resid = ofLayer.keep(run.residPost());
        }
      }
      cache.advance(tokens);
      return pass.keep(resid);
    }
  }
}
