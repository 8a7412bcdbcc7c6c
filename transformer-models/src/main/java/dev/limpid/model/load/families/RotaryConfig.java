package dev.limpid.model.load.families;

import dev.limpid.model.config.ModelConfigException;
import dev.limpid.model.config.Positions.Rotary;
import dev.limpid.model.config.Positions.Scaling;
import java.util.List;

/** How the families that rotate spell frequencies and their scaling in config.json. */
final class RotaryConfig {
  private RotaryConfig() {}

  /**
   * Transformers 5 keeps all of it in rope_parameters, 4 in rope_theta and rope_scaling; where both
   * are there, Hugging Face lets rope_scaling win, unless it is empty.
   *
   * @param nContext the original context of a scaling that does not name one
   */
  static Rotary read(ConfigJson json, int nContext) throws ModelConfigException {
    requireWholeHeads(json);
    double theta = json.number("rope_theta", 10_000);
    for (String key : List.of("rope_scaling", "rope_parameters")) {
      if (json.has(key) && !json.object(key).isEmpty()) {
        ConfigJson rope = json.object(key);
        if (rope.has("full_attention") || rope.has("sliding_attention")) {
          throw json.unsupported(key, "of its own for each layer type", "one for all layers");
        }
        return new Rotary(
            rope.number("rope_theta", theta), scaling(rope, original(json, rope, nContext)));
      }
    }
    return new Rotary(theta, new Scaling.None());
  }

  private static void requireWholeHeads(ConfigJson json) throws ModelConfigException {
    if (json.number("partial_rotary_factor", 1) != 1) {
      throw json.unsupported("partial_rotary_factor", "other than 1", "1 (whole heads)");
    }
  }

  /** What stands beside the scaling counts, also where the scaling names another. */
  private static int original(ConfigJson json, ConfigJson rope, int nContext)
      throws ModelConfigException {
    String key = "original_max_position_embeddings";
    return json.has(key) ? json.integer(key) : rope.integer(key, nContext);
  }

  private static Scaling scaling(ConfigJson rope, int originalContext) throws ModelConfigException {
    requireWholeHeads(rope);
    String type = rope.string("rope_type", rope.string("type", "default"));
    return switch (type) {
      case "default" -> new Scaling.None();
      case "linear" -> new Scaling.Linear(rope.number("factor"));
      case "llama3" ->
          new Scaling.Llama3(
              rope.number("factor"),
              rope.number("low_freq_factor"),
              rope.number("high_freq_factor"),
              originalContext);
      default -> throw rope.unsupported("rope_type", type, "default, linear, llama3");
    };
  }
}
