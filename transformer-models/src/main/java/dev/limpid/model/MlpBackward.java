package dev.limpid.model;

import dev.limpid.model.config.Experts;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Activation;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.Slope;
import dev.limpid.tensor.ops.TensorOps;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** MLPs and experts, backwards: from what they write to what they read. */
record MlpBackward(Transformer model, BackwardRules rules, TensorOps ops, Reach reach) {

  /**
   * Gradients of an MLP.
   *
   * @param in [T, D] of what it read
   * @param neuronPre [T, F]
   * @param neuronPost [T, F]
   */
  record Read(Tensor in, Tensor neuronPre, Tensor neuronPost) {}

  /**
   * Takes a gradient back through the MLP of a layer.
   *
   * @param mlpIn makes what it read, [T, D], where it is needed
   * @param out [T, D] in what it wrote, not modified
   */
  Read run(int layer, LayerTrace states, Supplier<Tensor> mlpIn, Tensor out) {
    return switch (model.weights().block(layer).mlp()) {
      case MlpWeights.Dense dense -> dense(dense, states, out);
      case MlpWeights.Sparse sparse ->
          sparse(
              ExpertPass.of(ops, model.config().mlp(), layer),
              sparse,
              Objects.requireNonNull(states.experts()).each(Tensor::toHeap),
              mlpIn.get(),
              out);
    };
  }

  private Read dense(MlpWeights.Dense mlp, LayerTrace states, Tensor out) {
    Tensor neuronPost = reach.back(ops, mlp.down().weight(), out); // [T, F]
    Activation activation = model.config().mlp().activation();
    Tensor pre = neurons(mlp, activation, states.neuronPre(), states.neuronUp(), neuronPost);
    Tensor in;
    if (mlp.gate() == null) {
      in = reach.back(ops, mlp.up().weight(), pre);
    } else {
      in = reach.back(ops, mlp.up().weight(), up(activation, states.neuronPre(), neuronPost));
      ops.add(in, reach.back(ops, mlp.gate().weight(), pre), in);
    }
    return new Read(in, pre, neuronPost);
  }

  /** What the neurons make of what they read before the activation; of a gated MLP, the gate. */
  private Tensor neurons(
      MlpWeights.Dense mlp, Activation activation, Tensor pre, Tensor up, Tensor neuronPost) {
    Tensor gradient = like(neuronPost);
    ops.slope(activation, rules.slope(), pre, gradient);
    ops.multiply(gradient, neuronPost, gradient);
    if (mlp.gate() != null) {
      // neuronPost = act(gate) * up: each factor's gradient is times the other.
      ops.multiply(gradient, up, gradient);
      share(gradient);
    }
    return gradient;
  }

  private Tensor up(Activation activation, Tensor pre, Tensor neuronPost) {
    Tensor up = like(neuronPost);
    ops.activate(activation, pre, up);
    ops.multiply(up, neuronPost, up);
    share(up);
    return up;
  }

  /** A gate and what it lets through share what goes back, where a rule says so. */
  private void share(Tensor gradient) {
    if (rules.gate() != 1) {
      ops.scale(gradient, rules.gate(), gradient);
    }
  }

  /** Each position goes back through the experts it went to, and through their weights. */
  private Read sparse(
      ExpertPass pass, MlpWeights.Sparse mlp, ExpertTrace trace, Tensor mlpIn, Tensor out) {
    Experts config = pass.config();
    int n = mlpIn.dim(0);
    int width = mlpIn.dim(1);
    float[] gradient = out.toFloats();
    float[] in = new float[n * width];
    for (int expert = 0; expert < config.count(); expert++) {
      int e = expert;
      int[] positions = reach.positions().filter(t -> trace.chosen().get(t).contains(e)).toArray();
      if (positions.length > 0) {
        double[] weights =
            IntStream.of(positions)
                .mapToDouble(t -> trace.weight().get(t, trace.chosen().get(t).indexOf(e)))
                .toArray();
        addExpert(pass, mlp.experts().get(expert), mlpIn, positions, weights, gradient, in);
      }
    }
    if (mlp.shared() != null) {
      double[] gates = pass.sharedWeights(mlp, mlpIn);
      int[] positions = reach.positions().toArray();
      double[] weights = Arrays.copyOfRange(gates, reach.from(), reach.to());
      addExpert(pass, mlp.shared(), mlpIn, positions, weights, gradient, in);
      if (mlp.sharedGate() != null && !rules.normsFrozen()) {
        addSharedGate(mlp.sharedGate(), trace, gates, gradient, in);
      }
    }
    if (!rules.normsFrozen()) {
      addRouter(config, mlp.router(), trace, gradient, in);
    }
    Tensor there = ops.zeros(n, width);
    ops.copy(Tensor.of(in, n, width), there);
    Tensor none = ops.zeros(n, 0);
    return new Read(there, none, none);
  }

