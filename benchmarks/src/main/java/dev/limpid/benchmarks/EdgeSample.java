package dev.limpid.benchmarks;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.model.intervene.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Attention edges taken by chance, equally many of each layer, each of which is put to zero in a
 * run of its own: what a sweep over all of them costs, per run.
 *
 * @param runs one list of interventions per edge
 * @param all how many edges the sweep has
 */
public record EdgeSample(List<List<Intervention>> runs, int all) {
  private static final int SEED = 7;

  /** Copies the list. */
  public EdgeSample {
    runs = List.copyOf(runs);
  }

  /** Returns so many edges of every layer, the same at every call; all, if it has fewer. */
  public static EdgeSample of(ModelConfig config, int nPositions, int ofLayer) {
    int edgesOfLayer = config.nHeads() * nPositions * (nPositions + 1) / 2;
    Random random = new Random(SEED);
    List<List<Intervention>> runs = new ArrayList<>();
    for (int l = 0; l < config.nLayers(); l++) {
      int[] chosen =
          ofLayer >= edgesOfLayer
              ? IntStream.range(0, edgesOfLayer).toArray()
              : random.ints(0, edgesOfLayer).distinct().limit(ofLayer).sorted().toArray();
      for (int number : chosen) {
        runs.add(List.of(Intervention.zero(edge(l, number, config.nHeads()))));
      }
    }
    return new EdgeSample(runs, config.nLayers() * edgesOfLayer);
  }

  /** The edges of a layer in the order of query, key and head. */
  private static Site.Edge edge(int layer, int number, int nHeads) {
    int pair = number / nHeads;
    int query = (int) ((Math.sqrt(8.0 * pair + 1) - 1) / 2);
    return new Site.Edge(layer, number % nHeads, query, pair - query * (query + 1) / 2);
  }

  /** Returns the share of the sweep that is in the sample. */
  public double share() {
    return (double) runs.size() / all;
  }
}
