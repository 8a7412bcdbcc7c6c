package dev.limpid.attribution.patching;

import dev.limpid.model.config.Experts;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.model.intervene.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The places of a sweep, one after the other, in each of which one value is changed.
 *
 * @param layers the layers that are swept, in order
 * @param allPositions whether a value is changed at all positions at once
 */
public record SiteSweep(Kind kind, List<Integer> layers, int nPositions, boolean allPositions) {

  /** What is changed: the names of sites on the command line. */
  public enum Kind {
    /** The state that a layer reads. */
    RESID_PRE,
    /** What attention writes. */
    ATTN_OUT,
    /** The state after attention. */
    RESID_MID,
    /** What an MLP writes. */
    MLP_OUT,
    /** The state after the MLP. */
    RESID_POST,
    /** What a head writes. */
    HEAD_OUT,
    /** What a head reads from one key. */
    ATTENTION,
    /** What a neuron fires. */
    NEURON_POST,
    /** What an expert writes where the router sends a position to it. */
    EXPERT_OUT,
    /** What the expert writes that all positions go to. */
    SHARED_OUT;

    /** Returns whether a layer has several at a position: heads, neurons, experts. */
    public boolean hasComponents() {
      return switch (this) {
        case HEAD_OUT, ATTENTION, NEURON_POST, EXPERT_OUT -> true;
        default -> false;
      };
    }

    /**
     * Returns the layers that have such a site: of a model that has both, those with an MLP or
     * those with experts; if none has, all, each of which says why.
     */
    public List<Integer> layers(ModelConfig config) {
      List<Integer> all = IntStream.range(0, config.nLayers()).boxed().toList();
      List<Integer> some = all.stream().filter(l -> isIn(config.mlp().expertsOf(l))).toList();
      return some.isEmpty() ? all : some;
    }

    private boolean isIn(Optional<Experts> experts) {
      return switch (this) {
        case NEURON_POST -> experts.isEmpty();
        case EXPERT_OUT -> experts.isPresent();
        case SHARED_OUT -> experts.filter(e -> e.dShared().isPresent()).isPresent();
        default -> true;
      };
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Copies the list. */
  public SiteSweep {
    layers = List.copyOf(layers);
    if (allPositions && kind == Kind.ATTENTION) {
      throw new IllegalArgumentException("an attention edge is of one position");
    }
  }

  /** Returns the names of the axes that effects are nested by. */
  public List<String> axes() {
    List<String> axes = new ArrayList<>(List.of("layer"));
    switch (kind) {
      case HEAD_OUT -> axes.add("head");
      case ATTENTION -> axes.addAll(List.of("head", "query", "key"));
      case NEURON_POST -> axes.add("neuron");
      case EXPERT_OUT -> axes.add("expert");
      default -> {}
    }
    if (!allPositions && kind != Kind.ATTENTION) {
      axes.add("position");
    }
    return axes;
  }

  /** Returns how many components of this kind a layer has at a position. */
  public int width(ModelConfig config) {
    return switch (kind) {
      case HEAD_OUT, ATTENTION -> config.nHeads();
      case NEURON_POST -> config.dMlp();
      case EXPERT_OUT -> config.mlp().experts().map(Experts::count).orElse(1);
      default -> 1;
    };
  }

  /** Returns the sites of an attention sweep, by layer, head, query and key. */
  public List<Site.Edge> edges(ModelConfig config) {
    List<Site.Edge> edges = new ArrayList<>();
    for (int l : layers) {
      for (int h = 0; h < config.nHeads(); h++) {
        for (int q = 0; q < nPositions; q++) {
          for (int k = 0; k <= q; k++) {
            edges.add(new Site.Edge(l, h, q, k));
          }
        }
      }
    }
    return edges;
  }

  /**
   * Returns the interventions of every run of the sweep, by layer, component and position.
   *
   * @param change what is done at a site
   */
  public List<List<Intervention>> runs(ModelConfig config, Function<Site, Intervention> change) {
    if (kind == Kind.ATTENTION) {
      return edges(config).stream().map(edge -> List.of(change.apply(edge))).toList();
    }
    List<List<Intervention>> runs = new ArrayList<>();
    for (int l : layers) {
      for (int i = 0; i < width(config); i++) {
        int component = i;
        IntFunction<Intervention> at = t -> change.apply(site(l, component, t));
        if (allPositions) {
          runs.add(IntStream.range(0, nPositions).mapToObj(at).toList());
        } else {
          IntStream.range(0, nPositions).mapToObj(at).map(List::of).forEach(runs::add);
        }
      }
    }
    return runs;
  }

  private Site site(int layer, int component, int t) {
    return switch (kind) {
      case HEAD_OUT -> new Site.Head(layer, component, t);
      case NEURON_POST -> new Site.Neuron(layer, component, t);
      case EXPERT_OUT -> new Site.Expert(layer, component, t);
      case SHARED_OUT -> new Site.SharedExpert(layer, t);
      case RESID_PRE -> new Site.State(Site.Stage.RESID_PRE, layer, t);
      case ATTN_OUT -> new Site.State(Site.Stage.ATTN_OUT, layer, t);
      case RESID_MID -> new Site.State(Site.Stage.RESID_MID, layer, t);
      case MLP_OUT -> new Site.State(Site.Stage.MLP_OUT, layer, t);
      case RESID_POST -> new Site.State(Site.Stage.RESID_POST, layer, t);
      case ATTENTION -> throw new IllegalStateException("edges are listed by themselves");
    };
  }
}
