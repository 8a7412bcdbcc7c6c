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
 * <pre>
 *   LayerNorm:  w = center(W_U gain) / sqrt(var(x) + eps)     constant = &lt;W_U, norm's bias&gt;
 *   RMSNorm:    w = W_U gain / sqrt(mean(x^2) + eps)          constant = 0
 * </pre>
 *
 * @param answer the token
 * @param distractor the token it is compared with, or null for the logit of the answer alone
 * @param vector w, [D] on the heap; to be read, not modified
 * @param constant what the final norm's bias adds, whatever the state is
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
    float @Nullable [] bias = norm.bias() == null ? null : norm.bias().toFloats();
    float @Nullable [] gain = norm.gain() == null ? null : norm.gain().toFloats();
    double constant = 0;
    double mean = 0;
    for (int i = 0; i < w.length; i++) {
      constant += bias == null ? 0 : w[i] * bias[i];
      w[i] *= gain == null ? 1 : gain[i];
      mean += w[i] / w.length;
    }
    double center =
        switch (model.config().norm().kind()) {
          case LAYER_NORM -> mean;
          case RMS_NORM -> 0;
        };
    double scale = scale(model, state);
    Tensor vector = Tensor.zeros(w.length);
    for (int i = 0; i < w.length; i++) {
      vector.array()[i] = (float) ((w[i] - center) * scale);
    }
    return new LogitDirection(answer, distractor, vector, constant);
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

  private static double[] unembedding(Transformer model, int token) {
    float[] row =
        model
            .weights()
            .unembedding()
            .row(Objects.checkIndex(token, model.config().dVocab()))
            .toFloats();
    double[] copy = new double[row.length];
    for (int i = 0; i < row.length; i++) {
      copy[i] = row[i];
    }
    return copy;
  }

  /** What the final norm multiplies this state with, beside its gain. */
  private static double scale(Transformer model, Tensor state) {
    float[] x = state.toFloats();
    double mean = 0;
    double square = 0;
    for (float v : x) {
      mean += (double) v / x.length;
    }
    double center =
        switch (model.config().norm().kind()) {
          case LAYER_NORM -> mean;
          case RMS_NORM -> 0;
        };
    for (float v : x) {
      square += (v - center) * (v - center) / x.length;
    }
    return 1 / Math.sqrt(square + model.config().norm().epsilon());
  }
}
