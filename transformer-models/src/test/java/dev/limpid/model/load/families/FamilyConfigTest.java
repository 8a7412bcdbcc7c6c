package dev.limpid.model.load.families;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.model.config.Attention;
import dev.limpid.model.config.Head;
import dev.limpid.model.config.HeadNorm;
import dev.limpid.model.config.Mlp;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.ModelConfigException;
import dev.limpid.model.config.Norm;
import dev.limpid.model.config.Positions.Learned;
import dev.limpid.model.config.Positions.Rotary;
import dev.limpid.model.config.Positions.Scaling;
import dev.limpid.model.config.Sizes;
import dev.limpid.model.load.ModelFiles;
import dev.limpid.tensor.ops.Activation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Published config.json files of the families' kin, and what is refused in words. */
class FamilyConfigTest {
  private static final String SIZES =
      "\"hidden_size\": 64, \"intermediate_size\": 96, \"num_hidden_layers\": 3,"
          + " \"num_attention_heads\": 4, \"vocab_size\": 100";

  @TempDir Path folder;

  @Test
  void silenceMeansTheFirstModelOfTheFamily() throws IOException {
    assertThat(read("{\"model_type\": \"gpt2\"}"))
        .isEqualTo(
            ModelConfig.of(
                    "gpt2",
                    new Sizes(12, 768, 50257, 1024),
                    Attention.of(12, 12, 64).withInputBias(true).withOutputBias(true),
                    Mlp.plain(3072, Activation.GELU_TANH).withBias(true),
                    Norm.layerNorm(1e-5),
                    new Learned(0))
                .withHead(Head.tiedIf(true)));
    assertThat(read("{\"model_type\": \"opt\"}"))
        .isEqualTo(
            ModelConfig.of(
                    "opt",
                    new Sizes(12, 768, 50272, 2048),
                    Attention.of(12, 12, 64).withInputBias(true).withOutputBias(true),
                    Mlp.plain(3072, Activation.RELU).withBias(true),
                    Norm.layerNorm(1e-5),
                    new Learned(2))
                .withHead(Head.tiedIf(true))
                .withBosId(OptionalInt.of(2)));
  }

  @Test
  void theKinOfLlamaDifferByName() throws IOException {
    Attention plain = Attention.of(4, 2, 16);
    String biased = "\"attention_bias\": true, \"mlp_bias\": true";
    assertThat(read(kin("llama", biased)).attention())
        .isEqualTo(plain.withInputBias(true).withOutputBias(true));
    assertThat(read(kin("llama", biased)).mlp())
        .isEqualTo(Mlp.gated(96, Activation.SILU).withBias(true));
    assertThat(read(kin("mistral", biased + ", \"sliding_window\": 7")).attention())
        .isEqualTo(plain.withWindows(List.of(7, 7, 7)));
    assertThat(read(kin("qwen2", biased)).attention()).isEqualTo(plain.withInputBias(true));
    assertThat(read(kin("qwen3", biased)).attention())
        .isEqualTo(
            Attention.of(4, 2, 128)
                .withInputBias(true)
                .withOutputBias(true)
                .withHeadNorm(new HeadNorm(Norm.rmsNorm(1e-6), HeadNorm.Over.EACH_HEAD)));
    assertThat(read(kin("qwen3", biased)).mlp()).isEqualTo(Mlp.gated(96, Activation.SILU));
  }

