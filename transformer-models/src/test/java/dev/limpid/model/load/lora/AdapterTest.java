package dev.limpid.model.load.lora;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.fail;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What adapters do to their base, and what of them is refused, in words. */
class AdapterTest {
  private static final Path GOLDENS = TestData.folder().resolve("goldens");
  private static final List<Integer> PROMPT = List.of(1, 5, 9, 7);

  @TempDir private Path folder;

  /** Copies an adapter, with its configuration and its tensors changed. */
  private void adapter(
      String golden, UnaryOperator<String> config, UnaryOperator<Map<String, Tensor>> tensors)
      throws IOException {
    Path from = GOLDENS.resolve("lora").resolve(golden);
    String text = Files.readString(from.resolve("adapter_config.json"), UTF_8);
    Files.writeString(folder.resolve("adapter_config.json"), config.apply(text), UTF_8);
    SafetensorsFile file =
        SafetensorsFile.open(from.resolve("adapter_model.safetensors"), Arena.ofAuto());
    Map<String, Tensor> all = new LinkedHashMap<>();
    for (String name : file.names()) {
      all.put(name, file.tensor(name).toHeap());
    }
    SafetensorsWriter writer = new SafetensorsWriter();
    tensors.apply(all).forEach(writer::add);
    writer.write(folder.resolve("adapter_model.safetensors"));
  }

  private Transformer open(String base) throws IOException {
    return open(base, LayerStorage.IN_MEMORY);
  }

  private Transformer open(String base, LayerStorage storage) throws IOException {
    return ModelFiles.open(GOLDENS.resolve(base), folder)
        .open(new ReferenceOps(), storage, LoadProgress.NONE);
  }

  @Test
  void withoutBItIsTheBase() throws IOException {
    adapter(
        "sharded",
        config -> config,
        tensors -> {
          tensors.replaceAll((name, t) -> name.contains("lora_B") ? zeros(t) : t);
          return tensors;
        });
    Transformer base = ModelLoader.open(GOLDENS.resolve("llama-sharded"), new ReferenceOps());
    assertThat(logits(open("llama-sharded"))).isEqualTo(logits(base));
  }

  private static float[] logits(Transformer model) {
    return model.trace(PROMPT, TraceDetail.RESIDUALS).logits().toFloats();
  }

