package dev.limpid.model.plain;

import dev.limpid.model.config.Attention;
import dev.limpid.model.config.Embedding;
import dev.limpid.model.config.Experts;
import dev.limpid.model.config.Head;
import dev.limpid.model.config.HeadNorm;
import dev.limpid.model.config.HeadNorm.Over;
import dev.limpid.model.config.Mlp;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Norm;
import dev.limpid.model.config.Norm.Gain;
import dev.limpid.model.config.Norm.Kind;
import dev.limpid.model.config.Positions;
import dev.limpid.model.config.Positions.Rotary;
import dev.limpid.model.config.Positions.Scaling;
import dev.limpid.model.config.Residual;
import dev.limpid.model.config.Residual.Placement;
import dev.limpid.model.config.Sizes;
import dev.limpid.tensor.ops.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;

/** Draws the facts of a model, each by itself, whatever the others are. */
public final class Mechanisms {
  /** Sizes are small, and no two the same. */
  private static final int CONTEXT = 16;

  private final Random random;

  /** Draws by that. */
  public Mechanisms(Random random) {
    this.random = random;
  }

  /**
   * Draws all facts of a model.
   *
   * @throws IllegalArgumentException if they are a combination that is refused
   */
  public ModelConfig draw() {
    int nLayers = 1 + random.nextInt(3);
    int nKvHeads = 1 + random.nextInt(3);
    Sizes sizes = new Sizes(nLayers, 7 + random.nextInt(13), 21 + random.nextInt(9), CONTEXT);
    Norm norm = norm();
    Attention attention =
        attention(nKvHeads * (1 + random.nextInt(3)), nKvHeads, 4 + random.nextInt(5), nLayers);
    return ModelConfig.of(
            "random", sizes, attention, mlp(nLayers), norm, positions(nLayers, attention.dHead()))
        .withEmbedding(embedding(sizes.dModel()))
        .withResidual(residual())
        .withHead(head());
  }

  private boolean rarely() {
    return random.nextInt(12) == 0;
  }

  private boolean hardlyEver() {
    return random.nextInt(144) == 0;
  }

  private boolean often() {
    return random.nextInt(3) > 0;
  }

  private boolean sometimes() {
    return random.nextInt(3) == 0;
  }

