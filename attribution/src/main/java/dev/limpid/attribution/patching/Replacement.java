package dev.limpid.attribution.patching;

import dev.limpid.model.ExpertTrace;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.intervene.Change;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.model.intervene.Site;
import dev.limpid.tensor.Tensor;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleBiFunction;

/**
 * What comes in place of a value: 0, or the mean of that value over other runs, position by
 * position. The mean over one run, the source, is patching.
 *
 * @param runs whole, unchanged runs of prompts with as many tokens; none for 0
 */
public record Replacement(List<ForwardTrace> runs) {

  /** Zero ablation. */
  public static final Replacement ZERO = new Replacement(List.of());

  /** Copies the list. */
  public Replacement {
    runs = List.copyOf(runs);
  }

  /** Returns patching from one run. */
  public static Replacement from(ForwardTrace source) {
    return new Replacement(List.of(source));
  }

  /** Returns the intervention that puts it in place of a value. */
  public Intervention at(Site site) {
    return runs.isEmpty()
        ? Intervention.zero(site)
        : switch (site) {
          case Site.State(Site.Stage stage, int l, int t) ->
              Intervention.put(site, mean(l, (layer, i) -> of(stage, layer).get(t, i)));
          case Site.Head(int l, int h, int t) -> mixed(site, l, (layer, i) -> head(layer, h, t, i));
          case Site.Edge(int l, int h, int q, int k) ->
              mixed(site, l, (layer, i) -> term(layer, h, q, k, i));
          case Site.Neuron(int l, int n, int t) ->
              Intervention.put(site, mean(l, 1, (layer, _) -> layer.neuronPost().get(t, n)));
          case Site.Expert(int l, int e, int t) ->
              Intervention.put(site, mean(l, (layer, i) -> expert(layer, e, t, i)));
          case Site.SharedExpert(int l, int t) ->
              Intervention.put(site, mean(l, (layer, i) -> shared(layer).get(t, i)));
          case Site.Terms _ ->
              throw new IllegalArgumentException(site + ": name the terms that are kept");
        };
  }

  /** Returns what it puts in place of the terms of a layer that are not kept. */
  public List<Change.Mixture> mixtures(int layer) {
    return runs.stream()
        .map(run -> run.layer(layer).toHeap())
        .map(trace -> new Change.Mixture(trace.pattern(), trace.value()))
        .toList();
  }

  /** Returns a vector of a layer, [T, D]. */
  public static Tensor of(Site.Stage stage, LayerTrace layer) {
    return switch (stage) {
      case RESID_PRE -> layer.residPre();
      case ATTN_OUT -> layer.attnOut();
      case RESID_MID -> layer.residMid();
      case MLP_OUT -> layer.mlpOut();
      case RESID_POST -> layer.residPost();
    };
  }

  private Intervention mixed(
      Site site, int layer, ToDoubleBiFunction<LayerTrace, Integer> element) {
    int dHead = runs.getFirst().config().dHead();
    return new Intervention(site, new Change.PutMixed(mean(layer, dHead, element)));
  }

  private Tensor mean(int layer, ToDoubleBiFunction<LayerTrace, Integer> element) {
    return mean(layer, runs.getFirst().config().dModel(), element);
  }

  private Tensor mean(int layer, int length, ToDoubleBiFunction<LayerTrace, Integer> element) {
    double[] sum = new double[length];
    for (ForwardTrace run : runs) {
      LayerTrace trace = run.layer(layer).toHeap();
      for (int i = 0; i < length; i++) {
        sum[i] += element.applyAsDouble(trace, i);
      }
    }
    Tensor mean = Tensor.zeros(length);
    for (int i = 0; i < length; i++) {
      mean.array()[i] = (float) (sum[i] / runs.size());
    }
    return mean;
  }

  /** Component i of what an expert writes at t: 0 where the position did not go to it. */
  private static double expert(LayerTrace layer, int expert, int t, int i) {
    return experts(layer).outOf(expert, t).map(out -> (double) out.get(i)).orElse(0.0);
  }

  private static Tensor shared(LayerTrace layer) {
    return Objects.requireNonNull(experts(layer).shared());
  }

  private static ExpertTrace experts(LayerTrace layer) {
    return Objects.requireNonNull(layer.experts());
  }

  /** Component i of what a head mixes at t, before W_O. */
  private static double head(LayerTrace layer, int head, int t, int i) {
    double sum = 0;
    for (int k = 0; k <= t; k++) {
      sum += term(layer, head, t, k, i);
    }
    return sum;
  }

  private static double term(LayerTrace layer, int head, int query, int key, int i) {
    int group = layer.pattern().dim(0) / layer.value().dim(0);
    return (double) layer.pattern().get(head, query, key) * layer.value().get(head / group, key, i);
  }
}
