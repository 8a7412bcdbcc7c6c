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
   * Runs them. What the router says is read, once, as it tells what is to be computed; all else
   * stays where it is computed.
   *
   * @param mlpIn [n, D]
   * @param edits what interventions make of what they write
   */
  BlockRun.MlpRun run(MlpWeights.Sparse mlp, Tensor mlpIn, StackEdits edits) {
    int n = mlpIn.dim(0);
    Routing routing = routing(mlp, mlpIn);
    Tensor out = written(mlp, mlpIn, routing);
    @Nullable Tensor beside = edits.experts(ops, routing.chosen, out);
    @Nullable Tensor shared = null;
    if (mlp.shared() != null) {
      Tensor raw = dense(mlp.shared(), mlpIn).out();
      shared = mlp.sharedGate() == null ? raw : scaled(raw, floats(routing.sharedWeights));
      edits.sharedExpert(shared);
    }
    ExpertTrace trace =
        new ExpertTrace(routing.chosen, routing.router, routing.weights, out, shared, beside);
    Tensor sum = ops.zeros(n, mlpIn.dim(1));
    trace.sum(ops, sum);
    Tensor none = ops.zeros(n, 0);
    return new BlockRun.MlpRun(none, none, none, sum, trace);
  }

  /**
   * What a router says, on the heap.
   *
   * @param router [n, E]
   * @param chosen the experts of each position
   * @param weights [n, k]
   * @param sharedWeights [n] what the expert that all go to is weighed with, where it is
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Routing(
      Tensor router, List<List<Integer>> chosen, Tensor weights, double[] sharedWeights) {}

  private Routing routing(MlpWeights.Sparse mlp, Tensor mlpIn) {
    int n = mlpIn.dim(0);
    int numbers = n * config.count();
    boolean gated = mlp.sharedGate() != null;
    // In one memory, so that both are read at once.
    Tensor both = ops.zeros(gated ? numbers + n : numbers);
    apply(mlp.router(), mlpIn, both.rows(0, numbers).reshape(n, config.count()));
    if (mlp.sharedGate() != null) {
      Linear gate = new Linear(mlp.sharedGate(), null);
      apply(gate, mlpIn, both.rows(numbers, numbers + n).reshape(n, 1));
    }
    Tensor here = both.toHeap();
    Tensor router = here.rows(0, numbers).reshape(n, config.count());
    List<List<Integer>> chosen = new ArrayList<>();
    Tensor weights = Tensor.zeros(n, config.used());
    for (int t = 0; t < n; t++) {
      chosen.add(choose(router.row(t), weights.row(t)));
    }
    double[] shared = sigmoids(here.rows(numbers, (int) here.size()));
    return new Routing(router, chosen, weights, shared);
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

  /** Returns what the chosen experts write, the weights inside, [n, k, D]. */
  private Tensor written(MlpWeights.Sparse mlp, Tensor mlpIn, Routing routing) {
    int n = mlpIn.dim(0);
    int used = config.used();
    int width = mlpIn.dim(1);
    try (Scope scope = ops.scope()) {
      Tensor out = scope.keep(ops.zeros(n, used, width));
      Tensor byExpert = ops.zeros(n * used, width);
      int[] rowOf = new int[n * used];
      int row = 0;
      for (int expert = 0; expert < config.count(); expert++) {
        int e = expert;
        int[] positions =
            IntStream.range(0, n).filter(t -> routing.chosen.get(t).contains(e)).toArray();
        for (int i = 0; i < positions.length; i++) {
          int t = positions[i];
          rowOf[t * used + routing.chosen.get(t).indexOf(expert)] = row + i;
        }
        write(expert, mlp, mlpIn, positions, byExpert.rows(row, row + positions.length));
        row += positions.length;
      }
      ops.embedScaled(byExpert, rowOf, routing.weights.toFloats(), out.reshape(n * used, width));
      return out;
    }
  }

  /** Runs one expert for the positions that go to it, and writes what it gives into out. */
  private void write(int expert, MlpWeights.Sparse mlp, Tensor mlpIn, int[] positions, Tensor out) {
    if (positions.length == 0) {
      return;
    }
    try (Scope _ = ops.scope()) {
      Tensor in = ops.zeros(positions.length, mlpIn.dim(1));
      ops.embed(mlpIn, positions, in);
      dense(mlp.experts().get(expert), in, out);
    }
  }

  private Tensor scaled(Tensor x, float[] factors) {
    Tensor out = ops.zeros(x.dim(0), x.dim(1));
    ops.embedScaled(x, IntStream.range(0, factors.length).toArray(), factors, out);
    return out;
  }

  private static float[] floats(double[] numbers) {
    float[] floats = new float[numbers.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) numbers[i];
    }
    return floats;
  }

  /** Returns what the expert that all positions go to is weighed with, [n]. */
  double[] sharedWeights(MlpWeights.Sparse mlp, Tensor mlpIn) {
    if (mlp.sharedGate() != null) {
      return sigmoids(apply(new Linear(mlp.sharedGate(), null), mlpIn).reshape(mlpIn.dim(0)));
    }
    double[] ones = new double[mlpIn.dim(0)];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static double[] sigmoids(Tensor numbers) {
    float[] x = numbers.toFloats();
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = 1 / (1 + Math.exp(-x[i]));
    }
    return y;
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
    return dense(expert, in, ops.zeros(in.dim(0), expert.down().weight().outputs()));
  }

  private Neurons dense(MlpWeights.Dense expert, Tensor in, Tensor out) {
    Tensor up = apply(expert.up(), in);
    Tensor gate = expert.gate() == null ? up : apply(expert.gate(), in);
    Tensor post = ops.zeros(up.dim(0), up.dim(1));
    if (config.clamp().isPresent()) {
      ops.clampedGate(gate, up, config.clamp().getAsDouble(), config.alpha(), post);
    } else {
      ops.activate(activation, gate, post);
      ops.multiply(post, up, post);
    }
    apply(expert.down(), post, out);
    return new Neurons(gate, up, post, out);
  }

  private Tensor apply(Linear linear, Tensor x) {
    Tensor out = ops.zeros(x.dim(0), linear.weight().outputs());
    apply(linear, x, out);
    return out;
  }

  private void apply(Linear linear, Tensor x, Tensor out) {
    ops.matmul(x, linear.weight(), linear.bias(), out);
  }
}
