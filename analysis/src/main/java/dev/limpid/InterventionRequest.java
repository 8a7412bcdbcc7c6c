package dev.limpid;

import dev.limpid.attribution.patching.SiteSweep;
import dev.limpid.model.config.Experts;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.intervene.Site;
import java.util.ArrayList;
import java.util.List;

/**
 * What is to be changed, as people say it: one kind of site, at some or all of its layers, heads,
 * neurons, experts, positions and keys, and what is done there.
 *
 * @param layers all are those that have such a site
 * @param heads of {@code head_out} and {@code attention}
 * @param neurons of {@code neuron_post}
 * @param experts of {@code expert_out}
 * @param positions the queries of {@code attention}; like keys, those below 0 count from the end
 * @param keys of {@code attention}; those behind a query are left out where either is not named
 */
public record InterventionRequest(
    SiteSweep.Kind site,
    Indices layers,
    Indices heads,
    Indices neurons,
    Indices experts,
    Indices positions,
    Indices keys,
    Action action) {

  /** What is done. */
  public sealed interface Action {
    /** Returns what is done, in a word. */
    @Override
    String toString();

    /**
     * Zero ablation.
     *
     * @param renormalise of attention: as if the score were minus infinity
     */
    record Zero(boolean renormalise) implements Action {
      @Override
      public String toString() {
        return "zero";
      }
    }

    /** The value times a factor. */
    record Scale(float factor) implements Action {
      @Override
      public String toString() {
        return "scale";
      }
    }

    /** The value plus a vector, or for a neuron a number. */
    record Add(List<Float> vector) implements Action {
      @Override
      public String toString() {
        return "add";
      }
    }

    /** A vector in place of the value, or for a neuron a number. */
    record Set(List<Float> vector) implements Action {
      @Override
      public String toString() {
        return "set";
      }
    }

    /** The value of the source. */
    record Patch() implements Action {
      @Override
      public String toString() {
        return "patch";
      }
    }

    /** The mean of the value over the references. */
    record Mean() implements Action {
      @Override
      public String toString() {
        return "mean";
      }
    }
  }

  /** Returns the same with positions and keys that count from the start of so many. */
  InterventionRequest fromStart(int nPositions) {
    return new InterventionRequest(
        site,
        layers,
        heads,
        neurons,
        experts,
        positions.fromStart(nPositions),
        keys.fromStart(nPositions),
        action);
  }

  /**
   * Returns all places it names.
   *
   * @throws NoSuchPartException if one is not there: site, index and range
   */
  public List<Site> places(ModelConfig config, int nPositions) throws NoSuchPartException {
    return fromStart(nPositions).named(config, nPositions);
  }

  private List<Site> named(ModelConfig config, int nPositions) throws NoSuchPartException {
    List<Site> places = new ArrayList<>();
    for (int l : layers.isAll() ? site.layers(config) : layers.among(config.nLayers())) {
      String at = site + "." + l;
      require(at, l, config.nLayers(), "the model has layers");
      switch (site) {
        case HEAD_OUT -> {
          for (int h : heads(config, at, l)) {
            for (int t : positions(at + "." + h, nPositions)) {
              places.add(new Site.Head(l, h, t));
            }
          }
        }
        case ATTENTION -> {
          for (int h : heads(config, at, l)) {
            for (int q : positions(at + "." + h, nPositions)) {
              for (int k : keys(at + "." + h + "@" + q, q, nPositions)) {
                places.add(new Site.Edge(l, h, q, k));
              }
            }
          }
        }
        case NEURON_POST -> {
          for (int n : neurons.among(config.dMlp())) {
            String of = "layer " + l + " has neurons";
            require(at + "." + n, n, config.dMlp(), of);
            for (int t : positions(at + "." + n, nPositions)) {
              places.add(new Site.Neuron(l, n, t));
            }
          }
        }
        case EXPERT_OUT -> {
          int count = experts(config, at, l).count();
          for (int e : experts.among(count)) {
            require(at + "." + e, e, count, "layer " + l + " has experts");
            for (int t : positions(at + "." + e, nPositions)) {
              places.add(new Site.Expert(l, e, t));
            }
          }
        }
        case SHARED_OUT -> {
          for (int t : positions(at, nPositions)) {
            places.add(new Site.SharedExpert(l, t));
          }
        }
        default -> {
          Site.Stage stage = Site.Stage.valueOf(site.name());
          for (int t : positions(at, nPositions)) {
            places.add(new Site.State(stage, l, t));
          }
        }
      }
    }
    return places;
  }

  private static Experts experts(ModelConfig config, String at, int layer)
      throws NoSuchPartException {
    return config
        .mlp()
        .expertsOf(layer)
        .orElseThrow(() ->
            new NoSuchPartException(
                "%s: layer %d has no experts; change mlp_out".formatted(at, layer)));
  }

  private List<Integer> heads(ModelConfig config, String at, int layer) throws NoSuchPartException {
    for (int h : heads.among(config.nHeads())) {
      require(at + "." + h, h, config.nHeads(), "layer " + layer + " has heads");
    }
    return heads.among(config.nHeads());
  }

  private List<Integer> positions(String at, int nPositions) throws NoSuchPartException {
    for (int t : positions.among(nPositions)) {
      require(at + "@" + t, t, nPositions, "the prompt has positions");
    }
    return positions.among(nPositions);
  }

  private List<Integer> keys(String at, int query, int nPositions) throws NoSuchPartException {
    for (int k : keys.among(0)) {
      boolean named = !positions.isAll();
      require(at + ":" + k, k, named ? query + 1 : nPositions, named ? "it sees keys" : "keys go");
    }
    return keys.among(query + 1).stream().filter(k -> k <= query).toList();
  }

  private static void require(String at, int index, int count, String what)
      throws NoSuchPartException {
    if (index < 0 || index >= count) {
      throw new NoSuchPartException("%s: %s 0 to %d".formatted(at, what, count - 1));
    }
  }
}
