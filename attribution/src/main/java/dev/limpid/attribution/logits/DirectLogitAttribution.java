package dev.limpid.attribution.logits;

import dev.limpid.attribution.AddedBiases;
import dev.limpid.attribution.HeadTerms;
import dev.limpid.model.BlockWeights;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One logit, or the difference of two, split among everything that was added to the residual
 * stream: embedding, every head and key, every MLP, and the biases.
 *
 * <p>The split is exact, because the scale of the final norm is held at that of the last state
 * ({@link LogitDirection}). It says what each part adds directly, not what it does by way of later
 * layers.
 *
 * <p>Where sums are normed, their scales are held, too, and the direction is followed down through
 * their norms, layer by layer.
 *
 * @param position t, whose prediction is explained
 * @param embedding of the token at t, and of its position where that is embedded
 * @param layers one entry per layer
 */
public record DirectLogitAttribution(
    int position, LogitDirection direction, double embedding, List<LayerLogits> layers) {

  /** Copies the list. */
  public DirectLogitAttribution {
    layers = List.copyOf(layers);
  }

  /**
   * Splits logit(answer) - logit(distractor) at a position, before any cap; memory L H T.
   *
   * @param trace of a run without interventions; not modified
   * @param distractor null for the logit of the answer alone
   * @throws IndexOutOfBoundsException if a token is not in the vocabulary
   */
  public static DirectLogitAttribution of(
      Transformer model,
      ForwardTrace trace,
      int position,
      int answer,
      @Nullable Integer distractor) {
    trace.requireUnchanged("direct logit attribution");
    LogitDirection direction =
        LogitDirection.of(model, trace.finalResidual().row(position), answer, distractor);
    List<LayerLogits> layers = new ArrayList<>();
    if (model.config().residual().normsSums()) {
      LogitDirection below = direction;
      for (int l = trace.nLayers() - 1; l >= 0; l--) {
        below = addNormed(model, l, trace.layer(l), position, below, layers);
      }
      return new DirectLogitAttribution(
          position, direction, below.along(trace.residPre(0).row(position)), layers.reversed());
    }
    for (int l = 0; l < trace.nLayers(); l++) {
      layers.add(layer(model, l, trace.layer(l), position, direction, direction));
    }
    double embedding = direction.along(trace.residPre(0).row(position));
    return new DirectLogitAttribution(position, direction, embedding, layers);
  }

  /** Adds a layer whose sums are normed; returns the direction as the layer below has it. */
  private static LogitDirection addNormed(
      Transformer model,
      int layer,
      LayerTrace trace,
      int position,
      LogitDirection direction,
      List<LayerLogits> layers) {
    BlockWeights block = model.weights().block(layer);
    double mlpScale = scale(trace.mlpScale(), position);
    double attentionScale = scale(trace.attentionScale(), position);
    LogitDirection mid = direction.through(block.mlpPostNorm(), mlpScale);
    layers.add(layer(model, layer, trace, position, direction, mid));
    return mid.through(block.attentionPostNorm(), attentionScale);
  }

  private static double scale(@Nullable Tensor scales, int position) {
    return scales == null ? 1 : scales.get(position);
  }

  /**
   * Splits one layer.
   *
   * @param direction in the state after the MLP
   * @param mid in the state after attention
   */
  private static LayerLogits layer(
      Transformer model,
      int layer,
      LayerTrace trace,
      int position,
      LogitDirection direction,
      LogitDirection mid) {
    double[][] terms = HeadTerms.along(model, layer, trace, position, mid.vector());
    Tensor attention = Tensor.zeros(terms.length, position + 1);
    for (int h = 0; h < terms.length; h++) {
      for (int k = 0; k <= position; k++) {
        attention.array()[h * (position + 1) + k] = (float) terms[h][k];
      }
    }
    AddedBiases added = AddedBiases.of(model, layer, trace, position);
    double mlpBias = along(direction, added.mlp());
    double mlp = direction.along(added.mlpOut()) - mlpBias;
    return new LayerLogits(
        attention, along(mid, added.attention()), mlp, mlpBias + along(direction, added.outer()));
  }

  private static double along(LogitDirection direction, @Nullable Tensor bias) {
    return bias == null ? 0 : direction.along(bias);
  }

  /** Returns what all biases add: of attention, of the MLPs, and of the final norm. */
  public double biases() {
    double sum = direction.constant();
    for (LayerLogits layer : layers) {
      sum += layer.attentionBias() + layer.mlpBias();
    }
    return sum;
  }

  /** Returns the sum of all parts: the model's logit, or difference of logits, up to rounding. */
  public double sum() {
    double sum = embedding + biases();
    for (LayerLogits layer : layers) {
      sum += layer.heads() + layer.mlp();
    }
    return sum;
  }
}
