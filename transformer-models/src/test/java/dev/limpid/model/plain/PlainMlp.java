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
 * @param experts what they wrote, [k]
 * @param shared what the expert wrote that all go to; null without
 * @param out [D]
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record PlainMlp(
    double[] neurons,
    double[] router,
    List<Integer> chosen,
    List<Written> experts,
    @Nullable Written shared,
    double[] out) {

  /**
   * What an expert made of the position.
   *
   * @param weight what all of it was multiplied with
   * @param neurons [F], the weight inside
   * @param out [D], the weight inside
   */
  public record Written(double weight, double[] neurons, double[] out) {
    private Written changed(PlainModel model, int layer, int expert, int position) {
      PlainModel.Part part = new PlainModel.Written(layer, expert, position);
      return new Written(weight, neurons, model.changed(part, out));
    }
  }

  /** Returns all experts that wrote, the one that all go to last. */
  public List<Written> all() {
    List<Written> all = new ArrayList<>(experts);
    if (shared != null) {
      all.add(shared);
    }
    return all;
  }

  /** Runs the MLP of a layer. */
  static PlainMlp of(PlainModel model, int layer, int position, double[] x) {
    ModelConfig config = model.config();
    PlainWeights weights = model.weights();
    String at = layer + ".";
    if (config.mlp().expertsOf(layer).isEmpty()) {
      double[] neurons = weights.map(at + (config.mlp().gated() ? "gate" : "up"), x);
      double[] up = weights.map(at + "up", x);
      for (int i = 0; i < neurons.length; i++) {
        neurons[i] = PlainActivation.of(config.mlp().activation(), neurons[i]);
        neurons[i] *= config.mlp().gated() ? up[i] : 1;
      }
      double[] out = weights.map(at + "down", neurons);
      return new PlainMlp(neurons, new double[0], List.of(), List.of(), null, out);
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
    List<Written> written = new ArrayList<>();
    for (int e : chosen) {
      double weight = Math.exp(router[e]) / sum;
      Written of = expert(config, facts, weights, at + "expert." + e, x, weight);
      written.add(of.changed(model, layer, e, position));
      out = PlainWeights.plus(out, 1, written.getLast().out);
    }
    for (int e = 0; e < facts.count(); e++) {
      if (!chosen.contains(e)) {
        Written none = new Written(0, new double[0], new double[x.length]);
        out = PlainWeights.plus(out, 1, none.changed(model, layer, e, position).out);
      }
    }
    Written shared = null;
    if (facts.dShared().isPresent()) {
      double weight =
          weights.all().containsKey(at + "shared_weight")
              ? PlainActivation.sigmoid(weights.map(at + "shared_weight", x)[0])
              : 1;
      shared =
          expert(config, facts, weights, at + "shared", x, weight)
              .changed(model, layer, -1, position);
      out = PlainWeights.plus(out, 1, shared.out);
    }
    return new PlainMlp(new double[0], router, chosen, written, shared, out);
  }

  private static Written expert(
      ModelConfig config,
      Experts facts,
      PlainWeights weights,
      String name,
      double[] x,
      double weight) {
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
    double[] out = PlainWeights.times(weight, weights.map(name + ".down", post));
    return new Written(weight, PlainWeights.times(weight, post), out);
  }
}