  private <T> T any(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private double between(double low, double high) {
    return low + (high - low) * random.nextDouble();
  }

  private OptionalDouble maybe(double low, double high) {
    return sometimes() ? OptionalDouble.of((float) between(low, high)) : OptionalDouble.empty();
  }

  private Norm norm() {
    Kind kind = rarely() ? Kind.NONE : any(List.of(Kind.LAYER_NORM, Kind.RMS_NORM));
    Gain gain =
        kind == Kind.LAYER_NORM
            ? any(List.of(Gain.values()))
            : any(List.of(Gain.STORED, Gain.ONE_PLUS_STORED));
    boolean bias = kind == Kind.LAYER_NORM && random.nextBoolean();
    if (kind == Kind.NONE) {
      gain = Gain.NONE;
    }
    if (hardlyEver()) { // what no norm has
      gain = any(List.of(Gain.values()));
      bias = random.nextBoolean();
    }
    float epsilon = (float) any(List.of(1e-5, 1e-6, 1e-2)).doubleValue();
    return new Norm(kind, epsilon, gain, bias);
  }

  private Attention attention(int nHeads, int nKvHeads, int dHead, int nLayers) {
    Attention attention =
        Attention.of(nHeads, nKvHeads, dHead)
            .withScale(often() ? 1 / Math.sqrt(dHead) : between(0.1, 1.2))
            .withLayerScaling(sometimes())
            .withCap(maybe(0.5, 5))
            .withSinks(sometimes())
            .withInputBias(random.nextBoolean())
            .withOutputBias(random.nextBoolean())
            .withClip(maybe(0.4, 3));
    if (sometimes()) {
      attention = attention.withHeadNorm(headNorm());
    }
    if (sometimes()) {
      attention =
          attention.withWindows(
              IntStream.range(0, nLayers)
                  .map(l -> any(List.of(1, 3, 5, CONTEXT)))
                  .boxed()
                  .toList());
    }
    return attention;
  }

  private HeadNorm headNorm() {
    Over over = any(List.of(Over.values()));
    Norm norm = norm();
    if (over == Over.EACH_HEAD_WITH_OWN_GAIN && !rarely()) {
      norm = Norm.layerNorm(1e-5).withBias(false);
    }
    return new HeadNorm(norm, over);
  }

  private Mlp mlp(int nLayers) {
    Activation activation = any(List.of(Activation.values()));
    int neurons = 9 + random.nextInt(9);
    Mlp mlp =
        (random.nextBoolean() ? Mlp.gated(neurons, activation) : Mlp.plain(neurons, activation))
            .withBias(random.nextBoolean());
    if (!sometimes()) {
      return mlp;
    }
    Experts experts = experts(nLayers);
    boolean clamped = experts.clamp().isPresent() && !rarely();
    Mlp silu = Mlp.gated(neurons, Activation.SILU).withBias(mlp.bias());
    return (clamped ? silu : mlp).withExperts(experts);
  }

  private Experts experts(int nLayers) {
    int count = 1 + random.nextInt(6);
    Experts experts =
        Experts.of(
                count,
                1 + random.nextInt(count),
                5 + random.nextInt(4),
                IntStream.range(0, nLayers).mapToObj(l -> often()).toList())
            .withNormalised(random.nextBoolean())
            .withBias(random.nextBoolean());
    if (sometimes()) {
      experts = experts.withClamp(between(0.5, 3), between(0.8, 1.8));
    }
    return sometimes() ? experts.withShared(4 + random.nextInt(4)) : experts;
  }

  private Positions positions(int nLayers, int dHead) {
    return switch (random.nextInt(8)) {
      case 0 -> new Positions.Learned(random.nextInt(3));
      case 1 -> new Positions.None();
      case 2 -> new Positions.Alibi(random.nextBoolean());
      case 3, 4 ->
          new Positions.ByLayer(
              IntStream.range(0, nLayers).mapToObj(l -> ofLayer(nLayers, dHead)).toList());
      default -> rotary(dHead);
    };
  }

  private Positions ofLayer(int nLayers, int dHead) {
    if (hardlyEver()) { // what no layer has of its own
      return random.nextBoolean()
          ? new Positions.Learned(0)
          : new Positions.ByLayer(
              IntStream.range(0, nLayers).mapToObj(l -> rotary(dHead)).toList());
    }
    return switch (random.nextInt(4)) {
      case 0 -> new Positions.None();
      case 1 -> new Positions.Alibi(random.nextBoolean());
      default -> rotary(dHead);
    };
  }

  private Positions rotary(int dHead) {
    int even = dHead / 2 * 2;
    int n = sometimes() ? 2 * (1 + random.nextInt(even / 2)) : even;
    int turned = hardlyEver() ? n + 1 : n; // an odd number is no pairs
    Rotary rotary = new Rotary(any(List.of(100.0, 1e4, 5e5)), scaling(n / 2));
    return turned == dHead && random.nextBoolean() ? rotary : rotary.withPart(turned);
  }

  private Scaling scaling(int half) {
    return switch (random.nextInt(9)) {
      case 0 -> new Scaling.Linear(between(1, 4));
      case 1 -> new Scaling.ByWavelength(between(1, 8), 1, between(2, 5), 8 + random.nextInt(40));
      case 2 -> {
        double low = random.nextInt(3);
        yield new Scaling.Yarn(between(1, 8), low, low + between(0.001, 3), between(0.8, 1.3));
      }
      case 3 ->
          new Scaling.LongRope(divisors(half), divisors(half), CONTEXT / 2, between(0.8, 1.3));
      case 4 -> new Scaling.Divided(divisors(half));
      default -> new Scaling.None();
    };
  }

  private List<Float> divisors(int half) {
    List<Float> divisors = new ArrayList<>();
    for (int i = 0; i < half; i++) {
      divisors.add((float) between(0.8, 6));
    }
    return divisors;
  }

  private Embedding embedding(int dModel) {
    Embedding embedding =
        Embedding.PLAIN.withScale(sometimes() ? between(0.5, 4) : 1).withNorm(sometimes());
    OptionalInt width = sometimes() ? OptionalInt.of(dModel - 2) : OptionalInt.empty();
    return width.isPresent() ? embedding.withWidth(width.getAsInt()) : embedding;
  }

  private Residual residual() {
    Placement placement = any(List.of(Placement.values()));
    boolean preNorms = placement == Placement.POST_LN ? rarely() : often();
    boolean postNorms = placement == Placement.SEQUENTIAL ? sometimes() : rarely();
    return Residual.PLAIN
        .withPlacement(placement)
        .withPreNorms(preNorms)
        .withPostNorms(postNorms)
        .withSharedNorm(placement == Placement.PARALLEL ? random.nextBoolean() : rarely())
        .withMultiplier(sometimes() ? between(0.2, 1.4) : 1);
  }

  private Head head() {
    return Head.tiedIf(random.nextBoolean())
        .withNorm(often())
        .withBias(sometimes())
        .withScale(sometimes() ? between(0.1, 2) : 1)
        .withCap(maybe(1, 6));
  }

  /** Returns a prompt of a model, of at least two tokens. */
  public List<Integer> tokens(ModelConfig config) {
    int count = 2 + random.nextInt(CONTEXT - 4);
    return random.ints(count, 0, config.dVocab()).boxed().toList();
  }

  /** Returns why facts were refused, if these are facts that no model may have. */
  public static Optional<String> refusal(IllegalArgumentException e) {
    return Optional.ofNullable(e.getMessage())
        .filter(m -> m.contains(" is not supported; supported: "));
  }
}
