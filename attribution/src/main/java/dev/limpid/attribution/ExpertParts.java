package dev.limpid.attribution;

import dev.limpid.model.ExpertTrace;
import dev.limpid.model.ExpertsAt;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.MlpWeights;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which experts wrote to one position and how much, and which ones the router nearly took: the
 * parts of y = residPost[t], which are what each chosen expert wrote, its weight and its biases
 * inside, what the expert wrote that all positions go to, and residMid[t]; where a norm stands
 * behind the experts, each part goes through it. With the biases of that norm they sum to y.
 *
 * <p>A sum of its own beside that of the routes, where all experts together are one part, and
 * beside that of neurons.
 *
 * @param position t
 * @param written those that the position went to, by falling router number, then the one that all
 *     go to
 * @param passed the others, by falling router number
 * @param residual the contribution of residMid
 * @param bias the contribution of the biases of a norm behind; 0 where biases are excluded
 * @param unexplained relative: |y - sum of parts - biases|_1 / |y|_1, a check of the arithmetic
 * @param cancelling whether the parts only cancel one another, so that all contributions are 0
 */
public record ExpertParts(
    int layer,
    int position,
    List<Written> written,
    List<Choice> passed,
    double residual,
    double bias,
    double unexplained,
    boolean cancelling) {

  /** Copies the lists. */
  public ExpertParts {
    written = List.copyOf(written);
    passed = List.copyOf(passed);
  }

  /**
   * An expert that the position went to.
   *
   * @param expert its number, or {@link #SHARED}
   * @param choice how the router saw it; null of the expert that all go to
   * @param weight what its output was multiplied with
   * @param contribution of what it wrote
   * @param update [D], what it wrote, as a part of the state; on the heap, to be read
   */
  public record Written(
      String expert, @Nullable Choice choice, double weight, double contribution, Tensor update) {

    /** Returns the length of what it wrote. */
    public double norm() {
      double square = 0;
      for (float x : update.toFloats()) {
        square += (double) x * x;
      }
      return Math.sqrt(square);
    }
  }

  /**
   * An expert as the router saw it.
   *
   * @param router the number that it was chosen by, or not
   * @param probability of the softmax over all experts
   */
  public record Choice(int expert, double router, double probability) {}

  /** What the expert is called that all positions go to. */
  public static final String SHARED = ExpertNeurons.SHARED;

  /**
   * Computes them; empty for a layer without experts.
   *
   * @param trace of that layer, not modified
   * @throws IndexOutOfBoundsException if the position is not in the prompt
   */
  public static Optional<ExpertParts> of(
      Transformer model, int layer, LayerTrace trace, ContributionOptions options, int position) {
    Objects.checkIndex(position, trace.residPost().dim(0));
    if (trace.experts() == null) {
      return Optional.empty();
    }
    try (Scope _ = model.ops().scope()) {
      BlockParts parts = new BlockParts(model, layer, trace);
      return Optional.of(
          of(parts, parts.mlpResidual(), NeuronContributions.bias(parts), options, position));
    }
  }

  /**
   * Computes those of a position, in the scope of the caller.
   *
   * @param before [T, D], what the state in front is in y
   * @param biases [T, D], or null without
   */
  static ExpertParts of(
      BlockParts parts,
      Tensor before,
      @Nullable Tensor biases,
      ContributionOptions options,
      int position) {
    ExpertTrace experts = Objects.requireNonNull(parts.trace().experts());
    List<Choice> choices = choices(experts.router().row(position));
    List<Written> written = new ArrayList<>();
    for (int j = 0; j < experts.used(); j++) {
      int expert = experts.chosen().get(position).get(j);
      Choice choice = choices.stream().filter(c -> c.expert == expert).findFirst().orElseThrow();
      written.add(
          written(
              parts,
              "" + expert,
              choice,
              experts.weight().get(position, j),
              experts.out(position, j),
              position));
    }
    if (experts.shared() != null) {
      written.add(
          written(
              parts,
              SHARED,
              null,
              sharedWeight(parts, position),
              experts.shared().row(position),
              position));
    }

    float[] whole = parts.trace().residPost().row(position).toFloats();
    float[] residual = before.row(position).toFloats();
    float @Nullable [] bias = biases == null ? null : biases.row(position).toFloats();
    boolean separate = options.bias() == BiasOption.SEPARATE && bias != null;
    double[] proximities = new double[written.size() + (separate ? 2 : 1)];
    double[] rest = new double[whole.length];
    for (int i = 0; i < rest.length; i++) {
      rest[i] = (double) whole[i] - residual[i] - (bias == null ? 0 : bias[i]);
    }
    for (int j = 0; j < written.size(); j++) {
      float[] update = written.get(j).update.toFloats();
      proximities[j] = ContributionMeasure.L1.proximity(update, whole);
      for (int i = 0; i < rest.length; i++) {
        rest[i] -= update[i];
      }
    }
    proximities[written.size()] = ContributionMeasure.L1.proximity(residual, whole);
    if (separate) {
      proximities[written.size() + 1] =
          ContributionMeasure.L1.proximity(Objects.requireNonNull(bias), whole);
    }
    double norm = Shares.norm(whole);
    Shares shares = Shares.of(proximities, options.floor(), norm);
    List<Written> shared = new ArrayList<>();
    for (int j = 0; j < written.size(); j++) {
      Written one = written.get(j);
      shared.add(new Written(one.expert, one.choice, one.weight, shares.values()[j], one.update));
    }
    double left = 0;
    for (double x : rest) {
      left += Math.abs(x);
    }
    return new ExpertParts(
        parts.layer(),
        position,
        shared,
        choices.stream().filter(c -> !experts.chosen().get(position).contains(c.expert)).toList(),
        shares.values()[written.size()],
        separate ? shares.values()[written.size() + 1] : 0,
        norm == 0 ? 0 : left / norm,
        shares.cancelling());
  }

  private static Written written(
      BlockParts parts,
      String expert,
      @Nullable Choice choice,
      double weight,
      Tensor out,
      int position) {
    Tensor row = parts.model().ops().resident(out).reshape(1, out.dim(0));
    Tensor update = parts.behindMlp(row, position).row(0).toHeap();
    return new Written(expert, choice, weight, 0, update);
  }

  private static double sharedWeight(BlockParts parts, int position) {
    MlpWeights mlp = parts.model().weights().block(parts.layer()).mlp();
    return new ExpertsAt(parts.model(), parts.layer(), parts.trace(), position)
        .sharedWeight((MlpWeights.Sparse) mlp);
  }

  /** All experts by falling number of the router. */
  private static List<Choice> choices(Tensor router) {
    int count = router.dim(0);
    double largest = Double.NEGATIVE_INFINITY;
    for (int e = 0; e < count; e++) {
      largest = Math.max(largest, router.get(e));
    }
    double sum = 0;
    for (int e = 0; e < count; e++) {
      sum += Math.exp(router.get(e) - largest);
    }
    double of = sum;
    double highest = largest;
    return IntStream.range(0, count)
        .mapToObj(e -> new Choice(e, router.get(e), Math.exp(router.get(e) - highest) / of))
        .sorted(Comparator.comparingDouble((Choice c) -> -c.router))
        .toList();
  }
}
