package dev.limpid.model.load.families;

import dev.limpid.model.config.ModelConfigException;
import dev.limpid.model.config.Positions;
import dev.limpid.model.config.Positions.ByLayer;
import dev.limpid.model.config.Positions.Rotary;
import dev.limpid.model.config.Positions.Scaling;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How the families that rotate spell frequencies and their scaling in config.json.
 *
 * <p>Transformers 5 keeps all of it in rope_parameters, 4 in rope_theta and rope_scaling; where
 * both are there, Hugging Face lets rope_scaling win, unless it is empty.
 *
 * @param nContext the longest prompt
 * @param originalContext that of a scaling that does not name one
 * @param dHead the width of a head
 * @param theta the base where none is named
 * @param part the share of each head that is turned where none is named; empty for a family that
 *     turns whole heads and nothing else
 * @param longRopeNames what longrope is called
 */
record RotaryConfig(
    ConfigJson json,
    int nContext,
    int originalContext,
    int dHead,
    double theta,
    OptionalDouble part,
    List<String> longRopeNames) {
  private static final String FULL = "full_attention";
  private static final String SLIDING = "sliding_attention";

  /** Returns the reading of a family that turns whole heads, with a base of 10000. */
  static RotaryConfig of(ConfigJson json, int nContext, int dHead) {
    return new RotaryConfig(
        json, nContext, nContext, dHead, 10_000, OptionalDouble.empty(), List.of("longrope"));
  }

  /** Returns the same with another base where none is named. */
  RotaryConfig withTheta(double absent) {
    return new RotaryConfig(json, nContext, originalContext, dHead, absent, part, longRopeNames);
  }

  /** Returns the same of a family that turns a part of each head: that share if none is named. */
  RotaryConfig withPart(double absent) {
    return new RotaryConfig(
        json, nContext, originalContext, dHead, theta, OptionalDouble.of(absent), longRopeNames);
  }

  /** Returns the same of a family that had other names for longrope, and that original context. */
  RotaryConfig withLongRope(int original, String... names) {
    return new RotaryConfig(json, nContext, original, dHead, theta, part, List.of(names));
  }

  /** Reads the rotation of all layers. */
  Rotary read() throws ModelConfigException {
    double base = json.number("rope_theta", theta);
    for (String key : List.of("rope_scaling", "rope_parameters")) {
      if (isGiven(key)) {
        ConfigJson rope = json.object(key);
        if (isByType(rope)) {
          throw json.unsupported(key, "of its own for each layer type", "one for all layers");
        }
        return rotary(rope.number("rope_theta", base), rope);
      }
    }
    return rotary(base, ConfigJson.of(json.path(), Map.of()));
  }

  /**
   * Reads the rotations of a family whose sliding layers turn in another way.
   *
   * @param sliding which layers slide, [L]
   * @param local the base of sliding layers, where that is not given by type; empty for that of the
   *     others
   */
  Positions readByType(List<Boolean> sliding, OptionalDouble local) throws ModelConfigException {
    Rotary full;
    Rotary slides;
    if (!isGiven("rope_scaling")
        && isGiven("rope_parameters")
        && isByType(json.object("rope_parameters"))) {
      full = ofType(FULL);
      slides = ofType(SLIDING);
    } else {
      // The old dialect scales full layers alone.
      full = read();
      Rotary plain = full.withScaling(new Scaling.None());
      slides =
          local.isPresent()
              ? new Rotary(local.getAsDouble(), plain.scaling(), plain.part())
              : plain;
    }
    if (full.equals(slides)) {
      return full;
    }
    return new ByLayer(
        sliding.stream().<Positions>map(isSliding -> isSliding ? slides : full).toList());
  }

  private Rotary ofType(String type) throws ModelConfigException {
    ConfigJson all = json.object("rope_parameters");
    ConfigJson rope = all.has(type) ? all.object(type) : ConfigJson.of(json.path(), Map.of());
    return rotary(rope.number("rope_theta", json.number("rope_theta", theta)), rope);
  }

  private boolean isGiven(String key) throws ModelConfigException {
    return json.has(key) && !json.object(key).isEmpty();
  }

  private static boolean isByType(ConfigJson rope) {
    return rope.has(FULL) || rope.has(SLIDING);
  }

  private Rotary rotary(double base, ConfigJson rope) throws ModelConfigException {
    int n = turned(rope);
    Rotary whole = new Rotary(base, scaling(rope, base, n));
    return n == dHead ? whole : whole.withPart(n);
  }

  /** How many elements of each head are turned. */
  private int turned(ConfigJson rope) throws ModelConfigException {
    String key = "partial_rotary_factor";
    double share = rope.number(key, json.number(key, part.orElse(1)));
    if (part.isEmpty() && share != 1) {
      throw json.unsupported(key, "other than 1", "1 (whole heads)");
    }
    int n = (int) (dHead * share);
    if (n < 2 || n > dHead || n % 2 != 0) {
      throw json.invalid(
          "%d of the %d elements of a head are rotated (a share of %s), which cannot be done in pairs"
              .formatted(n, dHead, share));
    }
    return n;
  }

  /** What stands beside the scaling counts, also where the scaling names another. */
  private int original(ConfigJson rope) throws ModelConfigException {
    String key = "original_max_position_embeddings";
    return json.has(key) ? json.integer(key) : rope.integer(key, originalContext);
  }

  private Scaling scaling(ConfigJson rope, double base, int n) throws ModelConfigException {
    String type = rope.string("rope_type", rope.string("type", "default"));
    return switch (longRopeNames.contains(type) ? "longrope" : type) {
      // Dynamic scaling begins beyond the context, where prompts are refused.
      case "default", "dynamic" -> new Scaling.None();
      case "linear" -> new Scaling.Linear(rope.number("factor"));
      case "llama3" ->
          new Scaling.ByWavelength(
              rope.number("factor"),
              rope.number("low_freq_factor"),
              rope.number("high_freq_factor"),
              original(rope));
      case "yarn" -> yarn(rope, base, n);
      case "longrope" -> longRope(rope, n);
      default ->
          throw rope.unsupported(
              "rope_type", type, "default, linear, dynamic, llama3, yarn, longrope");
    };
  }

  Scaling yarn(ConfigJson rope, double base, int n) throws ModelConfigException {
    double context = original(rope);
    double factor = rope.number("factor", nContext / context);
    double low = dimension(rope.number("beta_fast", 32), base, context, n);
    double high = dimension(rope.number("beta_slow", 1), base, context, n);
    if (rope.flag("truncate", true)) {
      low = Math.floor(low);
      high = Math.ceil(high);
    }
    low = Math.max(low, 0);
    high = Math.min(high, n - 1);
    if (low == high) {
      high += 0.001;
    }
    double magnitude =
        rope.has("mscale") && rope.has("mscale_all_dim")
            ? magnitude(rope.number("mscale"), factor)
                / magnitude(rope.number("mscale_all_dim"), factor)
            : magnitude(1, factor);
    return new Scaling.Yarn(factor, low, high, rope.number("attention_factor", magnitude));
  }

  /** The frequency, counted from the highest, that turns so many times within the context. */
  private static double dimension(double turns, double base, double context, int n) {
    return n * Math.log(context / (turns * 2 * Math.PI)) / (2 * Math.log(base));
  }

  private static double magnitude(double scale, double factor) {
    return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
  }

  private Scaling longRope(ConfigJson rope, int n) throws ModelConfigException {
    int context = original(rope);
    double factor = rope.number("factor", (double) nContext / context);
    double magnitude = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(context));
    return new Scaling.LongRope(
        factors(rope, "short_factor", n),
        factors(rope, "long_factor", n),
        context,
        rope.number("attention_factor", magnitude));
  }

  private static List<Float> factors(ConfigJson rope, String key, int n)
      throws ModelConfigException {
    List<Float> factors = rope.numbers(key);
    if (factors.size() != n / 2) {
      throw rope.invalid(
          "%s has %d factors, should have %d, half of what is rotated"
              .formatted(key, factors.size(), n / 2));
    }
    return factors;
  }
}
