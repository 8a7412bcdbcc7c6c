package dev.limpid.routes.statistics;

/**
 * What statistics are about.
 *
 * @param parallel whether a layer is one node, its MLP reading what its attention reads
 * @param nNeurons F where neurons are counted, else 0
 * @param nExamples how many of the strongest samples of each head are kept; 0 for none
 */
public record StatisticsShape(
    int nLayers, int nHeads, boolean parallel, int nNeurons, int nExamples) {

  /** Returns the same without examples. */
  public StatisticsShape withoutExamples() {
    return new StatisticsShape(nLayers, nHeads, parallel, nNeurons, 0);
  }

  int heads() {
    return nLayers * nHeads;
  }

  int neurons() {
    return nLayers * nNeurons;
  }
}
