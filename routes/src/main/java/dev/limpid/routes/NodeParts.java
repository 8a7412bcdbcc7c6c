package dev.limpid.routes;

import dev.limpid.attribution.LayerContributions;
import dev.limpid.attribution.NodeShares;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What one state is made of, before and after a threshold: the residual, each key or the MLP, the
 * bias. What is kept, the bias that is kept and what is below the threshold sum to 1.
 *
 * @param keys that contributed anything, largest contribution first; of a state that the MLP alone
 *     wrote to none
 * @param mlp of a state that the MLP wrote to
 * @param bias what is kept of it
 * @param below what is not kept, of which weights are shared out
 */
public record NodeParts(
    Node node, Part residual, List<KeyPart> keys, Optional<Part> mlp, double bias, double below) {

  /** Copies the list. */
  public NodeParts {
    keys = List.copyOf(keys);
  }

  /**
   * A part of a state.
   *
   * @param contribution before any threshold
   * @param kept what is above it
   * @param weight of its edge in a route, after sharing out; 0 without one
   */
  public record Part(double contribution, double kept, double weight) {}

  /** What came from one key, through all heads. */
  public record KeyPart(int key, Part part) {}

  /**
   * Takes a state apart.
   *
   * @param extractor that extracts routes
   * @param node after attention or after the MLP
   * @param layer all contributions of its layer
   */
  public static NodeParts of(RouteExtractor extractor, Node node, LayerContributions layer) {
    if (!node.isMadeOfParts()) {
      throw new IllegalArgumentException(node + " is no sum of parts");
    }
    Threshold rules = new Threshold(extractor.graph(), extractor.mode(), extractor.threshold());
    Incoming incoming =
        rules.incoming(extractor.graph().number(node.kind(), node.layer(), node.position()));
    return node.kind() == extractor.graph().attentionKind()
        ? afterAttention(extractor.graph(), node, incoming, layer)
        : afterMlp(node, incoming, layer.shares());
  }

  private static NodeParts afterMlp(Node node, Incoming incoming, NodeShares shares) {
    int t = node.position();
    Part mlp =
        part(
            shares.mlp().get(t),
            incoming.shares().length == 0 ? 0 : incoming.shares()[0],
            incoming);
    Part residual = part(shares.mlpResidual().get(t), incoming.residual(), incoming);
    double bias = incoming.lost().bias() * incoming.divisor();
    return new NodeParts(
        node, residual, List.of(), Optional.of(mlp), bias, 1 - residual.kept - mlp.kept - bias);
  }

  private static NodeParts afterAttention(
      FlowGraph graph, Node node, Incoming incoming, LayerContributions layer) {
    int q = node.position();
    double[] weights = new double[q + 1];
    double ofMlp = 0;
    for (int i = 0; i < incoming.from().length; i++) {
      Node from = graph.node(incoming.from()[i]);
      if (from.kind() == Node.Kind.MLP) {
        ofMlp = incoming.shares()[i];
      } else {
        weights[from.position()] = incoming.shares()[i];
      }
    }
    Optional<Part> mlp =
        graph.oneNode()
            ? Optional.of(part(layer.shares().mlp().get(q), ofMlp, incoming))
            : Optional.empty();
    Part residual = part(layer.shares().attentionResidual().get(q), incoming.residual(), incoming);
    double bias = incoming.lost().bias() * incoming.divisor();
    double kept = residual.kept + bias + mlp.map(Part::kept).orElse(0.0);
    List<KeyPart> keys = new ArrayList<>();
    for (int k = 0; k <= q; k++) {
      double contribution = 0;
      for (int h = 0; h < layer.nHeads(); h++) {
        contribution += layer.attention(q, k, h);
      }
      if (contribution > 0) {
        Part part = part(contribution, weights[k], incoming);
        kept += part.kept;
        keys.add(new KeyPart(k, part));
      }
    }
    keys.sort(Comparator.comparingDouble(key -> -key.part.contribution));
    return new NodeParts(node, residual, keys, mlp, bias, 1 - kept);
  }

  private static Part part(double contribution, double weight, Incoming incoming) {
    return new Part(contribution, weight * incoming.divisor(), weight);
  }
}
