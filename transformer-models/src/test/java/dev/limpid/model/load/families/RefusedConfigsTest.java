package dev.limpid.model.load.families;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.LayerStorage;
import dev.limpid.model.load.LoadProgress;
import dev.limpid.model.load.ModelFiles;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.ReferenceOps;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import dev.limpid.tensor.safetensors.SafetensorsWriter;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What changes what a model computes, and is not computed here, is refused by one line: the file,
 * the key, its value, what is supported. Each case is a golden that works, with one thing changed.
 */
class RefusedConfigsTest {
  private static final Path GOLDENS = TestData.folder().resolve("goldens");

  @TempDir Path folder;

  /** One golden of each family, those that have rotary positions. */
  static Stream<String> rotating() {
    return Stream.of(
        "arcee",
        "cohere",
        "cohere2",
        "ernie4.5",
        "exaone4",
        "falcon",
        "gemma",
        "gemma2",
        "gemma3",
        "glm4",
        "gpt-oss",
        "granite",
        "granite-moe",
        "granite-moe-shared",
        "llama-bf16",
        "mistral-head-dim",
        "mixtral",
        "nemotron",
        "olmo",
        "olmo2",
        "olmo3",
        "olmoe",
        "phi",
        "phi3",
        "pythia",
        "qwen2",
        "qwen2-moe",
        "qwen3",
        "qwen3-moe",
        "seed-oss",
        "smollm3",
        "stablelm",
        "starcoder2");
  }

  /** One golden of each family. */
  static Stream<String> all() {
    return Stream.concat(
        rotating(),
        Stream.of("bloom", "gpt-neo", "gpt2-relu", "gptj", "opt-350m", "opt-biased", "starcoder"));
  }

  /** Those whose windows are listed layer by layer. */
  static Stream<String> sliding() {
    return Stream.of("cohere2", "exaone4-full", "gemma3", "gpt-oss", "olmo3");
  }

  private static ObjectNode config(String golden) throws IOException {
    Path file = GOLDENS.resolve(golden).resolve("config.json");
    return (ObjectNode) JsonMapper.shared().readTree(Files.readAllBytes(file));
  }

  private static ObjectNode with(String golden, String key, String json) throws IOException {
    return config(golden).set(key, JsonMapper.shared().readTree(json));
  }

  private void assertRefused(JsonNode config, String words) throws IOException {
    Path file = Files.writeString(folder.resolve("config.json"), config.toString());
    assertThatThrownBy(() -> ModelFiles.open(folder).config())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(words)
        .hasMessageNotContaining("\n");
  }

