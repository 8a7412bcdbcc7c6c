package dev.limpid.model;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The terms of one attention block, factored, since all of them together would be [H, T, T, D]:
 *
 * <pre>
 *   term[h, q, k] = weights[h, q, k] * values[h / (H / K), k] W^h
 * </pre>
 *
 * @param weights [H, T, T] attention probabilities, times what multiplies a whole row on its way
 *     into the state: s of a norm behind the attention, the multiplier of the stream
 * @param values [K, T, d]
 * @param projection W, inputs H * d, outputs D, with the gain of such a norm inside
 */
public record AttentionTerms(Tensor weights, Tensor values, PackedMatrix projection) {

  /**
   * Returns the terms as they are parts of the state that they were added to.
   *
   * @param trace of that layer, not modified
   */
  public static AttentionTerms inState(Transformer model, int layer, LayerTrace trace) {
    BlockWeights block = model.weights().block(layer);
    float[] factors = factors(model, trace);
    Tensor weights = factors.length == 0 ? trace.pattern() : scaled(model, trace, factors);
    return new AttentionTerms(weights, trace.value(), block.terms());
  }

  /** Returns the terms as they are parts of {@code attnOut}. */
  public static AttentionTerms inOutput(Transformer model, int layer, LayerTrace trace) {
    if (!model.config().residual().normsSums()) {
      return inState(model, layer, trace);
    }
    double multiplier = model.config().residual().multiplier();
    float[] factors = new float[trace.residPre().dim(0)];
    Arrays.fill(factors, (float) multiplier);
    return new AttentionTerms(
        multiplier == 1 ? trace.pattern() : scaled(model, trace, factors),
        trace.value(),
        model.weights().block(layer).attentionOut());
  }

  /**
   * Returns t of every query: what multiplies all its terms on their way into the state, [T]; empty
   * where nothing does.
   */
  public static float[] factors(Transformer model, LayerTrace trace) {
    double multiplier = model.config().residual().multiplier();
    if (trace.attentionScale() == null && multiplier == 1) {
      return new float[0];
    }
    float[] factors = new float[trace.residPre().dim(0)];
    Arrays.fill(factors, 1);
    if (trace.attentionScale() != null) {
      trace.attentionScale().copyTo(0, factors, 0, factors.length);
    }
    for (int q = 0; q < factors.length; q++) {
      factors[q] = (float) (factors[q] * multiplier);
    }
    return factors;
  }

  private static Tensor scaled(Transformer model, LayerTrace trace, float[] factors) {
    Tensor pattern = trace.pattern();
    int n = factors.length;
    int rows = pattern.dim(0) * n;
    Tensor scaled = model.ops().zeros(pattern.dim(0), n, n);
    float[] ofRows = new float[rows];
    for (int row = 0; row < rows; row++) {
      ofRows[row] = factors[row % n];
    }
    model
        .ops()
        .embedScaled(
            pattern.reshape(rows, n),
            IntStream.range(0, rows).toArray(),
            ofRows,
            scaled.reshape(rows, n));
    return scaled;
  }

  /** Returns what every head adds, summed over keys, without biases: [H, T, D]. */
  public Tensor byHead(TensorOps ops) {
    int nHeads = weights.dim(0);
    int nPositions = weights.dim(1);
    int dHead = values.dim(2);
    try (Scope scope = ops.scope()) {
      Tensor mixed = ops.zeros(nPositions, nHeads * dHead);
      ops.attend(weights, values, mixed);
      Tensor byHead = ops.zeros(nHeads, nPositions, dHead);
      ops.splitHeads(mixed, byHead, 0);
      Tensor out = scope.keep(ops.zeros(nHeads, nPositions, projection.outputs()));
      for (int h = 0; h < nHeads; h++) {
        PackedMatrix ofHead = projection.inputs(h * dHead, (h + 1) * dHead);
        ops.matmul(byHead.row(h), ofHead, null, out.row(h));
      }
      return out;
    }
  }
}