  @Test
  void opt350mNormsItsSums() throws IOException {
    String published =
        """
        {"_name_or_path": "opt-350m", "_remove_final_layer_norm": false, "activation_dropout": 0.0,
         "activation_function": "relu", "architectures": ["OPTForCausalLM"],
         "attention_dropout": 0.0, "bos_token_id": 2, "do_layer_norm_before": false,
         "dropout": 0.1, "eos_token_id": 2, "ffn_dim": 4096, "hidden_size": 1024, "init_std": 0.02,
         "layerdrop": 0.0, "max_position_embeddings": 2048, "model_type": "opt",
         "num_attention_heads": 16, "num_hidden_layers": 24, "pad_token_id": 1, "prefix": "</s>",
         "torch_dtype": "float16", "use_cache": true, "vocab_size": 50272,
         "word_embed_proj_dim": 512}
        """;
    ModelConfig config = read(published);
    assertThat(config.residual().normsSums()).isTrue();
    assertThat(config.residual().preNorms()).isFalse();
    assertThat(config.embedding().width()).hasValue(512);
    assertThat(config.head().normed()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"768,12,12", "2048,24,32", "2560,32,32", "4096,32,32"}) // 125m, 1.3b, 2.7b, 6.7b
  void otherOptSizesAreRead(int width, int layers, int heads) throws IOException {
    ModelConfig config =
        read(
            """
            {"model_type": "opt", "do_layer_norm_before": true, "hidden_size": %d,
             "word_embed_proj_dim": %d, "num_hidden_layers": %d, "num_attention_heads": %d,
             "ffn_dim": 3072, "prefix": "</s>", "torch_dtype": "float16"}
            """
                .formatted(width, width, layers, heads));
    assertThat(config.dHead()).isEqualTo(width / heads);
    assertThat(config.nLayers()).isEqualTo(layers);
    assertThat(config.bosId()).hasValue(2);
  }

  @Test
  void llama3ScalingIsReadInBothDialects() throws IOException {
    String scaling =
        "\"factor\": 32.0, \"high_freq_factor\": 4.0, \"low_freq_factor\": 1.0,"
            + " \"original_max_position_embeddings\": 8192, \"rope_type\": \"llama3\"";
    Rotary expected = new Rotary(500_000, new Scaling.ByWavelength(32, 1, 4, 8192));
    String old = "\"rope_theta\": 500000.0, \"rope_scaling\": {" + scaling + "}";
    String recent = "\"rope_parameters\": {\"rope_theta\": 500000.0, " + scaling + "}";
    assertThat(read(kin("llama", old)).positions()).isEqualTo(expected);
    assertThat(read(kin("llama", recent)).positions()).isEqualTo(expected);
  }

  @Test
  void otherScalingsAreRefused() {
    for (String key : new String[] {"rope_scaling", "rope_parameters"}) {
      assertRefused(
          kin("qwen2", "\"%s\": {\"rope_type\": \"proportional\"}".formatted(key)),
          "rope_type 'proportional' is not supported",
          "default, linear, dynamic, llama3, yarn, longrope");
    }
  }

  @Test
  void yarnIsReadWithItsRamp() throws IOException {
    String yarn =
        "\"rope_theta\": 150000.0, \"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 32.0,"
            + " \"beta_fast\": 32.0, \"beta_slow\": 1.0, \"truncate\": false,"
            + " \"original_max_position_embeddings\": 4096}, \"head_dim\": 64";
    Rotary rotary = (Rotary) read(kin("qwen3", yarn)).positions();
    Scaling.Yarn scaling = (Scaling.Yarn) rotary.scaling();
    assertThat(scaling.low()).isCloseTo(8.0928, within(1e-4));
    assertThat(scaling.high()).isCloseTo(17.3980, within(1e-4));
    assertThat(scaling.magnitude()).isCloseTo(1.3466, within(1e-4));
  }

  @Test
  void anglesOfTheirOwnForEachLayerTypeAreRefused() {
    assertRefused(
        kin("qwen3", "\"rope_parameters\": {\"full_attention\": {\"rope_theta\": 1000.0}}"),
        "rope_parameters",
        "for each layer type");
  }

  @Test
  void aScalingWithoutItsContextTakesTheModels() throws IOException {
    String scaling =
        "\"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8.0,"
            + " \"low_freq_factor\": 1.0, \"high_freq_factor\": 4.0}";
    Scaling.ByWavelength given = new Scaling.ByWavelength(8, 1, 4, 50);
    assertThat(read(kin("llama", scaling)).positions()).isEqualTo(new Rotary(10_000, given));
    Scaling.ByWavelength absent = new Scaling.ByWavelength(8, 1, 4, 32_768);
    assertThat(read(bare("qwen2", "\"num_key_value_heads\": 2, " + scaling)).positions())
        .isEqualTo(new Rotary(10_000, absent));
  }

