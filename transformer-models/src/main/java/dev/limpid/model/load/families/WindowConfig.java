package dev.limpid.model.load.families;

import dev.limpid.model.config.ModelConfigException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;

/** How families spell sliding attention windows in config.json. */
final class WindowConfig {
  private static final String WINDOW = "sliding_window";

  /** Far more than any model has: a list of windows must not be as long as a damaged file says. */
  private static final int MOST_LAYERS = 10_000;

  private WindowConfig() {}

  /**
   * Returns one window for all layers, [L], or an empty list for none.
   *
   * @param absent the window where the key is absent; a key that is null always means none
   */
  static List<Integer> everywhere(ConfigJson json, OptionalInt absent) throws ModelConfigException {
    OptionalInt window = window(json, absent);
    return window.isEmpty() ? List.of() : Collections.nCopies(nLayers(json), window.getAsInt());
  }

  /**
   * Returns Qwen's windows, [L], or an empty list for none: in the layers that layer_types names or
   * else from max_window_layers on, and only if use_sliding_window is true.
   *
   * @param absentContext the context where its key is absent; it is the window of other layers
   */
  static List<Integer> byLayer(ConfigJson json, int absentContext) throws ModelConfigException {
    OptionalInt window =
        json.flag("use_sliding_window", false)
            ? window(json, OptionalInt.of(4096))
            : OptionalInt.empty();
    List<Boolean> sliding =
        json.has("layer_types") ? named(json, nLayers(json)) : counted(json, window.isPresent());
    if (!sliding.contains(true)) {
      return List.of();
    }
    if (window.isEmpty()) {
      throw json.invalid(
          "layer_types names sliding_attention, but use_sliding_window is not true or"
              + " sliding_window is null");
    }
    int context = json.integer("max_position_embeddings", absentContext);
    return sliding.stream().map(slides -> slides ? window.getAsInt() : context).toList();
  }

  /** Says whether a layer slides where a configuration does not. */
  interface Rule {
    /** Returns whether that layer slides. */
    boolean slides(int layer);
  }

  /** Returns which layers slide, [L]: those that layer_types names, else those of a rule. */
  static List<Boolean> sliding(ConfigJson json, Rule rule) throws ModelConfigException {
    return sliding(json, nLayers(json), rule);
  }

  /** Returns the same of so many layers. */
  static List<Boolean> sliding(ConfigJson json, int nLayers, Rule rule)
      throws ModelConfigException {
    if (json.has("layer_types")) {
      return named(json, nLayers);
    }
    List<Boolean> sliding = new ArrayList<>();
    for (int l = 0; l < nLayers; l++) {
      sliding.add(rule.slides(l));
    }
    return sliding;
  }

  /**
   * Returns the windows of layers that slide and of those that do not, [L], or an empty list if
   * none slides.
   *
   * @param absent the window where the key is absent; a sliding layer must have one
   */
  static List<Integer> of(ConfigJson json, List<Boolean> sliding, OptionalInt absent, int nContext)
      throws ModelConfigException {
    if (!sliding.contains(true)) {
      return List.of();
    }
    OptionalInt window = window(json, absent);
    if (window.isEmpty()) {
      throw json.invalid("a layer of sliding_attention, but sliding_window is null or absent");
    }
    return sliding.stream().map(slides -> slides ? window.getAsInt() : nContext).toList();
  }

  private static OptionalInt window(ConfigJson json, OptionalInt absent)
      throws ModelConfigException {
    if (json.has(WINDOW)) {
      return OptionalInt.of(json.integer(WINDOW));
    }
    return json.mentions(WINDOW) ? OptionalInt.empty() : absent;
  }

  private static List<Boolean> named(ConfigJson json, int nLayers) throws ModelConfigException {
    List<Boolean> sliding = new ArrayList<>();
    for (String type : json.strings("layer_types")) {
      sliding.add(
          switch (type) {
            case "sliding_attention" -> true;
            case "full_attention" -> false;
            default ->
                throw json.unsupported("layer_types", type, "full_attention, sliding_attention");
          });
    }
    if (sliding.size() != nLayers) {
      throw json.invalid(
          "layer_types has %d entries, num_hidden_layers is %d".formatted(sliding.size(), nLayers));
    }
    return sliding;
  }

  private static List<Boolean> counted(ConfigJson json, boolean hasWindow)
      throws ModelConfigException {
    int nLayers = nLayers(json);
    int first = json.integer("max_window_layers", 28);
    List<Boolean> sliding = new ArrayList<>();
    for (int layer = 0; layer < nLayers; layer++) {
      sliding.add(hasWindow && layer >= first);
    }
    return sliding;
  }

  static int nLayers(ConfigJson json) throws ModelConfigException {
    int nLayers = json.integer("num_hidden_layers");
    if (nLayers < 1 || nLayers > MOST_LAYERS) {
      throw json.invalid("num_hidden_layers is " + nLayers + ", not from 1 to " + MOST_LAYERS);
    }
    return nLayers;
  }
}
