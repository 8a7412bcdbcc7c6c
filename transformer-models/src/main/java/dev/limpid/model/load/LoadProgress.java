package dev.limpid.model.load;

/** Told how far the loading of a model has come. */
public interface LoadProgress {
  /** Called after each layer, from the loading thread. */
  void layersDone(int done, int all);

  /** Tells nobody. */
  LoadProgress NONE = (done, all) -> {};
}
