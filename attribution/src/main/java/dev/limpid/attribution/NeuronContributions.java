package dev.limpid.attribution;

import dev.limpid.model.LayerTrace;
import dev.limpid.model.MlpWeights;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What every neuron of one layer brought to one position: the contributions of the parts of y =
 * residPost[t], which are neuronPost[t, n] W_out[n] for all n, and residMid[t]; where a norm stands
 * behind the MLP, each goes through it. Of a layer of experts, the neurons of those that the
 * position went to, one expert after the other, with their weights inside the activations.
 *
 * <p>Their denominator is that of all these parts, so they are not comparable with the contribution
 * of the MLP as a whole.
 *
 * @param position t
 * @param groups whose neurons these are, one after the other
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
    List<Group> groups,
    Tensor neurons,
    Tensor activations,
    double residual,
    double bias,
    double unexplained,
    boolean cancelling) {
  private static final int BLOCK = 64;

  /** Copies the list. */
  public NeuronContributions {
    groups = List.copyOf(groups);
  }

  /**
   * Neurons that belong together.
   *
   * @param expert whose they are: a number, {@code shared}, or empty for those of an MLP
   * @param first where they begin
   * @param count how many there are
   */
  public record Group(String expert, int first, int count) {}

  /** Neurons that write through one matrix. */
  private record Writers(String expert, PackedMatrix down, Tensor activations) {}

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
    try (Scope _ = model.ops().scope()) {
      return of(new BlockParts(model, layer, trace), options, position);
    }
  }

  private static NeuronContributions of(
      BlockParts parts, ContributionOptions options, int position) {
    List<Writers> writers = writers(parts, position);
    @Nullable Tensor biases = bias(parts);
    float @Nullable [] bias = biases == null ? null : biases.row(position).toFloats();
    float[] whole = parts.trace().residPost().row(position).toFloats();
    float[] residual = parts.mlpResidual().row(position).toFloats();
    double[] rest = new double[whole.length];
    for (int i = 0; i < rest.length; i++) {
      rest[i] = (double) whole[i] - residual[i] - (bias == null ? 0 : bias[i]);
    }
    subtractBiasesOfExperts(parts, position, rest);
    float[] activations = concatenated(writers);
    float[] neurons = new float[activations.length];
    int first = 0;
    List<Group> groups = new ArrayList<>();
    for (Writers some : writers) {
      addProximities(parts, some, position, rest, neurons, first);
      int count = some.down.inputs();
      groups.add(new Group(some.expert, first, count));
      first += count;
    }

    boolean separate = options.bias() == BiasOption.SEPARATE && bias != null;
    double[] beside =
        separate
            ? new double[] {
              ContributionMeasure.L1.proximity(residual, whole),
              ContributionMeasure.L1.proximity(Objects.requireNonNull(bias), whole)
            }
            : new double[] {ContributionMeasure.L1.proximity(residual, whole)};
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
        parts.layer(),
        position,
        groups,
        Tensor.of(neurons, neurons.length),
        Tensor.of(activations, activations.length),
        shares.values()[0],
        separate ? shares.values()[1] : 0,
        norm == 0 ? 0 : norm(rest) / norm,
        shares.cancelling());
  }

  /** All biases beside the neurons: within the MLP, and of a norm of the sum. */
  static @Nullable Tensor bias(BlockParts parts) {
    @Nullable Tensor own = parts.mlpBias();
    @Nullable Tensor outer = parts.outerBias();
    if (own != null && outer != null) {
      parts.model().ops().add(own, outer, own);
    }
    return own == null ? outer : own;
  }

  private static List<Writers> writers(BlockParts parts, int position) {
    LayerTrace trace = parts.trace();
    return switch (parts.model().weights().block(parts.layer()).mlp()) {
      case MlpWeights.Dense dense ->
          List.of(
              new Writers("", dense.down().weight(), trace.neuronPost().row(position).toHeap()));
      case MlpWeights.Sparse sparse ->
          ExpertNeurons.of(parts.model(), parts.layer(), trace, sparse, position).stream()
              .map(e -> new Writers(e.expert(), e.down().weight(), e.activations()))
              .toList();
    };
  }

  /** What experts write beside their neurons, which depends on the routing and is no part. */
  private static void subtractBiasesOfExperts(BlockParts parts, int position, double[] rest) {
    if (parts.model().weights().block(parts.layer()).mlp() instanceof MlpWeights.Sparse sparse) {
      for (ExpertNeurons expert :
          ExpertNeurons.of(parts.model(), parts.layer(), parts.trace(), sparse, position)) {
        @Nullable Tensor bias = expert.down().bias();
        for (int i = 0; bias != null && i < rest.length; i++) {
          rest[i] -= expert.weight() * bias.get(i);
        }
      }
    }
  }

  private static float[] concatenated(List<Writers> writers) {
    float[] all = new float[writers.stream().mapToInt(w -> w.down.inputs()).sum()];
    int at = 0;
    for (Writers some : writers) {
      some.activations.copyTo(0, all, at, some.down.inputs());
      at += some.down.inputs();
    }
    return all;
  }

  /**
   * Writes the proximities of neurons from an index on.
   *
   * @param rest [D], from which what the neurons write is subtracted
   */
  private static void addProximities(
      BlockParts of, Writers writers, int position, double[] rest, float[] neurons, int first) {
    TensorOps ops = of.model().ops();
    PackedMatrix down = writers.down;
    int width = rest.length;
    try (Scope _ = ops.scope()) {
      Tensor activations = ops.zeros(down.inputs());
      ops.copy(writers.activations, activations);
      Tensor wholes = ops.zeros(BLOCK, width);
      Tensor whole = of.trace().residPost().rows(position, position + 1);
      ops.embed(whole, new int[BLOCK], wholes);
      Tensor all = ops.zeros(down.inputs());
      Tensor parts = ops.zeros(BLOCK, width);
      for (int from = 0; from < down.inputs(); from += BLOCK) {
        int count = Math.min(BLOCK, down.inputs() - from);
        for (int n = 0; n < count; n++) {
          write(
              ops, down, activations.rows(from + n, from + n + 1), from + n, parts.rows(n, n + 1));
        }
        Tensor written = of.behindMlp(parts.rows(0, count), position);
        ops.proximity(written, wholes.rows(0, count), all.rows(from, from + count));
        float[] values = written.toFloats();
        for (int i = 0; i < values.length; i++) {
          rest[i % width] -= values[i];
        }
      }
      all.copyTo(0, neurons, first, down.inputs());
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

  /** Returns the group of a neuron. */
  public Group group(int neuron) {
    return groups.stream()
        .filter(g -> neuron >= g.first && neuron < g.first + g.count)
        .findFirst()
        .orElseThrow(() -> new IndexOutOfBoundsException("neuron " + neuron));
  }

  /**
   * Returns what a neuron added to the state, on the heap: [D].
   *
   * @param trace of this layer, not modified
   */
  public Tensor update(Transformer model, LayerTrace trace, int neuron) {
    TensorOps ops = model.ops();
    Group group = group(neuron);
    PackedMatrix down = down(model, group);
    try (Scope _ = ops.scope()) {
      Tensor update = ops.zeros(1, model.config().dModel());
      write(
          ops,
          down,
          ops.resident(activations.rows(neuron, neuron + 1)),
          neuron - group.first,
          update);
      return new BlockParts(model, layer, trace).behindMlp(update, position).row(0).toHeap();
    }
  }

  private PackedMatrix down(Transformer model, Group group) {
    return switch (model.weights().block(layer).mlp()) {
      case MlpWeights.Dense dense -> dense.down().weight();
      case MlpWeights.Sparse sparse -> ExpertNeurons.weights(sparse, group.expert).down().weight();
    };
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
