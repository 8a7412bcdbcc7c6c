package dev.limpid.model;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.intervene.Change;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.model.intervene.Site;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What the interventions on one layer make of its values, in one run, of which n positions are
 * computed. Every method modifies the values it is given, and does so in the order of the list.
 */
final class LayerEdits {
  private final TensorOps ops;
  private final List<Intervention> interventions;
  private final int dHead;
  private final boolean sinks;
  private final int first;

  /**
   * Creates them.
   *
   * @param interventions on this layer
   * @param first the position that the first row stands for
   */
  LayerEdits(TensorOps ops, List<Intervention> interventions, ModelConfig config, int first) {
    this.ops = ops;
    this.interventions = List.copyOf(interventions);
    this.dHead = config.dHead();
    this.sinks = config.attention().scores().sinks();
    this.first = first;
  }

  /** Returns whether nothing is changed. */
  boolean isEmpty() {
    return interventions.isEmpty();
  }

  /** Returns whether a vector of the layer is changed somewhere. */
  boolean changes(Site.Stage stage) {
    return interventions.stream()
        .anyMatch(i -> i.site() instanceof Site.State state && state.stage() == stage);
  }

  /** Changes the vectors of a stage, [n, D]. */
  void state(Site.Stage stage, Tensor x) {
    vectors(x, site -> site instanceof Site.State state && state.stage() == stage);
  }

  /** Changes what the expert wrote that all positions go to, [n, D]. */
  void sharedExpert(Tensor x) {
    vectors(x, Site.SharedExpert.class::isInstance);
  }

  /** Changes whole rows. */
  private void vectors(Tensor x, Predicate<Site> which) {
    if (interventions.stream().anyMatch(i -> which.test(i.site()))) {
      onHeap(
          x,
          rows -> {
            for (Intervention i : interventions) {
              if (which.test(i.site())) {
                apply(i.change(), rows.array(), at(rows, i.site().position()), rows.dim(1));
              }
            }
          });
    }
  }

  /** Changes what neurons fire, [n, F]. */
  void neurons(Tensor x) {
    if (has(Site.Neuron.class)) {
      onHeap(
          x,
          rows -> {
            for (Intervention i : interventions) {
              if (i.site() instanceof Site.Neuron(int _, int neuron, int t)) {
                apply(i.change(), rows.array(), at(rows, t) + neuron, 1);
              }
            }
          });
    }
  }

  /**
   * Changes what experts wrote.
   *
   * @param chosen the experts of each row
   * @param out [n, k, D] what they wrote
   * @param beside [n, D], to which is added what comes in place of the others' zeros
   */
  void experts(List<List<Integer>> chosen, Tensor out, Tensor beside) {
    if (changesExperts()) {
      onHeap(out, written -> onHeap(beside, others -> addExperts(chosen, written, others)));
    }
  }

  private void addExperts(List<List<Integer>> chosen, Tensor out, Tensor beside) {
    int width = beside.dim(1);
    Map<Site.Expert, float[]> others = new LinkedHashMap<>();
    for (Intervention i : interventions) {
      if (i.site() instanceof Site.Expert site) {
        int row = site.position() - first;
        int j = chosen.get(row).indexOf(site.expert());
        if (j >= 0) {
          apply(i.change(), out.array(), out.offset() + (row * out.dim(1) + j) * width, width);
        } else {
          apply(i.change(), others.computeIfAbsent(site, _ -> new float[width]), 0, width);
        }
      }
    }
    others.forEach((site, vector) -> {
      int at = at(beside, site.position());
      for (int i = 0; i < width; i++) {
        beside.array()[at + i] += vector[i];
      }
    });
  }

  /** Returns whether what an expert writes is changed somewhere. */
  boolean changesExperts() {
    return has(Site.Expert.class);
  }

  /** Changes attention weights, [H, n, T]: what is left of every row is what its terms weigh. */
  void pattern(Tensor pattern) {
    if (has(Site.Edge.class) || has(Site.Terms.class)) {
      onHeap(
          pattern,
          weights -> {
            for (Intervention i : interventions) {
              switch (i.change()) {
                case Change.PutPattern(Tensor other) -> putPattern(other, weights);
                case Change.KeepTerms keep -> dropTerms(keep, true, weights);
                default -> {}
              }
            }
            for (Intervention i : interventions) {
              if (i.site() instanceof Site.Edge edge) {
                changeEdge(edge, i.change(), weights);
              }
            }
          });
    }
  }