  /** Puts a golden with another config.json into the folder. */
  private Path changed(String golden, JsonNode config) throws IOException {
    Files.writeString(folder.resolve("config.json"), config.toString());
    return Files.copy(
        GOLDENS.resolve(golden).resolve("model.safetensors"), folder.resolve("model.safetensors"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bloom", "falcon"})
  void residualsFromBehindTheNorm(String golden) throws IOException {
    assertRefused(
        with(golden, "apply_residual_connection_post_layernorm", "true"),
        "apply_residual_connection_post_layernorm 'true' is not supported; supported: false");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-relu", "starcoder"})
  void attentionToAnEncoder(String golden) throws IOException {
    assertRefused(
        with(golden, "add_cross_attention", "true"),
        "add_cross_attention 'true' is not supported; supported: false (a decoder alone)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gemma", "gemma2", "gemma3"})
  void attentionInBothDirections(String golden) throws IOException {
    assertRefused(
        with(golden, "use_bidirectional_attention", "true"),
        "use_bidirectional_attention 'true' is not supported; supported: false");
  }

  @ParameterizedTest
  @MethodSource("all")
  void attentionToWhatFollows(String golden) throws IOException {
    assertRefused(
        with(golden, "is_causal", "false"),
        "is_causal 'false' is not supported; supported: true (every position looks at itself and");
  }

  @ParameterizedTest
  @MethodSource("rotating")
  void rotationsThatNobodyKnows(String golden) throws IOException {
    ObjectNode config = config(golden);
    config.remove("rope_parameters");
    config.set("rope_scaling", JsonMapper.shared().readTree("{\"rope_type\": \"proportional\"}"));
    assertRefused(
        config,
        "rope_type 'proportional' is not supported; supported: default, linear, dynamic, llama3,"
            + " yarn, longrope");
  }

  @ParameterizedTest
  @MethodSource("sliding")
  void layersOfAnotherType(String golden) throws IOException {
    ObjectNode config = config(golden);
    List<String> types = new ArrayList<>();
    config.path("layer_types").forEach(type -> types.add(type.asString()));
    types.set(0, "chunked_attention");
    config.set("layer_types", JsonMapper.shared().valueToTree(types));
    assertRefused(
        config,
        "layer_types 'chunked_attention' is not supported; supported: full_attention,"
            + " sliding_attention");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cohere2", "gemma3", "gpt-oss", "olmo3"})
  void aSlidingLayerWithoutAWindow(String golden) throws IOException {
    assertRefused(
        with(golden, "sliding_window", "null"),
        "a layer of sliding_attention, but sliding_window is null or absent");
  }

  @ParameterizedTest
  @MethodSource("all")
  void quantisedWeights(String golden) throws IOException {
    String also = golden.equals("gpt-oss") ? ", mxfp4" : "";
    for (String method : List.of("gptq", "awq", "bitsandbytes")) {
      assertRefused(
          with(golden, "quantization_config", "{\"quant_method\": \"%s\"}".formatted(method)),
          "quantization_config '%s' is not supported; supported: weights in F32, F16 or BF16%s"
              .formatted(method, also));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5", "bert", "clip", "llava", "mamba"})
  void encodersAndOtherKinds(String type) throws IOException {
    assertRefused(
        with("llama-bf16", "model_type", "\"" + type + "\""),
        "model_type '" + type + "' is not supported; supported: ");
  }

  @ParameterizedTest
  @CsvSource({
    "mixtral, num_local_experts",
    "gpt-oss, num_local_experts",
    "olmoe, num_experts",
    "qwen2-moe, num_experts",
    "qwen3-moe, num_experts"
  })
  void moreExpertsChosenThanThereAre(String golden, String key) throws IOException {
    int experts = config(golden).path(key).asInt();
    assertRefused(
        with(golden, "num_experts_per_tok", "" + (experts + 1)),
        "%d experts are used of %d".formatted(experts + 1, experts));
  }

  @ParameterizedTest
  @CsvSource({
    "mixtral, num_local_experts",
    "gpt-oss, num_local_experts",
    "olmoe, num_experts",
    "qwen2-moe, num_experts",
    "qwen3-moe, num_experts"
  })
  void aRouterOfOtherRows(String golden, String key) throws IOException {
    int experts = config(golden).path(key).asInt();
    Path weights = changed(golden, with(golden, key, "" + (experts - 1)));
    assertThatThrownBy(() -> ModelLoader.open(folder, new ReferenceOps()))
        .hasMessageStartingWith(weights + ": tensor '")
        .hasMessageContainingAll(
            "has shape [" + experts, "the configuration needs [" + (experts - 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-bf16", "gemma", "mixtral", "olmo2", "phi3", "stablelm", "glm4"})
  void headsOfKeysThatDoNotDivideThoseOfQueries(String golden) throws IOException {
    int heads = config(golden).path("num_attention_heads").asInt();
    assertRefused(
        with(golden, "num_key_value_heads", "" + (heads + 1)),
        "%d key/value heads do not divide %d query heads".formatted(heads + 1, heads));
  }

  @ParameterizedTest
  @CsvSource({
    "phi, partial_rotary_factor",
    "pythia, rotary_pct",
    "stablelm, partial_rotary_factor"
  })
  void anOddRotation(String golden, String key) throws IOException {
    ObjectNode config = config(golden);
    config.remove("rope_parameters");
    int width = config.path("hidden_size").asInt() / config.path("num_attention_heads").asInt();
    config.put(key, 3.01 / width);
    assertRefused(config, "3 of the 10 elements of a head are rotated (a share of 0.301)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"short_factor", "long_factor"})
  void factorsOfAnotherNumber(String list) throws IOException {
    ObjectNode config = config("phi3-longrope");
    ObjectNode scaling = (ObjectNode) config.path("rope_scaling");
    int factors = scaling.path(list).size();
    scaling.set(list, JsonMapper.shared().readTree("[1.0]"));
    assertRefused(
        config,
        list + " has 1 factors, should have %d, half of what is rotated".formatted(factors));
    assertThat(factors).isGreaterThan(1);
  }

  /** In the last element of every tensor in turn; what no part of the model reads may be NaN. */
  @ParameterizedTest
  @MethodSource("all")
  void weightsThatAreNoNumbers(String golden) throws IOException {
    Path file = changed(golden, config(golden));
    byte[] whole = Files.readAllBytes(file);
    Transformer model = ModelLoader.open(folder, new ReferenceOps());
    assertThat(model.config().nLayers()).isPositive();
    int header = (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
    JsonNode tensors =
        JsonMapper.shared().readTree(new String(whole, 8, header, StandardCharsets.UTF_8));
    int refused = 0;
    for (Map.Entry<String, JsonNode> tensor : tensors.properties()) {
      String type = tensor.getValue().path("dtype").asString();
      if (tensor.getKey().startsWith("__") || !type.matches("F32|F16|BF16")) {
        continue;
      }
      byte[] damaged = whole.clone();
      int end = 8 + header + tensor.getValue().at("/data_offsets/1").asInt();
      damaged[end - 1] = 0x7f;
      damaged[end - 2] = (byte) 0xff;
      Files.write(file, damaged);
      assertThatThrownBy(() -> ModelLoader.open(folder, new ReferenceOps()))
          .as(tensor.getKey())
          .hasMessage(
              "%s: tensor '%s' has weights that are NaN or infinite"
                  .formatted(folder, tensor.getKey()));
      refused++;
    }
    assertThat(refused).isGreaterThan(5);
  }

  /** Gemma 3 from 4B on: the text model within, the encoder of images said to be left out. */
  @Test
  void imagesAreLeftOutWithOneWarning() throws IOException {
    List<Integer> tokens = List.of(1, 2, 3, 4, 5);
    Path golden = GOLDENS.resolve("gemma3");
    SafetensorsFile text =
        SafetensorsFile.open(golden.resolve("model.safetensors"), Arena.ofAuto());
    SafetensorsWriter shell = new SafetensorsWriter();
    for (String name : text.names()) {
      shell.add("language_model." + name, text.tensor(name));
    }
    shell.add("vision_tower.encoder.layers.0.layer_norm1.weight", Tensor.of(new float[3], 3));
    shell.add("vision_tower.encoder.layers.0.layer_norm1.bias", Tensor.of(new float[3], 3));
    shell.add("multi_modal_projector.mm_soft_emb_norm.weight", Tensor.of(new float[3], 3));
    shell.write(folder.resolve("model.safetensors"));
    ObjectNode config = JsonMapper.shared().createObjectNode().put("model_type", "gemma3");
    config.set("text_config", config("gemma3"));
    Files.writeString(folder.resolve("config.json"), config.toString());
    ModelFiles files = ModelFiles.open(folder);
    Transformer model = files.open(new ReferenceOps(), LayerStorage.IN_MEMORY, LoadProgress.NONE);
    Transformer alone = ModelLoader.open(golden, new ReferenceOps());
    assertThat(model.trace(tokens, TraceDetail.RESIDUALS).logits().toFloats())
        .isEqualTo(alone.trace(tokens, TraceDetail.RESIDUALS).logits().toFloats());
    assertThat(files.leftOut())
        .containsExactly(
            "weights of layers that its config.json has no use for are left out:"
                + " vision_tower.encoder.layers.0.layer_norm1.weight and 1 more");
  }
}
