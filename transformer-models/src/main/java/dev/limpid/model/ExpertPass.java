package dev.limpid.model;

import dev.limpid.model.config.Experts;
import dev.limpid.model.config.Mlp;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Activation;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Experts: a router sends every position to a few, whose outputs are weighed and summed.
 *
 * <pre>
 *   g = W_r x + b_r;  the k largest;  w = softmax over all, or over the chosen
 *   out = sum of w_j Expert_j(x)  +  sigmoid(w_s . x) Shared(x)
 * </pre>
 *
 * <p>Only chosen experts are computed, each for all positions that go to it together.
 */
record ExpertPass(TensorOps ops, Experts config, Activation activation) {

  /** Returns the pass of a layer that has experts. */
  static ExpertPass of(TensorOps ops, Mlp mlp, int layer) {
    return new ExpertPass(ops, mlp.expertsOf(layer).orElseThrow(), mlp.activation());
  }

  /**
   * Runs them.
   *
   * @param mlpIn [n, D]
   * @param edits what interventions make of what they write
   */
  BlockRun.MlpRun run(MlpWeights.Sparse mlp, Tensor mlpIn, StackEdits edits) {
    int n = mlpIn.dim(0);
    int width = mlpIn.dim(1);
    Tensor router = apply(mlp.router(), mlpIn).toHeap();
    List<List<Integer>> chosen = new ArrayList<>();
    Tensor weights = Tensor.zeros(n, config.used());
    for (int t = 0; t < n; t++) {
      chosen.add(choose(router.row(t), weights.row(t)));
    }
    Tensor out = Tensor.zeros(n, config.used(), width);
    for (int expert = 0; expert < config.count(); expert++) {
      write(expert, mlp, mlpIn, chosen, weights, out);
    }
    @Nullable Tensor beside = edits.experts(chosen, out);
    @Nullable Tensor shared = shared(mlp, mlpIn);
    if (shared != null) {
      edits.sharedExpert(shared);
    }
    ExpertTrace trace = new ExpertTrace(chosen, router, weights, out, shared, beside);
    Tensor there = ops.zeros(n, width);
    ops.copy(trace.sum(), there);
    Tensor none = ops.zeros(n, 0);
    return new BlockRun.MlpRun(none, none, none, there, trace);
  }

  /** Returns the experts with the largest numbers [E], and writes their weights [k]. */
  private List<Integer> choose(Tensor router, Tensor weights) {
    int[] order =
        IntStream.range(0, config.count())
            .boxed()
            .sorted((a, b) -> Float.compare(router.get(b), router.get(a)))
            .limit(config.used())
            .mapToInt(Integer::intValue)
            .toArray();
    double largest = router.get(order[0]);
    double sum = 0;
    if (config.normalised()) {
      for (int expert : order) {
        sum += Math.exp(router.get(expert) - largest);
      }
    } else {
      for (int expert = 0; expert < config.count(); expert++) {
        sum += Math.exp(router.get(expert) - largest);
      }
    }
    for (int j = 0; j < order.length; j++) {
      weights.array()[weights.offset() + j] =
          (float) (Math.exp(router.get(order[j]) - largest) / sum);
    }
    return IntStream.of(order).boxed().toList();
  }

  /** Runs one expert for the positions that go to it, and writes what it gives into out. */
  private void write(
      int expert,
      MlpWeights.Sparse mlp,
      Tensor mlpIn,
      List<List<Integer>> chosen,
      Tensor weights,
      Tensor out) {
    int[] positions =
        IntStream.range(0, chosen.size()).filter(t -> chosen.get(t).contains(expert)).toArray();
    if (positions.length == 0) {
      return;
    }
    int width = mlpIn.dim(1);
    try (Scope _ = ops.scope()) {
      Tensor in = ops.zeros(positions.length, width);
      ops.embed(mlpIn, positions, in);
      Tensor written = dense(mlp.experts().get(expert), in).out().toHeap();
      for (int i = 0; i < positions.length; i++) {
        int j = chosen.get(positions[i]).indexOf(expert);
        int at = (positions[i] * config.used() + j) * width;
        float weight = weights.get(positions[i], j);
        for (int d = 0; d < width; d++) {
          out.array()[at + d] = weight * written.get(i, d);
        }
      }
    }
  }

  private @Nullable Tensor shared(MlpWeights.Sparse mlp, Tensor mlpIn) {
    if (mlp.shared() == null) {
      return null;
    }
    Tensor out = dense(mlp.shared(), mlpIn).out().toHeap();
    Tensor shared = Tensor.of(out.toFloats(), out.dim(0), out.dim(1));
    double[] weights = sharedWeights(mlp, mlpIn);
    for (int i = 0; i < shared.size(); i++) {
      shared.array()[i] *= (float) weights[i / shared.dim(1)];
    }
    return shared;
  }

  /** Returns what the expert that all positions go to is weighed with, [n]. */
  double[] sharedWeights(MlpWeights.Sparse mlp, Tensor mlpIn) {
    double[] weights = new double[mlpIn.dim(0)];
    Arrays.fill(weights, 1);
    if (mlp.sharedGate() != null) {
      Tensor gates = apply(new Linear(mlp.sharedGate(), null), mlpIn).toHeap();
      for (int t = 0; t < weights.length; t++) {
        weights[t] = 1 / (1 + Math.exp(-gates.get(t, 0)));
      }
    }
    return weights;
  }

  /**
   * What an expert computes.
   *
   * @param gate [n, F] before any activation
   * @param up [n, F]
   * @param post [n, F]
   * @param out [n, D] without the weight
   */
  record Neurons(Tensor gate, Tensor up, Tensor post, Tensor out) {}

  /** Runs an expert on the rows it is given. */
  Neurons dense(MlpWeights.Dense expert, Tensor in) {
    Tensor up = apply(expert.up(), in);
    Tensor gate = expert.gate() == null ? up : apply(expert.gate(), in);
    Tensor post = ops.zeros(up.dim(0), up.dim(1));
    if (config.clamp().isPresent()) {
      ops.copy(clamped(gate.toHeap(), up.toHeap()), post);
    } else {
      ops.activate(activation, gate, post);
      ops.multiply(post, up, post);
    }
    return new Neurons(gate, up, post, apply(expert.down(), post));
  }

  /** (up + 1) gate sigmoid(alpha gate), both cut off at c, on the heap. */
  private Tensor clamped(Tensor gate, Tensor up) {
    double c = config.clamp().orElseThrow();
    Tensor post = Tensor.zeros(gate.dim(0), gate.dim(1));
    for (int i = 0; i < post.size(); i++) {
      double g = Math.min(gate.array()[gate.offset() + i], c);
      double u = Math.clamp(up.array()[up.offset() + i], -c, c);
      post.array()[i] = (float) ((u + 1) * g / (1 + Math.exp(-config.alpha() * g)));
    }
    return post;
  }

  private Tensor apply(Linear linear, Tensor x) {
    Tensor out = ops.zeros(x.dim(0), linear.weight().outputs());
    ops.matmul(x, linear.weight(), linear.bias(), out);
    return out;
  }
}
