package dev.limpid.attribution;

import dev.limpid.model.ExpertTrace;
import dev.limpid.model.ExpertsAt;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.Linear;
import dev.limpid.model.MlpWeights;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The neurons of one expert that a position went to.
 *
 * @param expert its number, or {@code shared}
 * @param weight what its output was weighed with
 * @param down what its neurons write through
 * @param activations [F], on the heap, the weight inside
 */
record ExpertNeurons(String expert, double weight, Linear down, Tensor activations) {
  /** The name of the expert that all positions go to. */
  static final String SHARED = "shared";

  /** Computes those of a position again, in the scope of the caller. */
  static List<ExpertNeurons> of(
      Transformer model, int layer, LayerTrace trace, MlpWeights.Sparse experts, int position) {
    ExpertsAt there = new ExpertsAt(model, layer, trace, position);
    ExpertTrace chosen = Objects.requireNonNull(trace.experts());
    List<ExpertNeurons> all = new ArrayList<>();
    for (int j = 0; j < chosen.used(); j++) {
      int expert = chosen.chosen().get(position).get(j);
      all.add(
          of(
              "" + expert,
              chosen.weight().get(position, j),
              experts.experts().get(expert),
              there.neurons(experts.experts().get(expert))));
    }
    if (experts.shared() != null) {
      all.add(
          of(
              SHARED,
              there.sharedWeight(experts),
              experts.shared(),
              there.neurons(experts.shared())));
    }
    return all;
  }

  private static ExpertNeurons of(
      String name, double weight, MlpWeights.Dense expert, Tensor post) {
    Tensor weighed = Tensor.zeros(post.dim(0));
    for (int i = 0; i < post.dim(0); i++) {
      weighed.array()[i] = (float) (weight * post.get(i));
    }
    return new ExpertNeurons(name, weight, expert.down(), weighed);
  }

  /** Returns the weights of an expert by its name. */
  static MlpWeights.Dense weights(MlpWeights.Sparse experts, String name) {
    return name.equals(SHARED)
        ? Objects.requireNonNull(experts.shared())
        : experts.experts().get(Integer.parseInt(name));
  }
}
