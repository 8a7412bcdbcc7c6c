package dev.limpid.model;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import java.util.List;
import java.util.Locale;

/**
 * One forward pass over one prompt, made transparent: tokens, every layer's states, logits.
 *
 * <p>Immutable; the tensors are to be read, not modified. Depending on the {@link TraceDetail},
 * {@link #layer} returns what was kept, or computes it again from the residual states. Logits are
 * always computed when asked for: keep them if you need them twice.
 */
public final class ForwardTrace {
  private final Transformer model;
  private final TraceDetail detail;
  private final List<Integer> tokens;
  private final List<Intervention> interventions;
  private final List<Tensor> residuals;
  private final List<LayerTrace> layers;

  /**
   * Creates a trace; made by {@link Transformer#run}.
   *
   * @param interventions what was changed
   * @param residuals L + 1 states [T, D]: what every layer found, then the last residPost
   * @param layers all L layers, or none where they are computed again
   */
  ForwardTrace(
      Transformer model,
      TraceDetail detail,
      List<Integer> tokens,
      List<Intervention> interventions,
      List<Tensor> residuals,
      List<LayerTrace> layers) {
    this.model = model;
    this.detail = detail;
    this.tokens = List.copyOf(tokens);
    this.interventions = List.copyOf(interventions);
    this.residuals = List.copyOf(residuals);
    this.layers = List.copyOf(layers);
  }

  /** Returns the configuration of the model that was traced. */
  public ModelConfig config() {
    return model.config();
  }

  /** Returns where these numbers come from. */
  public Provenance provenance() {
    return model.provenance();
  }

  /** Returns how much was kept. */
  public TraceDetail detail() {
    return detail;
  }

  /** Returns the prompt's token ids, T of them, BOS included. */
  public List<Integer> tokens() {
    return tokens;
  }

  /** Returns L, the number of layers. */
  public int nLayers() {
    return model.config().nLayers();
  }

  /** Returns T, the number of tokens. */
  public int nPositions() {
    return tokens.size();
  }

  /** Returns what was changed in this run; none of an ordinary one. */
  public List<Intervention> interventions() {
    return interventions;
  }

  /** Returns the state in front of a layer, [T, D]; computed again only where it was changed. */
  public Tensor residPre(int layer) {
    int l = require(layer);
    return changes(l) ? layer(l).residPre() : residuals.get(l);
  }

  /**
   * Returns what the layer before left, or the embeddings, [T, D]: the state in front of the layer,
   * unless an intervention put another in its place. Never computed again.
   */
  public Tensor before(int layer) {
    return residuals.get(layer);
  }

  /**
   * Checks that nothing was changed in this run, for what is not computed of a changed one.
   *
   * @param what is not, for the message
   * @throws IllegalArgumentException if something was
   */
  public void requireUnchanged(String what) {
    if (!interventions.isEmpty()) {
      throw new IllegalArgumentException(
          what + " of a run with interventions: take those of the run without them");
    }
  }

  /** Returns whether an intervention is on a layer. */
  public boolean changes(int layer) {
    return interventions.stream().anyMatch(i -> i.site().layer() == layer);
  }

  /** Returns the last state, that the logits are read from, [T, D]; never computed again. */
  public Tensor finalResidual() {
    return residuals.getLast();
  }

  /** Returns about how much memory its residual states take, without layers that are kept whole. */
  public long residualBytes() {
    return (long) Float.BYTES * residuals.size() * nPositions() * model.config().dModel();
  }

  /** Returns one layer with all its internals. */
  public LayerTrace layer(int layer) {
    int l = require(layer);
    return layers.isEmpty() ? model.block(l, residuals.get(l), interventions) : layers.get(l);
  }

  private int require(int layer) {
    if (layer < 0 || layer >= nLayers()) {
      throw new IndexOutOfBoundsException(
          "layer %d is not in the model, whose layers go from 0 to %d"
              .formatted(layer, nLayers() - 1));
    }
    return layer;
  }

  /** Computes the logits of all positions from the last state, on the heap: [T, V]. */
  public Tensor logits() {
    return logits(finalResidual());
  }

  /** Computes the logits of one position from its last state, on the heap: [V]. */
  public Tensor logits(int position) {
    return logits(finalResidual().rows(position, position + 1)).row(0);
  }

  /**
   * Computes the logits of one position before any cap, which sum up what everything added to them,
   * on the heap: [V].
   */
  public Tensor logitsBeforeCap(int position) {
    try (Scope _ = model.ops().scope()) {
      return model
          .unembedding()
          .beforeCap(finalResidual().rows(position, position + 1))
          .row(0)
          .toHeap();
    }
  }

  private Tensor logits(Tensor states) {
    try (Scope _ = model.ops().scope()) {
      return model.unembed(states).toHeap();
    }
  }

  @Override
  public String toString() {
    return "ForwardTrace[%d tokens, %d layers, %s, of %s]"
        .formatted(nPositions(), nLayers(), detail.toString().toLowerCase(Locale.ROOT), model);
  }
}
