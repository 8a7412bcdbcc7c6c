package dev.limpid.model.config;

import dev.limpid.model.config.Positions.ByLayer;
import dev.limpid.model.config.Positions.Rotary;
import dev.limpid.model.config.Residual.Placement;

/**
 * What the forward pass computes of what a configuration can say: the rest is refused, since a fact
 * that nothing reads would be a wrong answer without a word.
 *
 * <p>Whoever teaches the pass one of these facts takes its line away here.
 */
final class ComputedFacts {
  private ComputedFacts() {}

  /**
   * Checks that all facts are computed.
   *
   * @throws IllegalArgumentException if one is not: what it is, and what is supported
   */
  static void require(
      Attention attention, Positions positions, Norm norm, Residual residual, Head head) {
    require(
        residual.placement() == Placement.SEQUENTIAL,
        "an MLP beside the attention",
        "behind the attention");
    require(!residual.postNorms(), "a norm behind each block", "in front of it");
    require(
        norm.affine() || norm.kind() == Norm.Kind.LAYER_NORM,
        "an RMSNorm without a gain",
        "with one");
    requireOne(residual.embeddingScale(), "the embedding");
    requireOne(residual.multiplier(), "the output of a block");
    requireOne(head.scale(), "the logits");
    require(!head.bias(), "a bias of the head", "none");
    require(head.cap().isEmpty(), "a cap on logits", "none");
    require(attention.cap().isEmpty(), "a cap on attention scores", "none");
    require(!(positions instanceof ByLayer), "a rotation of its own for each layer", "one for all");
    require(
        !(positions instanceof Rotary rotary)
            || rotary.part().orElse(attention.dHead()) == attention.dHead(),
        "a rotation of a part of each head",
        "of whole heads");
  }

  private static void requireOne(double factor, String what) {
    require(factor == 1, "a multiplier of %s, %s,".formatted(what, factor), "1");
  }

  private static void require(boolean computed, String what, String supported) {
    if (!computed) {
      throw new IllegalArgumentException(what + " is not computed yet; supported: " + supported);
    }
  }
}
