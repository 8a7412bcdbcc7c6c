package dev.limpid.attribution.logits;

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
   * Splits logit(answer) - logit(distractor) at a position; memory L H T.
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
    for (int l = 0; l < trace.nLayers(); l++) {
      layers.add(layer(model, l, trace.layer(l), position, direction));
    }
    double embedding = direction.along(trace.residPre(0).row(position));
    return new DirectLogitAttribution(position, direction, embedding, layers);
  }

  private static LayerLogits layer(
      Transformer model, int layer, LayerTrace trace, int position, LogitDirection direction) {
    BlockWeights block = model.weights().block(layer);
    double[][] terms = HeadTerms.along(model, layer, trace, position, direction.vector());
    Tensor attention = Tensor.zeros(terms.length, position + 1);
    for (int h = 0; h < terms.length; h++) {
      for (int k = 0; k <= position; k++) {
        attention.array()[h * (position + 1) + k] = (float) terms[h][k];
      }
    }
    double mlpBias = along(direction, block.down().bias());
    double mlp = direction.along(trace.mlpOut().row(position)) - mlpBias;
    return new LayerLogits(attention, along(direction, block.attentionBias()), mlp, mlpBias);
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