  @Test
  void anEmptyScalingIsNone() throws IOException {
    String both = "\"rope_scaling\": {}, \"rope_parameters\": {\"rope_theta\": 5.0}";
    assertThat(read(kin("llama", both)).positions()).isEqualTo(new Rotary(5, new Scaling.None()));
  }

  @Test
  void rotationOfAPartOfEachHeadIsRefused() {
    String part = "\"partial_rotary_factor\": 0.5";
    for (String json : new String[] {part, "\"rope_parameters\": {" + part + "}"}) {
      assertRefused(kin("qwen3", json), "partial_rotary_factor", "1 (whole heads)");
    }
  }

  @Test
  void aWindowIsWhatItsFamilySays() throws IOException {
    assertThat(windows(kin("mistral", "\"sliding_window\": 7"))).containsExactly(7, 7, 7);
    assertThat(windows(kin("mistral", "\"sliding_window\": null"))).containsExactly(50, 50, 50);
    assertThat(windows(kin("mistral", "\"hidden_act\": \"silu\""))).containsOnly(4096);
    assertThat(windows(kin("llama", "\"sliding_window\": 7"))).containsOnly(50);
    String off = "\"sliding_window\": 7, \"max_window_layers\": 1";
    String on = off + ", \"use_sliding_window\": true";
    assertThat(windows(kin("qwen2", off))).containsExactly(50, 50, 50);
    assertThat(windows(kin("qwen2", on))).containsExactly(50, 7, 7);
    String types =
        ", \"layer_types\": [\"sliding_attention\", \"full_attention\", \"full_attention\"]";
    assertThat(windows(kin("qwen3", on + types))).containsExactly(7, 50, 50);
  }

  @Test
  void windowsThatContradictThemselvesAreRefused() {
    String one = "\"layer_types\": [\"sliding_attention\"]";
    String three = "\"layer_types\": [\"full_attention\", \"%s\", \"full_attention\"]";
    assertRefused(kin("qwen2", one), "layer_types has 1 entries");
    assertRefused(
        kin("qwen2", three.formatted("linear_attention")), "'linear_attention' is not supported");
    assertRefused(
        kin("qwen2", three.formatted("sliding_attention")), "use_sliding_window is not true");
    assertRefused(kin("qwen2", "\"layer_types\": 3"), "should be a list of strings");
    assertRefused(kin("mistral", "\"layer_types\": []"), "layer_types", "the same window");
    assertRefused(kin("mistral", "\"sliding_window\": 0"), "attention window is 0");
    assertRefused(kin("mistral", "\"sliding_window\": -3"), "attention window is -3");
  }

