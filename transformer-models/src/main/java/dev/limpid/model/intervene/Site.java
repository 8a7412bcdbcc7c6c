package dev.limpid.model.intervene;

import dev.limpid.model.config.Experts;
import dev.limpid.model.config.ModelConfig;
import java.util.Locale;

/** A value of a forward pass that can be changed, under the names of a trace. */
public sealed interface Site {

  /** Returns the layer, from 0. */
  int layer();

  /** Returns the position whose states it can change first. */
  int position();

  /**
   * Checks that a run has this value.
   *
   * @param nPositions T, the tokens of the prompt
   * @throws IllegalArgumentException naming the site, the index and its range
   */
  void requireIn(ModelConfig config, int nPositions);

  /** The vectors of a layer that a position has one of, [D] each, in the order of the pass. */
  enum Stage {
    /** What the layer reads. */
    RESID_PRE,
    /** What attention writes, biases included. */
    ATTN_OUT,
    /** The state after attention. */
    RESID_MID,
    /** What the MLP writes, biases included. */
    MLP_OUT,
    /** The state after the MLP. */
    RESID_POST;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A vector of a layer at a position. */
  record State(Stage stage, int layer, int position) implements Site {
    @Override
    public void requireIn(ModelConfig config, int nPositions) {
      requireLayer(this, config);
      if (stage == Stage.RESID_MID && config.residual().isParallel()) {
        throw new IllegalArgumentException(this + ": " + config.noStateBetween());
      }
      requirePosition(this, "positions", position, nPositions);
    }

    @Override
    public String toString() {
      return stage + "." + layer + "@" + position;
    }
  }

  /**
   * What a head writes at a position, the sum of its terms, without biases: changing it leaves
   * beta, which holds b_O and b_V W_O, where it is.
   */
  record Head(int layer, int head, int position) implements Site {
    @Override
    public void requireIn(ModelConfig config, int nPositions) {
      requireLayer(this, config);
      requireHead(this, head, config);
      requirePosition(this, "positions", position, nPositions);
    }

    @Override
    public String toString() {
      return "head_out." + layer + "." + head + "@" + position;
    }
  }

  /**
   * A term: what a head reads from one key, A[h, q, k] u[h, k].
   *
   * @param head a query head; others of its group are not touched
   */
  record Edge(int layer, int head, int query, int key) implements Site {
    @Override
    public int position() {
      return query;
    }

    @Override
    public void requireIn(ModelConfig config, int nPositions) {
      requireLayer(this, config);
      requireHead(this, head, config);
      requirePosition(this, "queries", query, nPositions);
      if (key < 0 || key > query) {
        throw new IllegalArgumentException(
            "%s: query %d has keys 0 to %d".formatted(this, query, query));
      }
    }

    @Override
    public String toString() {
      return "attention." + layer + "." + head + "@" + query + ":" + key;
    }
  }

  /** What a neuron fires after its activation; of a gated MLP, times the up projection. */
  record Neuron(int layer, int neuron, int position) implements Site {
    @Override
    public void requireIn(ModelConfig config, int nPositions) {
      requireLayer(this, config);
      if (config.mlp().expertsOf(layer).isPresent()) {
        throw new IllegalArgumentException(
            "%s: layer %d has experts, whose neurons fire only where the router sends a position;"
                    .formatted(this, layer)
                + " change expert_out");
      }
      if (neuron < 0 || neuron >= config.dMlp()) {
        throw new IllegalArgumentException(
            "%s: layer %d has neurons 0 to %d".formatted(this, layer, config.dMlp() - 1));
      }
      requirePosition(this, "positions", position, nPositions);
    }

    @Override
    public String toString() {
      return "neuron_post." + layer + "." + neuron + "@" + position;
    }
  }

  /**
   * What an expert writes at a position, its weight and its biases inside; 0 where the router did
   * not send the position to it. The routing stays as it is computed.
   */
  record Expert(int layer, int expert, int position) implements Site {
    @Override
    public void requireIn(ModelConfig config, int nPositions) {
      int count = requireExperts(this, config).count();
      if (expert < 0 || expert >= count) {
        throw new IllegalArgumentException(
            "%s: layer %d has experts 0 to %d".formatted(this, layer, count - 1));
      }
      requirePosition(this, "positions", position, nPositions);
    }

    @Override
    public String toString() {
      return "expert_out." + layer + "." + expert + "@" + position;
    }
  }

  /** What the expert that all positions go to writes at one of them, its gate inside. */
  record SharedExpert(int layer, int position) implements Site {
    @Override
    public void requireIn(ModelConfig config, int nPositions) {
      if (requireExperts(this, config).dShared().isEmpty()) {
        throw new IllegalArgumentException(
            "%s: layer %d has no expert that all positions go to".formatted(this, layer));
      }
      requirePosition(this, "positions", position, nPositions);
    }

    @Override
    public String toString() {
      return "shared_out." + layer + "@" + position;
    }
  }

  /** All terms of a layer together: every head, query and key. */
  record Terms(int layer) implements Site {
    /** Returns the number of a term among those of a layer. */
    public static int index(int nPositions, int head, int query, int key) {
      return head * (nPositions * (nPositions + 1) / 2) + query * (query + 1) / 2 + key;
    }

    @Override
    public int position() {
      return 0;
    }

    @Override
    public void requireIn(ModelConfig config, int nPositions) {
      requireLayer(this, config);
    }

    @Override
    public String toString() {
      return "attention." + layer;
    }
  }

  private static Experts requireExperts(Site site, ModelConfig config) {
    requireLayer(site, config);
    return config
        .mlp()
        .expertsOf(site.layer())
        .orElseThrow(() ->
            new IllegalArgumentException(
                "%s: layer %d has no experts; change mlp_out".formatted(site, site.layer())));
  }

  private static void requireLayer(Site site, ModelConfig config) {
    if (site.layer() < 0 || site.layer() >= config.nLayers()) {
      throw new IllegalArgumentException(
          "%s: the model has layers 0 to %d".formatted(site, config.nLayers() - 1));
    }
  }

  private static void requireHead(Site site, int head, ModelConfig config) {
    if (head < 0 || head >= config.nHeads()) {
      throw new IllegalArgumentException(
          "%s: layer %d has heads 0 to %d".formatted(site, site.layer(), config.nHeads() - 1));
    }
  }

  private static void requirePosition(Site site, String what, int position, int nPositions) {
    if (position < 0 || position >= nPositions) {
      throw new IllegalArgumentException(
          "%s: the prompt has %s 0 to %d".formatted(site, what, nPositions - 1));
    }
  }
}
