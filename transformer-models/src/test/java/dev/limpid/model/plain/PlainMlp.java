package dev.limpid.model.plain;

import dev.limpid.model.config.Experts;
import dev.limpid.model.config.ModelConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What an MLP, or experts in its place, make of one position.
 *
 * @param neurons [F] of a dense one, else empty
 * @param router [E] the numbers that the router chose by, else empty
 * @param chosen the experts it went to, by falling number
 * @param experts [k][D] what they wrote, weights inside
 * @param shared [D] what the expert wrote that all go to, its weight inside; null without
 * @param out [D]
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record PlainMlp(
    double[] neurons,
    double[] router,
    List<Integer> chosen,
    double[][] experts,
    double @Nullable [] shared,
    double[] out) {

  /** Runs the MLP of a layer. */
  static PlainMlp of(ModelConfig config, PlainWeights weights, int layer, double[] x) {
    String at = layer + ".";
    if (config.mlp().expertsOf(layer).isEmpty()) {
      double[] neurons = weights.map(at + (config.mlp().gated() ? "gate" : "up"), x);
      double[] up = weights.map(at + "up", x);
      for (int i = 0; i < neurons.length; i++) {
        neurons[i] = PlainActivation.of(config.mlp().activation(), neurons[i]);
        neurons[i] *= config.mlp().gated() ? up[i] : 1;
      }
      double[] out = weights.map(at + "down", neurons);
      return new PlainMlp(neurons, new double[0], List.of(), new double[0][], null, out);
    }
    Experts facts = config.mlp().expertsOf(layer).get();
    double[] router = weights.map(at + "router", x);
    List<Integer> chosen =
        IntStream.range(0, facts.count())
            .boxed()
            .sorted(Comparator.comparingDouble(e -> -router[e]))
            .limit(facts.used())
            .toList();
    double sum = 0;
    for (int e = 0; e < facts.count(); e++) {
      sum += !facts.normalised() || chosen.contains(e) ? Math.exp(router[e]) : 0;
    }
    double[] out = new double[x.length];
    List<double[]> written = new ArrayList<>();
    for (int e : chosen) {
      double[] of = expert(config, facts, weights, at + "expert." + e, x);
      written.add(PlainWeights.times(Math.exp(router[e]) / sum, of));
      out = PlainWeights.plus(out, 1, written.getLast());
    }
    double[] shared = null;
    if (facts.dShared().isPresent()) {
      double weight =
          weights.all().containsKey(at + "shared_weight")
              ? PlainActivation.sigmoid(weights.map(at + "shared_weight", x)[0])
              : 1;
      shared = PlainWeights.times(weight, expert(config, facts, weights, at + "shared", x));
      out = PlainWeights.plus(out, 1, shared);
    }
    return new PlainMlp(
        new double[0], router, chosen, written.toArray(double[][]::new), shared, out);
  }

  private static double[] expert(
      ModelConfig config, Experts facts, PlainWeights weights, String name, double[] x) {
    double[] gate = weights.map(name + ".gate", x);
    double[] up = weights.map(name + ".up", x);
    double[] post = new double[gate.length];
    for (int i = 0; i < post.length; i++) {
      if (facts.clamp().isPresent()) {
        double c = facts.clamp().getAsDouble();
        double g = Math.min(gate[i], c);
        double p = Math.min(c, Math.max(-c, up[i]));
        post[i] = (p + 1) * g * PlainActivation.sigmoid(facts.alpha() * g);
      } else {
        post[i] = PlainActivation.of(config.mlp().activation(), gate[i]) * up[i];
      }
    }
    return weights.map(name + ".down", post);
  }
}
