package dev.limpid.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.models.ModelLocation.Origin;
import dev.limpid.tensor.Shape;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelSummaryTest {
  @TempDir private Path folder;

  private ModelSummary read() throws IOException {
    return ModelSummary.read(new ModelLocation("m", folder, Origin.FOLDER));
  }

  private void config(String json) throws IOException {
    Files.writeString(folder.resolve("config.json"), json);
  }

  @Test
  void readsTheWordsOfGpt2() throws IOException {
    config(
        """
        {"model_type": "gpt2", "n_layer": 3, "n_embd": 10, "n_head": 5, "n_inner": null,
         "vocab_size": 7, "n_positions": 4}
        """);
    new SafetensorsWriter()
        .add("transformer.wte.weight", zeros(7, 10))
        .add("transformer.h.0.attn.bias", zeros(4, 4))
        .add("transformer.h.0.attn.c_attn.bias", zeros(30))
        .add("lm_head.weight", zeros(7, 10))
        .write(folder.resolve("model.safetensors"));
    Files.writeString(
        folder.resolve("README.md"),
        "---\nlicense: apache-2.0\n---\n\n# Title\n\nTrained on\nsongs.\n\nMore.\n");
    ModelSummary summary = read();
    assertThat(summary.family()).isEqualTo("gpt2");
    assertThat(summary.nLayers()).isEqualTo(3);
    assertThat(summary.nKvHeads()).isEqualTo(5);
    assertThat(summary.dHead()).isEqualTo(2);
    assertThat(summary.dMlp()).isEqualTo(40);
    assertThat(summary.context()).isEqualTo(4);
    assertThat(summary.parameters()).as("without mask and tied head").isEqualTo(100);
    assertThat(summary.dtypes()).containsExactly("F32");
    assertThat(summary.memoryPositions()).isEqualTo(4);
    assertThat(summary.licence()).isEqualTo("apache-2.0");
    assertThat(summary.about()).isEqualTo("Trained on songs.");
    assertThat(summary.tokenizer()).startsWith("none");
  }

  private static Tensor zeros(int... extents) {
    Shape shape = Shape.of(extents);
    return Tensor.of(new float[(int) shape.size()], extents);
  }

  @Test
  void readsTheWordsOfLlama() throws IOException {
    config(
        """
        {"model_type": "llama", "num_hidden_layers": 2, "hidden_size": 12,
         "num_attention_heads": 6, "num_key_value_heads": 2, "head_dim": 4,
         "intermediate_size": 32, "vocab_size": 9, "max_position_embeddings": 2048}
        """);
    Files.writeString(
        folder.resolve("tokenizer.json"),
        "{\"model\": {\"type\": \"BPE\", \"byte_fallback\": true, \"vocab\": {\"a\": 0}}}");
    ModelSummary summary = read();
    assertThat(summary.nKvHeads()).isEqualTo(2);
    assertThat(summary.dHead()).isEqualTo(4);
    assertThat(summary.dMlp()).isEqualTo(32);
    assertThat(summary.tokenizer()).isEqualTo("tokenizer.json (BPE, 1 pieces, byte fallback)");
    assertThat(summary.parameters()).isNull();
    assertThat(summary.weightsProblem()).contains("no model.safetensors");
  }

  @Test
  void damagedConfigurationsAreNamed() throws IOException {
    config("{");
    assertThatThrownBy(this::read).hasMessageContaining("config.json: not valid JSON");
    config("[]");
    assertThatThrownBy(this::read).hasMessageContaining("config.json: not a JSON object");
  }
}
