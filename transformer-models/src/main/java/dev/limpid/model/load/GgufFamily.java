package dev.limpid.model.load;

import static dev.limpid.model.load.WeightNames.Pairs.ADJACENT;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The architectures of GGUF files: how each is said in the keys of config.json, and what its
 * weights are called that is unlike what the others call them. What a file does not store is what
 * llama.cpp has in its code.
 */
enum GgufFamily {
  GPT2("gpt2", keys -> gpt2(keys, "gpt2")),
  STARCODER("starcoder", GgufFamily::starcoder),
  GPT_NEOX("gptneox", GgufFamily::gptNeox),
  BLOOM("bloom", GgufFamily::bloom),
  FALCON(
      "falcon",
      GgufFamily::falcon,
      names ->
          names
              .with(Weight.ATTENTION_NORM, "attn_norm_2", "attn_norm")
              .with(Weight.MLP_NORM, "attn_norm")),
  PHI("phi2", GgufFamily::phi),
  PHI3("phi3", GgufFamily::phi3),
  LLAMA("llama", GgufFamily::llama),
  QWEN2("qwen2", keys -> kinOfLlama(keys, "qwen2").noWindows()),
  QWEN3("qwen3", keys -> kinOfLlama(keys, "qwen3").noWindows()),
  QWEN2_MOE("qwen2moe", GgufFamily::qwen2Moe),
  QWEN3_MOE("qwen3moe", GgufFamily::qwen3Moe),
  OLMO("olmo", GgufFamily::olmo),
  OLMO2("olmo2", GgufFamily::olmo2),
  OLMOE("olmoe", GgufFamily::olmoe),
  GRANITE("granite", keys -> granite(keys, "granite")),
  GRANITE_MOE("granitemoe", GgufFamily::graniteMoe),
  SMOLLM3("smollm3", keys -> kinOfLlama(keys, "smollm3")),
  STABLELM("stablelm", GgufFamily::stablelm),
  GEMMA("gemma", keys -> kinOfLlama(keys, "gemma")),
  GEMMA2("gemma2", GgufFamily::gemma2),
  GEMMA3("gemma3", GgufFamily::gemma3),
  COHERE("command-r", GgufFamily::cohere, names -> names.withPairs(ADJACENT)),
  COHERE2("cohere2", GgufFamily::cohere2, names -> names.withPairs(ADJACENT)),
  GPT_OSS(
      "gpt-oss",
      GgufFamily::gptOss,
      names -> names.with(Weight.MLP_NORM, "post_attention_norm", "ffn_norm"));

  /** Architectures whose files hold row i of a head at 2i, and row i + d/2 behind it. */
  private static final List<GgufFamily> INTERLEAVED =
      List.of(LLAMA, OLMO, GRANITE, GRANITE_MOE, SMOLLM3);

  /** Reads the metadata of one architecture. */
  private interface Dialect {
    GgufFacts read(GgufKeys keys) throws IOException;
  }

  private final String architecture;
  private final Dialect dialect;
  private final UnaryOperator<WeightNames> names;

  GgufFamily(String architecture, Dialect dialect) {
    this(architecture, dialect, names -> names);
  }

  GgufFamily(String architecture, Dialect dialect, UnaryOperator<WeightNames> names) {
    this.architecture = architecture;
    this.dialect = dialect;
    this.names = names;
  }

  /** Returns the family of an architecture, or empty if there is none. */
  static Optional<GgufFamily> of(String architecture) {
    return Arrays.stream(values()).filter(f -> f.architecture.equals(architecture)).findFirst();
  }

