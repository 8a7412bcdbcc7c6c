package dev.limpid.model.load.lora;

import dev.limpid.model.config.ModelConfigException;
import dev.limpid.model.load.families.ConfigJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * What adapter_config.json says: s = alpha / r, or alpha / sqrt(r), for each adapted module.
 *
 * @param file where it says so
 * @param base the folder or the name of the model it was trained on
 * @param rank r, where no pattern says otherwise
 * @param alpha likewise
 * @param root whether the scale is alpha / sqrt(r) (rsLoRA)
 * @param ranks r of the modules whose name, or its end after a dot, an expression matches
 * @param alphas alpha of such modules
 */
record AdapterConfig(
    Path file,
    String base,
    int rank,
    double alpha,
    boolean root,
    Map<Pattern, Integer> ranks,
    Map<Pattern, Double> alphas) {
  static final String FILE = "adapter_config.json";

  /** Keys that are read here, and those that say only how the adapter was trained. */
  private static final Set<String> KNOWN =
      Set.of(
          "alpha_pattern",
          "auto_mapping",
          "base_model_name_or_path",
          "bias",
          "eva_config",
          "exclude_modules",
          "fan_in_fan_out",
          "inference_mode",
          "init_lora_weights",
          "layers_pattern",
          "layers_to_transform",
          "lora_alpha",
          "lora_dropout",
          "megatron_core",
          "modules_to_save",
          "peft_type",
          "peft_version",
          "qalora_group_size",
          "r",
          "rank_pattern",
          "revision",
          "target_modules",
          "task_type",
          "use_rslora");

  /**
   * Reads the file in a folder.
   *
   * @throws ModelConfigException if it asks for anything that is not the sum of a base and products
   *     of two matrices, naming key and value
   */
  static AdapterConfig read(Path folder) throws IOException {
    ConfigJson json = ConfigJson.read(folder.resolve(FILE));
    oneOf(json, "peft_type", "(none)", Set.of("LORA"));
    oneOf(json, "task_type", "CAUSAL_LM", Set.of("CAUSAL_LM"));
    oneOf(json, "bias", "none", Set.of("all", "lora_only", "none"));
    oneOf(json, "revision", "main", Set.of("main"));
    if (!json.isFlag("init_lora_weights")) {
      // Others begin by changing the base, which is then not the one that is named.
      oneOf(json, "init_lora_weights", "gaussian", Set.of("eva", "gaussian", "orthogonal"));
    }
    for (String key : json.keys()) {
      if (!KNOWN.contains(key) && !json.isUnset(key)) {
        throw json.unsupported(key, json.words(key), "null or false");
      }
    }
    return new AdapterConfig(
        folder.resolve(FILE),
        json.string("base_model_name_or_path", ""),
        json.positive("r", 8),
        json.number("lora_alpha", 8),
        json.flag("use_rslora", false),
        patterns(json, "rank_pattern", (of, key) -> of.positive(key, 1)),
        patterns(json, "alpha_pattern", ConfigJson::number));
  }

  private static void oneOf(ConfigJson json, String key, String absent, Set<String> supported)
      throws ModelConfigException {
    String value = json.string(key, absent);
    if (!supported.contains(value)) {
      throw json.unsupported(key, value, String.join(", ", supported.stream().sorted().toList()));
    }
  }

  /** Reads the value of a key. */
  private interface Value<T> {
    T of(ConfigJson json, String key) throws ModelConfigException;
  }

  private static <T> Map<Pattern, T> patterns(ConfigJson json, String key, Value<T> value)
      throws ModelConfigException {
    Map<Pattern, T> patterns = new LinkedHashMap<>();
    if (json.has(key)) {
      ConfigJson object = json.object(key);
      for (String name : object.keys()) {
        try {
          patterns.put(Pattern.compile("(.*\\.)?(" + name + ")"), value.of(object, name));
        } catch (PatternSyntaxException e) {
          throw json.invalid("%s: '%s' is no regular expression".formatted(key, name));
        }
      }
    }
    return patterns;
  }

  /** Returns r of a module by its whole name. */
  int rank(String module) throws ModelConfigException {
    return first(ranks, module, rank);
  }

  /** Returns what the product of a module's matrices is multiplied by. */
  double scale(String module) throws ModelConfigException {
    int r = rank(module);
    return first(alphas, module, alpha) / (root ? Math.sqrt(r) : r);
  }

  private <T> T first(Map<Pattern, T> patterns, String module, T otherwise)
      throws ModelConfigException {
    for (Map.Entry<Pattern, T> entry : patterns.entrySet()) {
      @Nullable Boolean matches = CountedName.matches(entry.getKey(), module);
      if (matches == null) {
        throw new ModelConfigException(
            file, "a pattern of rank_pattern or alpha_pattern takes too long on " + module);
      }
      if (matches) {
        return entry.getValue();
      }
    }
    return otherwise;
  }
}
