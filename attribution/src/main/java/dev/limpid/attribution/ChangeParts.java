package dev.limpid.attribution;

import dev.limpid.model.LayerTrace;
import dev.limpid.model.Transformer;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.model.intervene.Site;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What interventions put into the states of one layer beside everything that the layer added: of a
 * changed state one more part, "change".
 *
 * @param attention [T, D], residMid less residPre, terms and beta, where something of attention was
 *     changed, and 0 elsewhere; null where nothing was
 * @param mlp [T, D], residPost less residMid and mlpOut; likewise
 */
record ChangeParts(@Nullable Tensor attention, @Nullable Tensor mlp) {
  static final ChangeParts NONE = new ChangeParts(null, null);

  /**
   * Computes them where the model computes.
   *
   * @param trace of that layer, not modified
   * @param interventions of the whole run
   */
  static ChangeParts of(
      Transformer model, int layer, LayerTrace trace, List<Intervention> interventions) {
    int nPositions = trace.residPre().dim(0);
    BitSet ofAttention = new BitSet();
    BitSet ofMlp = new BitSet();
    for (Intervention intervention : interventions) {
      Site site = intervention.site();
      if (site.layer() == layer) {
        switch (site) {
          case Site.Terms _ -> ofAttention.set(0, nPositions);
          case Site.Head _, Site.Edge _ -> ofAttention.set(site.position());
          case Site.State(Site.Stage stage, int _, int t) -> {
            switch (stage) {
              case ATTN_OUT, RESID_MID -> ofAttention.set(t);
              case RESID_POST -> ofMlp.set(t);
              // What is added is the changed output itself; what is read has no parts.
              case MLP_OUT, RESID_PRE -> {}
            }
          }
          case Site.Neuron _, Site.Expert _, Site.SharedExpert _ -> {}
        }
      }
    }
    BlockParts parts = new BlockParts(model, layer, trace);
    if (parts.areOne()) {
      ofMlp.or(ofAttention); // one state: what is put into it is one part
      return new ChangeParts(null, ofMlp.isEmpty() ? null : ofOne(parts, ofMlp));
    }
    return new ChangeParts(
        ofAttention.isEmpty() ? null : ofAttention(parts, ofAttention),
        ofMlp.isEmpty() ? null : ofMlp(parts, ofMlp));
  }

  private static Tensor ofAttention(BlockParts parts, BitSet positions) {
    try (Scope scope = parts.model().ops().scope()) {
      return scope.keep(
          rest(
              parts.model().ops(),
              parts.attentionWhole(),
              parts.attentionResidual(),
              Unexplained.attentionSum(parts),
              positions));
    }
  }

  private static Tensor ofMlp(BlockParts parts, BitSet positions) {
    TensorOps ops = parts.model().ops();
    try (Scope scope = ops.scope()) {
      Tensor added = parts.mlp();
      @Nullable Tensor outer = parts.outerBias();
      if (outer != null) {
        ops.add(outer, added, outer);
        added = outer;
      }
      return scope.keep(
          rest(ops, parts.trace().residPost(), parts.mlpResidual(), added, positions));
    }
  }

  private static Tensor ofOne(BlockParts parts, BitSet positions) {
    TensorOps ops = parts.model().ops();
    try (Scope scope = ops.scope()) {
      Tensor added = Unexplained.attentionSum(parts);
      ops.add(added, parts.mlp(), added);
      return scope.keep(
          rest(ops, parts.trace().residPost(), parts.attentionResidual(), added, positions));
    }
  }

  private static Tensor rest(
      TensorOps ops, Tensor whole, Tensor residual, Tensor block, BitSet positions) {
    float[] y = whole.toFloats();
    float[] before = residual.toFloats();
    float[] added = block.toFloats();
    int width = whole.dim(1);
    Tensor rest = Tensor.zeros(whole.dim(0), width);
    positions.stream()
        .forEach(t -> {
          for (int i = t * width; i < (t + 1) * width; i++) {
            rest.array()[i] = y[i] - before[i] - added[i];
          }
        });
    Tensor out = ops.zeros(whole.dim(0), width);
    ops.copy(rest, out);
    return out;
  }
}