  private static Tensor zeros(Tensor like) {
    return Tensor.of(new float[(int) like.size()], like.dim(0), like.dim(1));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "peft_type, \"LOHA\", 'peft_type ''LOHA'' is not supported; supported: LORA'",
    "use_dora, true, use_dora 'true' is not supported; supported: null or false",
    "use_qalora, true, use_qalora 'true' is not supported",
    "use_bdlora, true, use_bdlora 'true' is not supported",
    "lora_bias, true, lora_bias 'true' is not supported",
    "arrow_config, '{\"top_k\": 2}', 'arrow_config ''{\"top_k\":2}'' is not supported'",
    "alora_invocation_tokens, '[1, 2]', 'alora_invocation_tokens ''[1,2]'' is not supported'",
    "layer_replication, '[[0, 2]]', 'layer_replication ''[[0,2]]'' is not supported'",
    "trainable_token_indices, '[3]', trainable_token_indices '[3]' is not supported",
    "target_parameters, '[\"experts\"]', target_parameters",
    "ensure_weight_tying, true, ensure_weight_tying 'true' is not supported",
    "init_lora_weights, \"pissa\", 'init_lora_weights ''pissa'' is not supported; supported: eva, gaussian, orthogonal'",
    "init_lora_weights, \"loftq\", init_lora_weights 'loftq' is not supported",
    "bias, \"some\", 'bias ''some'' is not supported; supported: all, lora_only, none'",
    "task_type, \"SEQ_CLS\", task_type 'SEQ_CLS' is not supported; supported: CAUSAL_LM",
    "revision, \"v2\", revision 'v2' is not supported; supported: main",
    "something_new, 3, something_new '3' is not supported; supported: null or false",
    "r, 0, key 'r' should be a whole number from 1 on",
    "lora_alpha, \"big\", 'key ''lora_alpha'' should be a number, is \"big\"'",
    "rank_pattern, '{\"(\": 2}', rank_pattern: '(' is no regular expression",
    "rank_pattern, '{\".*.*.*.*.*.*.*.*.*.*z\": 2}', takes too long",
  })
  void whatIsMoreThanASumIsRefused(String key, String value, String words) throws IOException {
    adapter(
        "sharded",
        config ->
            config
                .replaceAll(
                    "\"" + key + "\": (null|true|false|\\[\\]|\\{\\}|\"[^\"]*\"|[0-9.]+),?\n", "")
                .replaceFirst("\\{", "{\"" + key + "\": " + value.replace("\\", "\\\\") + ","),
        tensors -> tensors);
    assertThatIOException()
        .isThrownBy(() -> open("llama-sharded"))
        .withMessageStartingWith("" + folder.resolve("adapter_config.json"))
        .withMessageContaining(words);
  }

  @ParameterizedTest
  @CsvSource({
    "gaussian",
    "eva",
    "orthogonal",
  })
  void howItBeganDoesNotMatter(String init) throws IOException {
    adapter(
        "sharded",
        config ->
            config.replace(
                "\"init_lora_weights\": true", "\"init_lora_weights\": \"" + init + "\""),
        tensors -> tensors);
    assertThat(logits(open("llama-sharded"))).isNotEmpty();
  }

  private static final String Q = "base_model.model.model.layers.0.self_attn.q_proj.";

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "lora_A.weight gone, 'has no counterpart (A without B, or B without A)'",
    "lora_B.weight gone, 'has no counterpart (A without B, or B without A)'",
    "lora_A.weight wide, 'has shape [2, 25], the base needs [2, 24]'",
    "lora_B.weight wide, 'has shape [24, 3], the base needs [24, 2]'",
    "lora_A.weight nan, has weights that are NaN or infinite",
    "lora_A.default.weight twice, says the same as",
    "lora_magnitude_vector.weight more, 'is for ''layers.0.self_attn.q_proj.lora_magnitude_vector.weight'', which the base does not have'",
    "lora_C more, is nothing that a LoRA adapter adds",
  })
  void whatDoesNotFitIsNamed(String what, String words) throws IOException {
    String end = what.substring(0, what.indexOf(' '));
    String how = what.substring(what.indexOf(' ') + 1);
    adapter("sharded", config -> config, tensors -> changed(tensors, Q + end, how));
    for (LayerStorage storage : List.of(LayerStorage.IN_MEMORY, LayerStorage.STREAMED)) {
      assertThatIOException()
          .isThrownBy(() -> open("llama-sharded", storage))
          .withMessageStartingWith("" + folder.resolve("adapter_model.safetensors"))
          .withMessageContaining("tensor '" + Q)
          .withMessageContaining(words);
    }
  }

  private static Map<String, Tensor> changed(Map<String, Tensor> tensors, String name, String how) {
    switch (how) {
      case "gone" -> tensors.remove(name);
      case "wide" -> {
        Tensor was = Objects.requireNonNull(tensors.get(name));
        int columns = was.dim(1) + 1;
        tensors.put(name, Tensor.zeros(was.dim(0), columns));
      }
      case "nan" -> Objects.requireNonNull(tensors.get(name)).array()[3] = Float.NaN;
      case "twice" ->
          tensors.put(name, Objects.requireNonNull(tensors.get(name.replace(".default", ""))));
      case "more" -> tensors.put(name, Tensor.zeros(2, 2));
      default -> fail(how);
    }
    return tensors;
  }

  @Test
  void anotherBaseLacksAModule() throws IOException {
    adapter("sharded", config -> config, tensors -> tensors);
    assertThatIOException()
        .isThrownBy(() -> open("pythia"))
        .withMessageContaining("layers.0.mlp.up_proj")
        .withMessageContaining("which the base does not have");
  }

  @Test
  void oneSideOfATiedEmbeddingIsRefused() throws IOException {
    for (String side : List.of("model.embed_tokens.lora_embedding_", "lm_head.lora_")) {
      String end = side.contains("embedding") ? "" : ".weight";
      adapter(
          "sharded",
          config -> config,
          tensors ->
              new LinkedHashMap<>(
                  Map.of(
                      "base_model.model." + side + "A" + end,
                      Tensor.zeros(2, 61),
                      "base_model.model." + side + "B" + end,
                      Tensor.zeros(42, 2))));
      assertThatIOException()
          .isThrownBy(() -> open("qwen2"))
          .withMessageContaining("is added to one side of an embedding that is tied to the head");
    }
  }

  @Test
  void aGgufFileIsNoBase() throws IOException {
    adapter("sharded", config -> config, tensors -> tensors);
    assertThatIOException()
        .isThrownBy(() -> ModelFiles.open(GOLDENS.resolve("gguf/llama-floats/model.gguf"), folder))
        .withMessageContaining("an adapter cannot be added to a GGUF file");
  }

  @Test
  void picklesAreNotOpened() throws IOException {
    adapter("sharded", config -> config, tensors -> tensors);
    Files.delete(folder.resolve("adapter_model.safetensors"));
    Files.writeString(folder.resolve("adapter_model.bin"), "");
    assertThatIOException()
        .isThrownBy(() -> open("llama-sharded"))
        .withMessage(folder.resolve("adapter_model.bin") + ": convert it to safetensors");
  }

  @Test
  void aBaseThatIsNotThereIsNamed() throws IOException {
    adapter("sharded", config -> config, tensors -> tensors);
    assertThatIOException()
        .isThrownBy(() -> ModelFiles.open(folder))
        .withMessageContaining("base_model_name_or_path '../../llama-sharded' is no folder");
  }

  /** Whatever a few bytes are changed to, it is a model, or one line that says why not. */
  @Test
  void damageIsSaidInOneLine() throws IOException {
    Random random = new Random(7);
    for (String name : List.of("adapter_config.json", "adapter_model.safetensors")) {
      for (int i = 0; i < 40; i++) {
        adapter("sharded", config -> config, tensors -> tensors);
        byte[] bytes = Files.readAllBytes(folder.resolve(name));
        for (int changes = 0; changes < 1 + i % 3; changes++) {
          bytes[random.nextInt(Math.min(bytes.length, 1200))] = (byte) random.nextInt(256);
        }
        Files.write(folder.resolve(name), bytes);
        try {
          open("llama-sharded");
        } catch (IOException e) {
          assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
        }
      }
    }
  }
}