  /**
   * Returns the attention weights that what is left of each row beside a sink is read from: those
   * of the run, or those that were put in their place, without keys that were knocked out, whatever
   * else is done to single terms.
   */
  Tensor wholePattern(Tensor pattern) {
    Tensor whole = pattern;
    for (Intervention i : interventions) {
      if (i.change() instanceof Change.PutPattern(Tensor other)) {
        whole = Tensor.zeros(pattern.dim(0), pattern.dim(1), pattern.dim(2));
        putPattern(other, whole);
      }
    }
    for (Intervention i : interventions) {
      if (sinks && i.site() instanceof Site.Edge edge && i.change() instanceof Change.Drop drop) {
        whole = whole == pattern ? copy(pattern) : whole;
        changeEdge(edge, drop, whole);
      }
    }
    return whole;
  }

  private static Tensor copy(Tensor pattern) {
    return Tensor.of(pattern.toFloats(), pattern.dim(0), pattern.dim(1), pattern.dim(2));
  }

  /** Changes what heads mix of values, [n, H d], after the pattern was changed. */
  void mixed(Tensor mixed) {
    for (Intervention i : interventions) {
      if (i.change() instanceof Change.KeepTerms keep) {
        for (Change.Mixture other : keep.others()) {
          addTerms(keep, other, mixed);
        }
      }
    }
    if (has(Site.Edge.class) || has(Site.Head.class)) {
      onHeap(
          mixed,
          rows -> {
            putTerms(rows);
            changeHeads(rows);
          });
    }
  }

  /** Changes what attention writes, [n, D]: first by its heads, then as a whole. */
  void attentionOut(Tensor attnOut) {
    Map<Site.Head, float[]> vectors = headVectors();
    if (!vectors.isEmpty()) {
      onHeap(
          attnOut,
          rows ->
              vectors.forEach((head, vector) -> {
                int at = at(rows, head.position());
                for (int i = 0; i < vector.length; i++) {
                  rows.array()[at + i] += vector[i];
                }
              }));
    }
    state(Site.Stage.ATTN_OUT, attnOut);
  }

  private boolean has(Class<? extends Site> kind) {
    return interventions.stream().anyMatch(i -> kind.isInstance(i.site()));
  }

  /** Where the row of a position begins. */
  private int at(Tensor rows, int position) {
    return rows.offset() + (position - first) * rows.dim(1);
  }

  /** Lets a loop reach values that may lie on a device. */
  private void onHeap(Tensor x, Consumer<Tensor> change) {
    Tensor here = x.toHeap();
    change.accept(here);
    if (here != x) {
      ops.copy(here, x);
    }
  }

  private static void apply(Change change, float[] x, int at, int n) {
    switch (change) {
      case Change.Scale(float factor) -> {
        for (int i = at; i < at + n; i++) {
          x[i] = factor == 0 ? 0 : x[i] * factor;
        }
      }
      case Change.Add(Tensor vector) -> {
        float[] v = vector.toFloats();
        for (int i = 0; i < n; i++) {
          x[at + i] += v[i];
        }
      }
      case Change.Put(Tensor vector) -> vector.copyTo(0, x, at, n);
      case Change.PutMixed(Tensor mixed) -> mixed.copyTo(0, x, at, n);
      case Change.Drop _, Change.KeepTerms _, Change.PutPattern _ ->
          throw new IllegalStateException(change.verb() + " is of attention weights");
    }
  }

  // --- attention weights

  private void putPattern(Tensor other, Tensor weights) {
    int n = weights.dim(1);
    int nKeys = weights.dim(2);
    for (int h = 0; h < weights.dim(0); h++) {
      for (int i = 0; i < n; i++) {
        long from = ((long) h * other.dim(1) + first + i) * other.dim(2);
        other.copyTo(from, weights.array(), weights.offset() + (h * n + i) * nKeys, nKeys);
      }
    }
  }

  /** Sets the weights of terms to 0 that are not kept, or of those that are. */
  private void dropTerms(Change.KeepTerms keep, boolean kept, Tensor weights) {
    int n = weights.dim(1);
    int nKeys = weights.dim(2);
    for (int h = 0; h < weights.dim(0); h++) {
      for (int i = 0; i < n; i++) {
        int number = Site.Terms.index(keep.nPositions(), h, first + i, 0);
        int at = weights.offset() + (h * n + i) * nKeys;
        for (int k = 0; k <= first + i; k++) {
          if (keep.kept().get(number + k) != kept) {
            weights.array()[at + k] = 0;
          }
        }
      }
    }
  }