  /** Returns the names of all architectures, for messages. */
  static String supported() {
    return Arrays.stream(values())
        .map(family -> family.architecture)
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /** Returns what the metadata say, in the keys of config.json. */
  Map<String, Object> read(GgufKeys keys) throws IOException {
    return dialect.read(keys).json();
  }

  /** Returns the names under which files hold the weights of a family. */
  WeightNames names(WeightNames ofFamily) {
    return names.apply(ofFamily.inGguf());
  }

  /** Returns whether the rows of queries and keys are interleaved. */
  boolean interleaves() {
    return INTERLEAVED.contains(this);
  }

  private static GgufFacts gpt2(GgufKeys keys, String modelType) throws IOException {
    return new GgufFacts(keys, modelType)
        .take("block_count", "n_layer")
        .take("embedding_length", "n_embd")
        .take("context_length", "n_positions")
        .take("feed_forward_length", "n_inner")
        .take("attention.head_count", "n_head")
        .layerNorm("layer_norm_epsilon");
  }

  private static GgufFacts starcoder(GgufKeys keys) throws IOException {
    GgufFacts facts = gpt2(keys, "gpt_bigcode");
    long kvHeads = keys.integer("attention.head_count_kv").orElse(1);
    if (kvHeads != 1) {
      throw keys.unsupported("attention.head_count_kv", kvHeads, "1");
    }
    return facts.put("multi_query", true);
  }

  private static GgufFacts gptNeox(GgufKeys keys) throws IOException {
    Optional<Boolean> parallel = keys.flag("use_parallel_residual");
    if (parallel.isEmpty()) {
      throw keys.bad("key 'gptneox.use_parallel_residual' is missing");
    }
    return everyHead(new GgufFacts(keys, "gpt_neox"))
        .sizes()
        .neurons()
        .layerNorm("layer_norm_eps")
        .attention()
        .partialRotation("partial_rotary_factor")
        .put("use_parallel_residual", parallel.get());
  }

  private static GgufFacts bloom(GgufKeys keys) throws IOException {
    GgufFacts facts = everyHead(new GgufFacts(keys, "bloom")).sizes();
    long neurons = keys.required("feed_forward_length").longValue();
    long four = 4 * keys.required("embedding_length").longValue();
    if (neurons != four) {
      throw keys.unsupported(
          "feed_forward_length", neurons, "four times embedding_length, " + four);
    }
    keys.ignore("attention.max_alibi_bias"); // 8, which BLOOM's slopes come from
    return facts.layerNorm("layer_norm_epsilon");
  }

  /** Checks that there is a key head for every query head. */
  private static GgufFacts everyHead(GgufFacts facts) throws IOException {
    if (facts.kvHeads() != facts.heads()) {
      throw facts
          .keys()
          .unsupported("attention.head_count_kv", facts.kvHeads(), "head_count, " + facts.heads());
    }
    return facts;
  }

  private static GgufFacts falcon(GgufKeys keys) throws IOException {
    keys.ignore("tensor_data_layout");
    GgufFacts facts = new GgufFacts(keys, "falcon").sizes();
    // All that is stored of the difference between 7B and the later ones is the second norm.
    return facts
        .put("new_decoder_architecture", true)
        .put("num_kv_heads", facts.kvHeads())
        .put("num_ln_in_parallel_attn", keys.hasInLayer("attn_norm_2.weight") ? 2 : 1)
        .take("feed_forward_length", "ffn_hidden_size")
        .layerNorm("layer_norm_epsilon")
        .rotation();
  }

  private static GgufFacts phi(GgufKeys keys) throws IOException {
    return new GgufFacts(keys, "phi")
        .sizes()
        .neurons()
        .layerNorm("layer_norm_eps")
        .attention()
        .partialRotation("partial_rotary_factor");
  }

  private static GgufFacts phi3(GgufKeys keys) throws IOException {
    GgufFacts facts =
        new GgufFacts(keys, "phi3")
            .sizes()
            .neurons()
            .rmsNorm()
            .attention()
            .partialRotation("partial_rotary_factor");
    long window = keys.integer("attention.sliding_window").orElse(0);
    return window > 0 ? facts.put("sliding_window", window) : facts;
  }

  /** What Llama and many others have alike. */
  private static GgufFacts kinOfLlama(GgufKeys keys, String modelType) throws IOException {
    GgufFacts facts = new GgufFacts(keys, modelType).sizes().neurons().rmsNorm().attention();
    return facts.rotation().put("mlp_bias", facts.biased("ffn_up"));
  }

  private static GgufFacts llama(GgufKeys keys) throws IOException {
    boolean experts = keys.integer("expert_count").orElse(0) > 0;
    GgufFacts facts = kinOfLlama(keys, experts ? "mixtral" : "llama").noWindows();
    if (!experts) {
      keys.ignore("expert_used_count");
      return facts;
    }
    facts.experts("feed_forward_length", "intermediate_size", true);
    return facts.put("num_local_experts", keys.required("expert_count"));
  }

  private static GgufFacts qwen2Moe(GgufKeys keys) throws IOException {
    GgufFacts facts = kinOfLlama(keys, "qwen2_moe").noWindows();
    long all = keys.required("feed_forward_length").longValue();
    facts.experts(
        facts.either("expert_feed_forward_length", "feed_forward_length"),
        "moe_intermediate_size",
        false);
    if (!keys.has("expert_feed_forward_length")) {
      facts.put(
          "moe_intermediate_size",
          all / Math.max(1, keys.required("expert_used_count").longValue()));
    }
    return facts.put(
        "shared_expert_intermediate_size",
        keys.integer("expert_shared_feed_forward_length").orElse(all));
  }

  private static GgufFacts qwen3Moe(GgufKeys keys) throws IOException {
    GgufFacts facts = kinOfLlama(keys, "qwen3_moe").noWindows();
    facts.experts(
        facts.either("expert_feed_forward_length", "feed_forward_length"),
        "moe_intermediate_size",
        true);
    if (!keys.has("expert_feed_forward_length")) {
      long all = keys.required("feed_forward_length").longValue();
      facts.put(
          "moe_intermediate_size",
          all / Math.max(1, keys.required("expert_used_count").longValue()));
    }
    return facts;
  }

  private static GgufFacts olmo(GgufKeys keys) throws IOException {
    double epsilon = keys.number("attention.layer_norm_epsilon").orElse(1e-5);
    if ((float) epsilon != 1e-5f) {
      throw keys.unsupported("attention.layer_norm_epsilon", epsilon, "1e-5");
    }
    GgufFacts facts = new GgufFacts(keys, "olmo").sizes().neurons().attention().rotation();
    OptionalDouble clip = keys.number("attention.clamp_kqv");
    return clip.orElse(0) > 0 ? facts.put("clip_qkv", clip.getAsDouble()) : facts;
  }

  private static GgufFacts olmo2(GgufKeys keys) throws IOException {
    boolean slides = keys.integer("attention.sliding_window").orElse(0) > 0;
    GgufFacts facts = kinOfLlama(keys, slides ? "olmo3" : "olmo2");
    return slides ? facts.windows(4, OptionalLong.empty()) : facts;
  }

  private static GgufFacts olmoe(GgufKeys keys) throws IOException {
    GgufFacts facts = kinOfLlama(keys, "olmoe");
    return facts.experts(
        facts.either("expert_feed_forward_length", "feed_forward_length"),
        "intermediate_size",
        false);
  }

  private static GgufFacts granite(GgufKeys keys, String modelType) throws IOException {
    if (!keys.flag("rope.scaling.finetuned").orElse(true)) {
      throw keys.unsupported("rope.scaling.finetuned", "false", "true");
    }
    GgufFacts facts = kinOfLlama(keys, modelType);
    return facts
        .put("attention_multiplier", scale(facts, facts.width()))
        .put("embedding_multiplier", keys.number("embedding_scale").orElse(1))
        .put("residual_multiplier", keys.number("residual_scale").orElse(1))
        .take("logit_scale", "logits_scaling");
  }

  /** Granite with experts, and with one that nothing weighs, where its width is given. */
  private static GgufFacts graniteMoe(GgufKeys keys) throws IOException {
    long shared = keys.integer("expert_shared_feed_forward_length").orElse(0);
    GgufFacts facts = granite(keys, shared > 0 ? "granitemoeshared" : "granitemoe").noWindows();
    return facts
        .experts("feed_forward_length", "intermediate_size", true)
        .put("num_local_experts", keys.required("expert_count"))
        .put("shared_intermediate_size", shared);
  }

  /** Where a scale of scores is 0, none is meant. */
  private static double scale(GgufFacts facts, long width) throws IOException {
    double stated = facts.keys().number("attention.scale").orElse(0);
    return stated == 0 ? 1 / Math.sqrt((double) width) : stated;
  }

  private static GgufFacts stablelm(GgufKeys keys) throws IOException {
    // The norm in front of the MLP counts, whatever this key says.
    keys.ignore("use_parallel_residual");
    GgufFacts facts =
        new GgufFacts(keys, "stablelm")
            .sizes()
            .neurons()
            .layerNorm("layer_norm_eps")
            .attention()
            .partialRotation("partial_rotary_factor");
    return facts
        .put("use_qkv_bias", facts.biased("attn_q") || facts.biased("attn_qkv"))
        .put("qk_layernorm", keys.hasInLayer("attn_q_norm.weight"))
        .put("use_parallel_residual", !keys.hasInLayer("ffn_norm.weight"));
  }

  private static GgufFacts gemma2(GgufKeys keys) throws IOException {
    GgufFacts facts = kinOfLlama(keys, "gemma2").windows(2, OptionalLong.of(4096));
    return facts
        .put("query_pre_attn_scalar", scalar(facts, 46))
        .put("attn_logit_softcapping", keys.number("attn_logit_softcapping").orElse(50))
        .put("final_logit_softcapping", keys.number("final_logit_softcapping").orElse(30));
  }

  private static GgufFacts gemma3(GgufKeys keys) throws IOException {
    GgufFacts facts = kinOfLlama(keys, "gemma3_text").windows(6, OptionalLong.empty());
    facts
        .put("query_pre_attn_scalar", scalar(facts, 62))
        .put("rope_local_base_freq", keys.number("rope.freq_base_swa").orElse(10_000));
    OptionalDouble cap = keys.number("final_logit_softcapping");
    return cap.orElse(0) > 0 ? facts.put("final_logit_softcapping", cap.getAsDouble()) : facts;
  }

  /** The largest model of a generation, known by its layers, divides by sqrt(D / H). */
  private static double scalar(GgufFacts facts, int layersOfTheLargest) throws IOException {
    double stated = facts.keys().number("attention.scale").orElse(0);
    if (stated != 0) {
      return 1 / (stated * stated);
    }
    return (double) (facts.layers() == layersOfTheLargest ? facts.evenWidth() : facts.width());
  }

  private static GgufFacts cohere(GgufKeys keys) throws IOException {
    return new GgufFacts(keys, "cohere")
        .sizes()
        .neurons()
        .layerNorm("layer_norm_eps")
        .attention()
        .rotation()
        .put("use_qk_norm", keys.hasInLayer("attn_q_norm.weight"))
        .take("logit_scale", "logit_scale");
  }

  private static GgufFacts cohere2(GgufKeys keys) throws IOException {
    return new GgufFacts(keys, "cohere2")
        .sizes()
        .neurons()
        .layerNorm("layer_norm_eps")
        .attention()
        .rotation()
        .windows(4, OptionalLong.empty())
        .take("logit_scale", "logit_scale");
  }

  private static GgufFacts gptOss(GgufKeys keys) throws IOException {
    GgufFacts facts =
        new GgufFacts(keys, "gpt_oss")
            .sizes()
            .rmsNorm()
            .attention()
            .rotation()
            .withWholeRamp()
            .windows(2, OptionalLong.empty());
    keys.ignore("feed_forward_length");
    return facts.experts(
        facts.either("expert_feed_forward_length", "feed_forward_length"),
        "intermediate_size",
        true);
  }
}
