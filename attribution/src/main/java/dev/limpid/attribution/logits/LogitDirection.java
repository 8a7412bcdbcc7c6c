package dev.limpid.attribution.logits;

import dev.limpid.model.NormWeights;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The direction of a logit, or of the difference of two, in the residual stream: the unembedding
 * seen through the final norm, whose scale is frozen at one state x. For that state,
 *
 * <pre>
 *   logit(answer) - logit(distractor) = &lt;w, x&gt; + constant
 * </pre>
 *
 * <p>and since w no longer depends on x, every part of x has its own share &lt;w, part&gt;.
 *
 * <p>W_U is the row of the answer, less that of the distractor, through what is in front of it,
 * times what logits are multiplied with; logits are those before a cap.
 *
 * <pre>
 *   LayerNorm:  w = center(W_U gain) / sqrt(var(x) + eps)     constant = &lt;W_U, norm's bias&gt;
 *   RMSNorm:    w = W_U gain / sqrt(mean(x^2) + eps)          constant = 0
 * </pre>
 *
 * @param answer the token
 * @param distractor the token it is compared with, or null for the logit of the answer alone
 * @param vector w, [D] on the heap; to be read, not modified
 * @param constant what the biases of the final norm and of the head add, whatever the state is
 */
public record LogitDirection(
    int answer, @Nullable Integer distractor, Tensor vector, double constant) {

  /**
   * Returns the direction as one state sees it.
   *
   * @param state x, [D], a last residual state; not modified
   * @throws IndexOutOfBoundsException if a token is not in the vocabulary
   */
  public static LogitDirection of(
      Transformer model, Tensor state, int answer, @Nullable Integer distractor) {
    double[] w = unembedding(model, answer);
    if (distractor != null) {
      double[] other = unembedding(model, distractor);
      for (int i = 0; i < w.length; i++) {
        w[i] -= other[i];
      }
    }
    NormWeights norm = model.weights().finalNorm();
    double constant = 0;
    for (int i = 0; norm.bias() != null && i < w.length; i++) {
      constant += w[i] * norm.bias().get(i);
    }
    @Nullable Tensor bias = model.weights().head().bias();
    if (bias != null) {
      constant += bias.get(answer) - (distractor == null ? 0 : bias.get(distractor));
    }
    norm.transposed(w);
    double scale = norm.scales(state.reshape(1, w.length)).get(0);
    Tensor vector = Tensor.zeros(w.length);
    for (int i = 0; i < w.length; i++) {
      vector.array()[i] = (float) (w[i] * scale);
    }
    return new LogitDirection(answer, distractor, vector, constant);
  }

  /**
   * Returns the same direction as the parts of a normed sum have it: s lin^T w.
   *
   * @param scale s
   */
  LogitDirection through(NormWeights norm, double scale) {
    double[] w = new double[vector.dim(0)];
    for (int i = 0; i < w.length; i++) {
      w[i] = vector.get(i);
    }
    norm.transposed(w);
    Tensor below = Tensor.zeros(w.length);
    for (int i = 0; i < w.length; i++) {
      below.array()[i] = (float) (w[i] * scale);
    }
    return new LogitDirection(answer, distractor, below, constant);
  }

  /** Returns &lt;w, update&gt;: what an update [D], not modified, adds to the logit. */
  public double along(Tensor update) {
    Tensor there = update.toHeap();
    double product = 0;
    for (int i = 0; i < vector.dim(0); i++) {
      product += (double) vector.array()[i] * there.array()[there.offset() + i];
    }
    return product;
  }

  /** The row of a token in residual space, times what logits are multiplied with. */
  private static double[] unembedding(Transformer model, int token) {
    Tensor row =
        model.weights().unembedding().row(Objects.checkIndex(token, model.config().dVocab()));
    double scale = model.config().head().scale();
    float[] read = model.unembedding().direction(row).toFloats();
    double[] copy = new double[read.length];
    for (int i = 0; i < read.length; i++) {
      copy[i] = scale * read[i];
    }
    return copy;
  }
}
