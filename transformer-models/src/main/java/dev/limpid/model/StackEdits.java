package dev.limpid.model;

import dev.limpid.model.intervene.Site;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What interventions make of the values of a layer in which several runs of a prompt are stacked as
 * rows.
 *
 * @param parts the runs that have interventions on this layer
 */
record StackEdits(List<Part> parts) {
  /** Changes nothing. */
  static final StackEdits NONE = new StackEdits(List.of());

  /** The rows of one run: {@code start} (inclusive) to {@code end} (exclusive). */
  record Part(LayerEdits edits, int start, int end) {}

  /** Returns the states that the layer reads: a copy where they are changed. */
  Tensor residPre(TensorOps ops, Tensor before) {
    if (parts.stream().noneMatch(part -> part.edits().changes(Site.Stage.RESID_PRE))) {
      return before;
    }
    Tensor changed = ops.zeros(before.dim(0), before.dim(1));
    ops.copy(before, changed);
    return state(Site.Stage.RESID_PRE, changed);
  }

  /** Returns vectors of the layer, changed in place. */
  Tensor state(Site.Stage stage, Tensor x) {
    return each(x, (edits, rows) -> edits.state(stage, rows));
  }

  /** Returns what attention writes, changed in place. */
  Tensor attentionOut(Tensor x) {
    return each(x, LayerEdits::attentionOut);
  }

  /** Returns what an MLP writes, changed in place. */
  Tensor mlpOut(Tensor x) {
    return state(Site.Stage.MLP_OUT, x);
  }

  /** Returns what neurons fire, changed in place. */
  Tensor neurons(Tensor x) {
    return each(x, LayerEdits::neurons);
  }

  /**
   * Changes what experts wrote, in place.
   *
   * @param chosen the experts of each row
   * @param out [n, k, D]
   * @return [n, D] what comes in place of the zeros of other experts; null without
   */
  @Nullable Tensor experts(TensorOps ops, List<List<Integer>> chosen, Tensor out) {
    if (parts.stream().noneMatch(part -> part.edits.changesExperts())) {
      return null;
    }
    Tensor beside = ops.zeros(out.dim(0), out.dim(2));
    for (Part part : parts) {
      part.edits.experts(
          chosen.subList(part.start, part.end),
          out.rows(part.start, part.end),
          beside.rows(part.start, part.end));
    }
    return beside;
  }

  /** Returns what the expert wrote that all positions go to, changed in place. */
  Tensor sharedExpert(Tensor x) {
    return each(x, LayerEdits::sharedExpert);
  }

  private Tensor each(Tensor x, BiConsumer<LayerEdits, Tensor> change) {
    for (Part part : parts) {
      change.accept(part.edits, x.rows(part.start, part.end));
    }
    return x;
  }
}