  private void changeEdge(Site.Edge edge, Change change, Tensor weights) {
    float[] w = weights.array();
    int nKeys = weights.dim(2);
    int row = weights.offset() + (edge.head() * weights.dim(1) + edge.query() - first) * nKeys;
    switch (change) {
      case Change.Scale(float factor) -> w[row + edge.key()] *= factor;
      case Change.PutMixed _ -> w[row + edge.key()] = 0;
      case Change.Drop _ -> {
        float dropped = w[row + edge.key()];
        w[row + edge.key()] = 0;
        double left = 0;
        for (int k = 0; k < nKeys; k++) {
          left += w[row + k];
        }
        // A sink stays, and has its share of what is left.
        left += sinks ? Math.max(0, 1 - left - dropped) : 0;
        for (int k = 0; left > 0 && k < nKeys; k++) {
          w[row + k] = (float) (w[row + k] / left);
        }
      }
      case Change.Add _, Change.Put _, Change.KeepTerms _, Change.PutPattern _ ->
          throw new IllegalStateException(edge + ": " + change.verb());
    }
  }

  // --- what heads mix

  /** Adds the mean of terms that are not kept, as another run has them. */
  private void addTerms(Change.KeepTerms keep, Change.Mixture other, Tensor mixed) {
    int n = mixed.dim(0);
    int nKeys = first + n;
    int nHeads = other.pattern().dim(0);
    Tensor weights = Tensor.zeros(nHeads, n, nKeys);
    putPattern(other.pattern(), weights);
    dropTerms(keep, false, weights);
    float share = 1f / keep.others().size();
    for (int i = 0; i < weights.array().length; i++) {
      weights.array()[i] *= share;
    }
    Tensor values = Tensor.zeros(other.value().dim(0), nKeys, dHead);
    for (int h = 0; h < values.dim(0); h++) {
      long from = (long) h * other.value().dim(1) * dHead;
      other.value().copyTo(from, values.array(), h * nKeys * dHead, nKeys * dHead);
    }
    try (Scope _ = ops.scope()) {
      Tensor terms = ops.zeros(n, mixed.dim(1));
      ops.attend(there(weights), there(values), terms);
      ops.add(mixed, terms, mixed);
    }
  }

  private Tensor there(Tensor x) {
    Tensor copy = ops.zeros(x.dim(0), x.dim(1), x.dim(2));
    ops.copy(x, copy);
    return copy;
  }

  /** Adds the terms that were put in place of others, whose weights are 0 by now. */
  private void putTerms(Tensor mixed) {
    Map<Site.Edge, float[]> terms = new LinkedHashMap<>();
    for (Intervention i : interventions) {
      if (i.site() instanceof Site.Edge edge) {
        switch (i.change()) {
          case Change.PutMixed(Tensor term) -> terms.put(edge, term.toFloats());
          case Change.Drop _ -> terms.remove(edge);
          case Change.Scale scale when terms.containsKey(edge) ->
              apply(scale, terms.get(edge), 0, dHead);
          default -> {}
        }
      }
    }
    terms.forEach((edge, term) -> {
      int at = at(mixed, edge.query()) + edge.head() * dHead;
      for (int i = 0; i < dHead; i++) {
        mixed.array()[at + i] += term[i];
      }
    });
  }

  private void changeHeads(Tensor mixed) {
    for (Intervention i : interventions) {
      if (i.site() instanceof Site.Head(int _, int head, int t)) {
        int at = at(mixed, t) + head * dHead;
        switch (i.change()) {
          case Change.Add _ -> {} // a vector of the residual stream: after W_O
          case Change.Put _ -> apply(new Change.Scale(0), mixed.array(), at, dHead);
          default -> apply(i.change(), mixed.array(), at, dHead);
        }
      }
    }
  }

  /** What heads write that did not come through W_O, [D] each. */
  private Map<Site.Head, float[]> headVectors() {
    Map<Site.Head, float[]> vectors = new LinkedHashMap<>();
    for (Intervention i : interventions) {
      if (i.site() instanceof Site.Head head) {
        switch (i.change()) {
          case Change.Add(Tensor vector) ->
              apply(
                  i.change(),
                  vectors.computeIfAbsent(head, _ -> new float[(int) vector.size()]),
                  0,
                  (int) vector.size());
          case Change.Put(Tensor vector) -> vectors.put(head, vector.toFloats());
          case Change.PutMixed _ -> vectors.remove(head);
          case Change.Scale scale when vectors.containsKey(head) ->
              apply(scale, vectors.get(head), 0, vectors.get(head).length);
          default -> {}
        }
      }
    }
    return vectors;
  }
}
