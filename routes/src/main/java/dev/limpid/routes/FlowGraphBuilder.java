package dev.limpid.routes;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.LayerVisitor;
import dev.limpid.model.StackVisitor;
import dev.limpid.model.Transformer;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a {@link FlowGraph} while a prompt runs: {@code model.run(tokens, detail, builder)} shows
 * it every layer once, and it keeps what routes are made of. For one pass of one model.
 */
public final class FlowGraphBuilder implements LayerVisitor {
  private final Transformer model;
  private final ContributionOptions options;
  private final double finest;
  private final List<LayerParts> layers = new ArrayList<>();

  /**
   * Begins a graph.
   *
   * @param model the model that runs
   * @param finest the lowest threshold that routes will be extracted at, in [0, 1)
   */
  public FlowGraphBuilder(Transformer model, ContributionOptions options, double finest) {
    FlowGraph.requireThreshold(finest);
    this.model = model;
    this.options = options;
    this.finest = finest;
  }

  /**
   * Computes the contributions of a layer and keeps those that can be above the threshold.
   *
   * @throws IllegalArgumentException if this is not the next layer
   */
  @Override
  public void layer(int layer, LayerTrace trace) {
    add(layer, LayerParts.of(model, layer, List.of(trace), options, finest).getFirst());
  }

  private void add(int layer, LayerParts parts) {
    if (layer != layers.size()) {
      throw new IllegalArgumentException(
          "layer %d where layer %d is next".formatted(layer, layers.size()));
    }
    layers.add(parts);
  }

  /**
   * Returns what shows prompts that run together to a graph of each, with the same results, in less
   * time.
   *
   * @param builders of the same model, options and threshold
   */
  public static StackVisitor together(List<FlowGraphBuilder> builders) {
    return (layer, first, traces) -> {
      FlowGraphBuilder one = builders.get(first);
      List<LayerParts> parts = LayerParts.of(one.model, layer, traces, one.options, one.finest);
      for (int i = 0; i < parts.size(); i++) {
        builders.get(first + i).add(layer, parts.get(i));
      }
    };
  }

  /**
   * Returns the graph of all layers.
   *
   * @throws IllegalStateException if the pass has not shown all of them
   */
  public FlowGraph graph() {
    if (layers.size() != model.config().nLayers()) {
      throw new IllegalStateException(
          "%d of %d layers have been seen".formatted(layers.size(), model.config().nLayers()));
    }
    return new FlowGraph(options, finest, model.ops().threads(), List.copyOf(layers));
  }
}
