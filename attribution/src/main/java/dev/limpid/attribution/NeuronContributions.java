package dev.limpid.attribution;

import dev.limpid.model.LayerTrace;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What every neuron of one MLP brought to one position: the contributions of the parts of y =
 * residPost[t], which are neuronPost[t, n] W_out[n] for all n, and residMid[t].
 *
 * <p>Their denominator is that of all these parts, so they are not comparable with the contribution
 * of the MLP as a whole.
 *
 * @param position t
 * @param neurons [F], to be read, not modified
 * @param activations [F], neuronPost[t], with their signs; to be read, not modified
 * @param residual the contribution of residMid
 * @param bias the contribution of b_out; 0 where biases are excluded
 * @param unexplained relative: |y - sum of parts - b_out|_1 / |y|_1, a check of the arithmetic
 * @param cancelling whether the parts only cancel one another, so that all contributions are 0
 */
public record NeuronContributions(
    int layer,
    int position,
    Tensor neurons,
    Tensor activations,
    double residual,
    double bias,
    double unexplained,
    boolean cancelling) {
  private static final int BLOCK = 64;

  /**
   * Computes the contributions of all neurons exactly; beside the result, memory for a block of
   * them is used.
   *
   * @param trace of that layer, not modified
   * @throws IndexOutOfBoundsException if the position is not in the prompt
   */
  public static NeuronContributions of(
      Transformer model, int layer, LayerTrace trace, ContributionOptions options, int position) {
    Objects.checkIndex(position, trace.residPost().dim(0));
    PackedMatrix down = model.weights().block(layer).down().weight();
    @Nullable Tensor bias = model.weights().block(layer).down().bias();
    float @Nullable [] downBias = bias == null ? null : bias.toFloats();
    float[] activations = trace.neuronPost().row(position).toFloats();
    float[] whole = trace.residPost().row(position).toFloats();
    float[] residMid = trace.residMid().row(position).toFloats();
    double[] rest = new double[whole.length];
    for (int i = 0; i < rest.length; i++) {
      rest[i] = (double) whole[i] - residMid[i] - (downBias == null ? 0 : downBias[i]);
    }
    float[] neurons = proximities(model, down, trace, position, rest);

    boolean separate = options.bias() == BiasOption.SEPARATE && downBias != null;
    double[] beside =
        separate
            ? new double[] {
              ContributionMeasure.L1.proximity(residMid, whole),
              ContributionMeasure.L1.proximity(Objects.requireNonNull(downBias), whole)
            }
            : new double[] {ContributionMeasure.L1.proximity(residMid, whole)};
    double[] proximities = Arrays.copyOf(beside, beside.length + neurons.length);
    for (int n = 0; n < neurons.length; n++) {
      proximities[beside.length + n] = neurons[n];
    }
    double norm = Shares.norm(whole);
    Shares shares = Shares.of(proximities, options.floor(), norm);
    for (int n = 0; n < neurons.length; n++) {
      neurons[n] = (float) shares.values()[beside.length + n];
    }
    return new NeuronContributions(
        layer,
        position,
        Tensor.of(neurons, neurons.length),
        Tensor.of(activations, activations.length),
        shares.values()[0],
        separate ? shares.values()[1] : 0,
        norm == 0 ? 0 : norm(rest) / norm,
        shares.cancelling());
  }

  /**
   * Returns the proximities of all neurons, [F].
   *
   * @param rest [D], from which what the neurons write is subtracted
   */
  private static float[] proximities(
      Transformer model, PackedMatrix down, LayerTrace trace, int position, double[] rest) {
    TensorOps ops = model.ops();
    int width = rest.length;
    try (Scope _ = ops.scope()) {
      Tensor activations = trace.neuronPost().row(position);
      Tensor wholes = ops.zeros(BLOCK, width);
      ops.embed(trace.residPost().rows(position, position + 1), new int[BLOCK], wholes);
      Tensor neurons = ops.zeros(down.inputs());
      Tensor parts = ops.zeros(BLOCK, width);
      for (int from = 0; from < down.inputs(); from += BLOCK) {
        int count = Math.min(BLOCK, down.inputs() - from);
        for (int n = 0; n < count; n++) {
          write(
              ops, down, activations.rows(from + n, from + n + 1), from + n, parts.rows(n, n + 1));
        }
        Tensor proximities = neurons.rows(from, from + count);
        ops.proximity(parts.rows(0, count), wholes.rows(0, count), proximities);
        float[] written = parts.rows(0, count).toFloats();
        for (int i = 0; i < written.length; i++) {
          rest[i % width] -= written[i];
        }
      }
      return neurons.toFloats();
    }
  }

  /** Returns the neurons with the largest contributions, largest first; of equals the lower one. */
  public List<Integer> top(int count) {
    return IntStream.range(0, neurons.dim(0))
        .boxed()
        .sorted(Comparator.comparingDouble((Integer n) -> -neurons.get(n)))
        .limit(count)
        .toList();
  }

  /** Returns what a neuron added to the state, neuronPost[t, n] W_out[n], on the heap: [D]. */
  public Tensor update(Transformer model, int neuron) {
    TensorOps ops = model.ops();
    PackedMatrix down = model.weights().block(layer).down().weight();
    try (Scope _ = ops.scope()) {
      Tensor update = ops.zeros(1, model.config().dModel());
      write(ops, down, ops.resident(activations.rows(neuron, neuron + 1)), neuron, update);
      return update.row(0).toHeap();
    }
  }

  /** Writes activation W_out[neuron] into out, [1, D]. */
  private static void write(
      TensorOps ops, PackedMatrix down, Tensor activation, int neuron, Tensor out) {
    ops.matmul(activation.reshape(1, 1), down.inputs(neuron, neuron + 1), null, out);
  }

  private static double norm(double[] vector) {
    double norm = 0;
    for (double v : vector) {
      norm += Math.abs(v);
    }
    return norm;
  }
}
