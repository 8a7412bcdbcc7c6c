package dev.limpid.routes.circuit;

import dev.limpid.attribution.logits.Metric;
import dev.limpid.attribution.patching.PatchedRuns;
import dev.limpid.attribution.patching.Replacement;
import dev.limpid.model.intervene.Change;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.model.intervene.Site;
import dev.limpid.tensor.Tensor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Runs circuits: one pass over the prompt's own embeddings in which every component that is not in
 * the circuit has its replacement.
 */
public final class CircuitRuns {
  private final PatchedRuns runs;
  private final Components components;
  private final boolean patternsFrozen;
  private final List<List<Change.Mixture>> mixtures = new ArrayList<>();
  private final Map<Integer, Intervention> mlps = new HashMap<>();

  /**
   * Prepares to run circuits.
   *
   * @param runs of the prompt and target of the components
   * @param replacement what comes in place of what is not in a circuit
   * @param patternsFrozen whether heads look where they look in the whole model, instead of where
   *     the changed stream lets them look
   */
  public CircuitRuns(
      PatchedRuns runs, Components components, Replacement replacement, boolean patternsFrozen) {
    this.runs = runs;
    this.components = components;
    this.patternsFrozen = patternsFrozen;
    for (int l = 0; l < components.nLayers(); l++) {
      mixtures.add(replacement.mixtures(l));
    }
    components.forEachMlp((number, l, q) ->
        mlps.put(number, replacement.at(new Site.State(Site.Stage.MLP_OUT, l, q))));
  }

  /**
   * What a run predicts.
   *
   * @param value of the metric
   * @param probability of the answer
   * @param kl KL(whole model || this run), in nats
   */
  public record Outcome(double value, double probability, double kl) {}

  /**
   * Returns what every circuit predicts when it runs.
   *
   * @param done hears how many have run
   */
  public List<Outcome> outcomes(List<BitSet> circuits, Metric metric, IntConsumer done) {
    Tensor whole = runs.logits();
    Metric probability = new Metric(Metric.Kind.PROBABILITY, metric.answer(), null, null);
    return runs.each(
        circuits.stream().map(this::interventions).toList(),
        logits ->
            new Outcome(
                metric.of(logits), probability.of(logits), Metric.divergence(whole, logits)),
        done);
  }

  /** Returns what makes the model a circuit. */
  public List<Intervention> interventions(BitSet circuit) {
    List<Intervention> interventions = new ArrayList<>();
    for (int l = 0; l < components.nLayers(); l++) {
      if (patternsFrozen) {
        Tensor pattern = runs.base().layer(l).pattern().toHeap();
        interventions.add(new Intervention(new Site.Terms(l), new Change.PutPattern(pattern)));
      }
      BitSet kept = terms(circuit, l);
      interventions.add(
          new Intervention(
              new Site.Terms(l),
              new Change.KeepTerms(runs.base().nPositions(), kept, mixtures.get(l))));
    }
    components.forEachMlp((number, l, q) -> {
      if (!circuit.get(number)) {
        interventions.add(mlps.get(number));
      }
    });
    return interventions;
  }

  /** The terms of a layer that a circuit keeps, numbered as the engine does. */
  private BitSet terms(BitSet circuit, int layer) {
    int nPositions = runs.base().nPositions();
    BitSet kept = new BitSet();
    for (int h = 0; h < components.nHeads(); h++) {
      // What no prediction of the target reads is left as it is.
      int unread = Site.Terms.index(nPositions, h, 0, 0);
      kept.set(unread, Site.Terms.index(nPositions, h, components.first(layer), 0));
      for (int q = components.first(layer); q <= components.target(); q++) {
        int to = Site.Terms.index(nPositions, h, q, 0);
        int from = components.term(layer, h, q, 0);
        for (int k = 0; k <= q; k++) {
          kept.set(to + k, circuit.get(from + k));
        }
      }
    }
    return kept;
  }
}