  private void addExpert(
      ExpertPass pass,
      MlpWeights.Dense expert,
      Tensor mlpIn,
      int[] positions,
      double[] weights,
      float[] gradient,
      float[] in) {
    int width = mlpIn.dim(1);
    try (Scope _ = ops.scope()) {
      Tensor x = ops.zeros(positions.length, width);
      ops.embed(mlpIn, positions, x);
      Tensor weighed = Tensor.zeros(positions.length, width);
      for (int i = 0; i < weighed.size(); i++) {
        int at = positions[i / width] * width + i % width;
        weighed.array()[i] = (float) (weights[i / width] * gradient[at]);
      }
      Tensor there = ops.zeros(positions.length, width);
      ops.copy(weighed, there);
      ExpertPass.Neurons neurons = pass.dense(expert, x);
      Tensor post = back(expert.down().weight(), there);
      Tensor back;
      if (pass.config().clamp().isPresent()) {
        back = clamped(pass.config(), expert, neurons, post);
      } else {
        Tensor pre = neurons(expert, pass.activation(), neurons.gate(), neurons.up(), post);
        back = back(expert.up().weight(), up(pass.activation(), neurons.gate(), post));
        ops.add(back, back(Objects.requireNonNull(expert.gate()).weight(), pre), back);
      }
      float[] read = back.toFloats();
      for (int i = 0; i < read.length; i++) {
        in[positions[i / width] * width + i % width] += read[i];
      }
    }
  }

  /** (up + 1) gate sigmoid(alpha gate), both cut off at c. */
  private Tensor clamped(
      Experts config, MlpWeights.Dense expert, ExpertPass.Neurons neurons, Tensor post) {
    double c = config.clamp().orElseThrow();
    float[] gates = neurons.gate().toFloats();
    float[] ups = neurons.up().toFloats();
    float[] g = post.toFloats();
    Tensor gate = Tensor.zeros(post.dim(0), post.dim(1));
    Tensor up = Tensor.zeros(post.dim(0), post.dim(1));
    for (int i = 0; i < g.length; i++) {
      double cut = Math.min(gates[i], c);
      double one = Math.clamp(ups[i], -c, c) + 1;
      double sigmoid = 1 / (1 + Math.exp(-config.alpha() * cut));
      double slope =
          rules.slope() == Slope.SECANT
              ? sigmoid
              : sigmoid + config.alpha() * cut * sigmoid * (1 - sigmoid);
      gate.array()[i] = gates[i] > c ? 0 : (float) (g[i] * one * slope * rules.gate());
      up.array()[i] = Math.abs(ups[i]) > c ? 0 : (float) (g[i] * cut * sigmoid * rules.gate());
    }
    Tensor back = back(expert.up().weight(), there(up));
    ops.add(back, back(Objects.requireNonNull(expert.gate()).weight(), there(gate)), back);
    return back;
  }

  private void addSharedGate(
      PackedMatrix sharedGate, ExpertTrace trace, double[] gates, float[] gradient, float[] in) {
    Tensor shared = Objects.requireNonNull(trace.shared());
    int width = shared.dim(1);
    Tensor numbers = Tensor.zeros(gates.length, 1);
    for (int t = 0; t < gates.length; t++) {
      double along = 0;
      for (int i = 0; i < width; i++) {
        along += (double) gradient[t * width + i] * shared.get(t, i);
      }
      // The gate is inside what is traced: d sigmoid / sigmoid = 1 - sigmoid.
      numbers.array()[t] = (float) (along * (1 - gates[t]));
    }
    add(reach.back(ops, sharedGate, there(numbers)), in);
  }

  /** dw_j / dg_i = w_j (1 if i = j, less p_i), p over all experts or over the chosen ones. */
  private void addRouter(
      Experts config, Linear router, ExpertTrace trace, float[] gradient, float[] in) {
    int n = trace.chosen().size();
    int width = trace.out().dim(2);
    Tensor numbers = Tensor.zeros(n, config.count());
    for (int t = 0; t < n; t++) {
      List<Integer> chosen = trace.chosen().get(t);
      double all = 0;
      for (int j = 0; j < chosen.size(); j++) {
        double along = 0; // of w_j Expert_j
        for (int i = 0; i < width; i++) {
          along += (double) gradient[t * width + i] * trace.out().get(t, j, i);
        }
        numbers.array()[t * config.count() + chosen.get(j)] += (float) along;
        all += along;
      }
      if (config.normalised()) {
        for (int j = 0; j < chosen.size(); j++) {
          numbers.array()[t * config.count() + chosen.get(j)] -=
              (float) (all * trace.weight().get(t, j));
        }
      } else {
        double largest = trace.router().get(t, chosen.getFirst());
        for (int e = 0; e < config.count(); e++) {
          double p = trace.weight().get(t, 0) * Math.exp(trace.router().get(t, e) - largest);
          numbers.array()[t * config.count() + e] -= (float) (all * p);
        }
      }
    }
    add(reach.back(ops, router.weight(), there(numbers)), in);
  }

  private static void add(Tensor x, float[] to) {
    float[] values = x.toFloats();
    for (int i = 0; i < to.length; i++) {
      to[i] += values[i];
    }
  }

  private Tensor there(Tensor x) {
    Tensor copy = like(x);
    ops.copy(x, copy);
    return copy;
  }

  /** Takes a gradient [n, out] of some positions back through a linear map: [n, in]. */
  private Tensor back(PackedMatrix weight, Tensor gradient) {
    return new Reach(0, gradient.dim(0)).back(ops, weight, gradient);
  }

  private Tensor like(Tensor x) {
    return ops.zeros(x.dim(0), x.dim(1));
  }
}
