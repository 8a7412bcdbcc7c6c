package dev.limpid.model.config;

import dev.limpid.model.config.HeadNorm.Over;
import dev.limpid.model.config.Norm.Gain;
import dev.limpid.model.config.Norm.Kind;
import dev.limpid.model.config.Positions.ByLayer;
import dev.limpid.model.config.Positions.Learned;
import dev.limpid.model.config.Positions.Rotary;
import dev.limpid.model.config.Positions.Scaling;
import dev.limpid.tensor.ops.Activation;
import java.util.List;

/**
 * What the forward pass computes of what a configuration can say: the rest is refused, since a fact
 * that nothing reads would be a wrong answer without a word.
 *
 * <p>Whoever teaches the pass one of these facts takes its line away here.
 */
final class ComputedFacts {
  private ComputedFacts() {}

  /**
   * Checks that the facts of blocks and norms are computed.
   *
   * @throws IllegalArgumentException if one is not: what it is, and what is supported
   */
  static void require(Attention attention, Norm norm, Residual residual) {
    requireGain(norm);
    attention.headNorm().ifPresent(ComputedFacts::requireHeadNorm);
    require(
        residual.placement() == Residual.Placement.SEQUENTIAL || !residual.postNorms(),
        "a norm behind each block and " + residual.placement(),
        Residual.Placement.SEQUENTIAL.toString());
    require(
        !residual.normsSums() || !residual.preNorms(),
        "a norm of each sum, and one in front of each block",
        "one of them");
    requireFactor("the output of a block", residual.multiplier());
  }

  /** Checks that something is multiplied with a number that there is. */
  static void requireFactor(String what, double factor) {
    require(
        factor > 0 && factor <= Float.MAX_VALUE,
        "a multiplier of %s, %s,".formatted(what, factor),
        "a number above 0");
  }

  /** Checks that every layer learns in a way that is computed where a token stands. */
  static void requirePositions(Positions positions, int nLayers, int dHead) {
    List<Positions> kinds = List.of(positions);
    if (positions instanceof Positions.ByLayer(List<Positions> layers)) {
      require(
          layers.size() == nLayers,
          "%d kinds of positions of %d layers".formatted(layers.size(), nLayers),
          "one of each layer");
      kinds = layers.stream().distinct().toList();
    }
    for (Positions kind : kinds) {
      require(
          kind.equals(positions) || !(kind instanceof Learned || kind instanceof ByLayer),
          "a layer that learns positions as " + kind,
          "a rotation, ALiBi, or none");
      if (kind instanceof Rotary rotary) {
        requireRotation(rotary, dHead);
      }
    }
  }

  /** Checks that what stands in the place of MLPs is computed. */
  static void requireExperts(Mlp mlp, int nLayers) {
    if (mlp.experts().isEmpty()) {
      return;
    }
    Experts experts = mlp.experts().get();
    require(
        experts.layers().size() == nLayers,
        "experts or none of %d layers".formatted(experts.layers().size()),
        "one of each of %d layers".formatted(nLayers));
    require(
        experts.clamp().isEmpty() || mlp.activation() == Activation.SILU,
        "a clamp of experts with " + mlp.activation(),
        Activation.SILU.toString());
  }

  private static void requireGain(Norm norm) {
    require(
        norm.kind() != Kind.NONE || (norm.gain() == Gain.NONE && !norm.bias()),
        "a gain or a bias without a norm",
        "neither");
    require(
        norm.kind() != Kind.RMS_NORM || norm.gain() != Gain.NONE,
        "an RMSNorm without a gain",
        "with one");
    require(norm.kind() != Kind.RMS_NORM || !norm.bias(), "an RMSNorm with a bias", "without one");
  }

  private static void requireHeadNorm(HeadNorm norm) {
    requireGain(norm.norm());
    require(norm.norm().kind() != Kind.NONE, "a norm of queries and keys that is none", "a norm");
    require(
        norm.over() != Over.EACH_HEAD_WITH_OWN_GAIN
            || (norm.norm().kind() == Kind.LAYER_NORM
                && norm.norm().gain() == Gain.STORED
                && !norm.norm().bias()),
        "a gain of its own for each head, but for a LayerNorm with what is stored and no bias",
        "one gain for all heads");
  }

  private static void requireRotation(Rotary rotary, int dHead) {
    int n = rotary.part().orElse(dHead);
    require(
        n > 0 && n <= dHead && n % 2 == 0,
        "a rotation of %d of the %d elements of a head".formatted(n, dHead),
        "an even number of them");
    switch (rotary.scaling()) {
      case Scaling.Divided(List<Float> divisors) -> requireHalf(divisors, n);
      case Scaling.LongRope rope -> {
        requireHalf(rope.shortDivisors(), n);
        requireHalf(rope.longDivisors(), n);
      }
      default -> {}
    }
  }

  private static void requireHalf(List<Float> divisors, int n) {
    require(
        divisors.size() == n / 2,
        "a list of %d factors of frequencies".formatted(divisors.size()),
        n / 2 + " factors, half of what is rotated");
  }

  private static void require(boolean computed, String what, String supported) {
    if (!computed) {
      throw new IllegalArgumentException(what + " is not supported; supported: " + supported);
    }
  }
}
