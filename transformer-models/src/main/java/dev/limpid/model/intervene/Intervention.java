package dev.limpid.model.intervene;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.tensor.Tensor;

/**
 * One change at one place of a forward pass.
 *
 * @param site where
 * @param change what becomes of the value there
 */
public record Intervention(Site site, Change change) {

  /**
   * Checks that this kind of change can be made at this kind of place.
   *
   * @throws IllegalArgumentException if it cannot
   */
  public Intervention {
    boolean fits =
        switch (change) {
          case Change.Scale _ -> !(site instanceof Site.Terms);
          case Change.Add _, Change.Put _ ->
              !(site instanceof Site.Edge || site instanceof Site.Terms);
          case Change.PutMixed _ -> site instanceof Site.Head || site instanceof Site.Edge;
          case Change.Drop _ -> site instanceof Site.Edge;
          case Change.KeepTerms _, Change.PutPattern _ -> site instanceof Site.Terms;
        };
    if (!fits) {
      throw new IllegalArgumentException(
          site + ": " + change.verb() + " is not a change that can be made there");
    }
  }

  /** Returns the ablation of a value: 0 in its place. */
  public static Intervention zero(Site site) {
    return new Intervention(site, new Change.Scale(0));
  }

  /** Returns the value times a factor. */
  public static Intervention scale(Site site, float factor) {
    return new Intervention(site, new Change.Scale(factor));
  }

  /** Returns the value plus a vector, [D], or [1] for a neuron; the tensor is not modified. */
  public static Intervention add(Site site, Tensor vector) {
    return new Intervention(site, new Change.Add(vector));
  }

  /** Returns a vector in place of the value, [D], or [1] for a neuron; it is not modified. */
  public static Intervention put(Site site, Tensor vector) {
    return new Intervention(site, new Change.Put(vector));
  }

  /** Returns attention knockout of an edge, as if its score were minus infinity. */
  public static Intervention drop(Site.Edge edge) {
    return new Intervention(edge, new Change.Drop());
  }

  /**
   * Returns this, if a model has the place and the change fits it.
   *
   * @param nPositions T, the tokens of the prompt
   * @throws IllegalArgumentException naming the site, the index and its range, or the two lengths
   */
  public Intervention requireFits(ModelConfig config, int nPositions) {
    site.requireIn(config, nPositions);
    int dModel = site instanceof Site.Neuron ? 1 : config.dModel();
    switch (change) {
      case Change.Scale(float factor) -> {
        if (!Float.isFinite(factor)) {
          throw new IllegalArgumentException(site + ": the factor " + factor + " is not finite");
        }
      }
      case Change.Add(Tensor vector) -> requireVector(vector, dModel);
      case Change.Put(Tensor vector) -> requireVector(vector, dModel);
      case Change.PutMixed(Tensor mixed) -> requireVector(mixed, config.dHead());
      case Change.Drop _, Change.KeepTerms _, Change.PutPattern _ -> {}
    }
    return this;
  }

  private void requireVector(Tensor vector, int length) {
    if (vector.size() != length) {
      throw new IllegalArgumentException(
          "%s: %s %s %d numbers, given are %d"
              .formatted(
                  site,
                  change.verb(),
                  length == 1 ? "a neuron takes" : "takes",
                  length,
                  vector.size()));
    }
    if (!vector.allFinite()) {
      throw new IllegalArgumentException(
          site + ": the numbers to " + change.verb() + " are not all finite");
    }
  }
}
