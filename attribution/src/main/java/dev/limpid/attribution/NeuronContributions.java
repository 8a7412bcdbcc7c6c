package dev.limpid.attribution;

import dev.limpid.model.LayerTrace;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.TensorOps;
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
    TensorOps ops = model.ops();
    PackedMatrix down = model.weights().blocks().get(layer).down().weight();
    @Nullable Tensor downBias = model.weights().blocks().get(layer).down().bias();
    Tensor activations = Tensor.of(trace.neuronPost().row(position).toFloats(), down.inputs());
    float[] whole = trace.residPost().row(position).toFloats();
    float[] residMid = trace.residMid().row(position).toFloats();
    double[] rest = new double[whole.length];
    for (int i = 0; i < rest.length; i++) {
      rest[i] = (double) whole[i] - residMid[i] - (downBias == null ? 0 : downBias.get(i));
    }

    Tensor neurons = Tensor.zeros(down.inputs());
    Tensor wholes = repeated(whole);
    Tensor parts = Tensor.zeros(BLOCK, whole.length);
    for (int from = 0; from < down.inputs(); from += BLOCK) {
      int count = Math.min(BLOCK, down.inputs() - from);
      for (int n = 0; n < count; n++) {
        write(model, down, activations.rows(from + n, from + n + 1), from + n, parts, n);
      }
      ops.proximity(parts.rows(0, count), wholes.rows(0, count), neurons.rows(from, from + count));
      for (int i = 0; i < count * whole.length; i++) {
        rest[i % whole.length] -= parts.array()[i];
      }
    }
    double residual = ContributionMeasure.L1.proximity(residMid, whole);
    boolean separate = options.bias() == BiasOption.SEPARATE && downBias != null;
    double bias =
        separate
            ? ContributionMeasure.L1.proximity(Objects.requireNonNull(downBias).toFloats(), whole)
            : 0;

    double norm = norm(whole);
    double positive = Math.max(residual, 0) + Math.max(bias, 0);
    double sum = Math.max(residual, options.floor());
    sum += separate ? Math.max(bias, options.floor()) : 0;
    for (float proximity : neurons.array()) {
      positive += Math.max(proximity, 0);
      sum += Math.max(proximity, options.floor());
    }
    boolean cancelling = ContributionMeasure.cancelling(positive, norm);
    double scale = cancelling ? 0 : 1 / sum;
    for (int n = 0; n < down.inputs(); n++) {
      neurons.array()[n] = (float) (Math.max(neurons.array()[n], options.floor()) * scale);
    }
    return new NeuronContributions(
        layer,
        position,
        neurons,
        activations,
        Math.max(residual, options.floor()) * scale,
        separate ? Math.max(bias, options.floor()) * scale : 0,
        norm == 0 ? 0 : norm(rest) / norm,
        cancelling);
  }

  /** Returns the neurons with the largest contributions, largest first; of equals the lower one. */
  public List<Integer> top(int count) {
    return IntStream.range(0, neurons.dim(0))
        .boxed()
        .sorted(Comparator.comparingDouble((Integer n) -> -neurons.get(n)))
        .limit(count)
        .toList();
  }

  /** Returns what a neuron added to the state, neuronPost[t, n] W_out[n]: [D]. */
  public Tensor update(Transformer model, int neuron) {
    Tensor update = Tensor.zeros(1, model.config().dModel());
    PackedMatrix down = model.weights().blocks().get(layer).down().weight();
    write(model, down, activations.rows(neuron, neuron + 1), neuron, update, 0);
    return update.row(0);
  }

  /** Writes activation W_out[neuron] into a row of out. */
  private static void write(
      Transformer model, PackedMatrix down, Tensor activation, int neuron, Tensor out, int row) {
    model
        .ops()
        .matmul(
            activation.reshape(1, 1),
            down.inputs(neuron, neuron + 1),
            null,
            out.rows(row, row + 1));
  }

  private static Tensor repeated(float[] row) {
    Tensor rows = Tensor.zeros(BLOCK, row.length);
    for (int i = 0; i < BLOCK; i++) {
      System.arraycopy(row, 0, rows.array(), i * row.length, row.length);
    }
    return rows;
  }

  private static double norm(float[] vector) {
    double norm = 0;
    for (float v : vector) {
      norm += Math.abs(v);
    }
    return norm;
  }

  private static double norm(double[] vector) {
    double norm = 0;
    for (double v : vector) {
      norm += Math.abs(v);
    }
    return norm;
  }
}