  @Test
  void absentKeysMeanWhatTheyMeanToHuggingFace() throws IOException {
    String keys = "\"rms_norm_eps\": 1e-6";
    assertThat(read(bare("llama", keys)).nKvHeads()).isEqualTo(4);
    assertThat(read(bare("qwen2", "\"num_key_value_heads\": null")).nKvHeads()).isEqualTo(4);
    assertThat(read(bare("qwen3", "\"num_key_value_heads\": 2")).dHead()).isEqualTo(128);
    assertThat(read(bare("qwen2", "\"num_key_value_heads\": 2")).dHead()).isEqualTo(16);
    assertRefused(bare("mistral", keys), "8 key/value heads do not divide 4 query heads");
    assertRefused(bare("qwen2", keys), "32 key/value heads do not divide 4 query heads");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, Integer.MAX_VALUE})
  void numbersOfLayersThatNoModelHasAreRefused(int layers) {
    String windows = "\"use_sliding_window\": true, \"sliding_window\": 7";
    for (String type : new String[] {"mistral", "qwen2", "qwen3"}) {
      String json =
          kin(type, windows)
              .replace("\"num_hidden_layers\": 3", "\"num_hidden_layers\": " + layers);
      assertRefused(json, "num_hidden_layers is " + layers);
    }
  }

  /** Llama's files name the original context in the scaling, some of its kin beside it. */
  @Test
  void theOriginalContextBesideTheScalingCounts() throws IOException {
    String scaling =
        "\"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 4.0, \"low_freq_factor\": 1.0,"
            + " \"high_freq_factor\": 3.0 %s}%s";
    String within = ", \"original_max_position_embeddings\": 20";
    String beside = ", \"original_max_position_embeddings\": 30";
    for (String type : List.of("llama", "mistral", "qwen3")) {
      assertThat(originalContext(kin(type, scaling.formatted("", "")))).isEqualTo(50);
      assertThat(originalContext(kin(type, scaling.formatted(within, "")))).isEqualTo(20);
      assertThat(originalContext(kin(type, scaling.formatted("", beside)))).isEqualTo(30);
      assertThat(originalContext(kin(type, scaling.formatted(within, beside)))).isEqualTo(30);
    }
  }

  private int originalContext(String json) throws IOException {
    Rotary rotary = (Rotary) read(json).positions();
    return ((Scaling.ByWavelength) rotary.scaling()).originalContext();
  }

  @Test
  void quantisedWeightsAreRefusedInEveryFamily() {
    assertRefused(
        kin("llama", "\"quantization_config\": {\"quant_method\": \"gptq\"}"),
        "quantization_config 'gptq' is not supported",
        "F32, F16 or BF16");
  }

  @Test
  void attentionToWhatFollowsIsRefusedInEveryFamily() throws IOException {
    assertThat(read(kin("llama", "\"is_causal\": true")).modelType()).isEqualTo("llama");
    assertRefused(kin("qwen2", "\"is_causal\": false"), "is_causal 'false' is not supported");
    assertRefused("{\"model_type\": \"gpt2\", \"is_causal\": false}", "is_causal", "before it");
  }

  @Test
  void numbersThatAreNoneHinderWhereTheyCount() throws IOException {
    assertThat(read(kin("llama", "\"attention_dropout\": NaN, \"x\": -Infinity")).nLayers())
        .isEqualTo(3);
    assertRefused(kin("llama", "\"rms_norm_eps\": NaN"), "rms_norm_eps", "a number");
    assertRefused(kin("llama", "\"sliding_window\": 7, \"head_dim\": Infinity"), "head_dim");
  }

  @Test
  void aFileThatWasCutOffIsSaidInPlainWords() {
    assertThatThrownBy(() -> read("{\"model_type\": \"llama\", \"hidden_size\": 1"))
        .isInstanceOf(ModelConfigException.class)
        .hasMessageContaining("config.json: not valid JSON: Unexpected end-of-input")
        .hasMessageContaining("line 1")
        .hasMessageNotContainingAny("REDACTED", "StreamReadFeature", "#UNKNOWN");
  }

  private static String kin(String type, String more) {
    String usual = "\"num_key_value_heads\": 2, \"max_position_embeddings\": 50, ";
    return bare(type, usual + more);
  }

  private static String bare(String type, String more) {
    return "{\"model_type\": \"" + type + "\", " + SIZES + ", " + more + "}";
  }

  private List<Integer> windows(String json) throws IOException {
    ModelConfig config = read(json);
    return IntStream.range(0, 3).mapToObj(l -> config.attentionShape(l).window()).toList();
  }

  private ModelConfig read(String json) throws IOException {
    Files.writeString(folder.resolve("config.json"), json);
    return ModelFiles.open(folder).config();
  }

  private void assertRefused(String json, String... parts) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(ModelConfigException.class)
        .hasMessageContainingAll(parts)
        .hasMessageContaining("config.json")
        .hasMessageNotContaining("\n");
  }
}
