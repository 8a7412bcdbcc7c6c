package dev.limpid.model.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.model.config.Positions;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.GgufBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a GGUF file can say that a model is not made of. */
class GgufModelTest {
  private static final int Q8_0 = 8;

  @TempDir Path folder;

  private static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** A Llama of one layer: width 32, 2 heads, 7 tokens. */
  private static GgufBuilder metadata() {
    return new GgufBuilder()
        .text("general.architecture", "llama")
        .integer("llama.block_count", 1)
        .integer("llama.embedding_length", 32)
        .integer("llama.context_length", 16)
        .integer("llama.feed_forward_length", 32)
        .integer("llama.attention.head_count", 2)
        .number("llama.attention.layer_norm_rms_epsilon", 1e-5f);
  }

  private static GgufBuilder weights(GgufBuilder file) {
    for (String name : new String[] {"attn_q", "attn_k", "attn_v", "attn_output", "ffn_up"}) {
      file.floats("blk.0." + name + ".weight", ones(1024), 32, 32);
    }
    return file.floats("token_embd.weight", ones(7 * 32), 32, 7)
        .floats("output_norm.weight", ones(32), 32)
        .floats("blk.0.attn_norm.weight", ones(32), 32)
        .floats("blk.0.ffn_norm.weight", ones(32), 32)
        .floats("blk.0.ffn_gate.weight", ones(1024), 32, 32)
        .floats("blk.0.ffn_down.weight", ones(1024), 32, 32);
  }

  private Path write(GgufBuilder file) throws IOException {
    return file.write(folder.resolve("m.gguf"));
  }

  private void assertRefused(GgufBuilder file, String... words) throws IOException {
    Path path = write(file);
    assertThatThrownBy(() -> ModelLoader.open(path, Backends.open("reference")))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(path + ": ")
        .hasMessageContainingAll(words);
  }

  private void assertRefusedWith(Consumer<GgufBuilder> more, String... words) throws IOException {
    GgufBuilder file = metadata();
    more.accept(file);
    assertRefused(weights(file), words);
  }

  @Test
  void whatIsWholeOpens() throws IOException {
    var model = ModelLoader.open(write(weights(metadata())), Backends.open("reference"));
    assertThat(model.config().nKvHeads()).isEqualTo(2);
    assertThat(model.config().tiedHead()).isTrue();
    assertThat(model.provenance().model()).isEqualTo("m.gguf");
  }

  /** Qwen's config.json means 32 key/value heads and a head width of 128 by silence. */
  @Test
  void absentKeysMeanTheSameInEveryFamily() throws IOException {
    for (String family : new String[] {"llama", "qwen2", "qwen3"}) {
      GgufBuilder file =
          new GgufBuilder()
              .text("general.architecture", family)
              .integer(family + ".block_count", 1)
              .integer(family + ".embedding_length", 32)
              .integer(family + ".context_length", 16)
              .integer(family + ".feed_forward_length", 32)
              .integer(family + ".attention.head_count", 2)
              .number(family + ".attention.layer_norm_rms_epsilon", 1e-5f);
      var config = ModelFiles.open(write(weights(file))).config();
      assertThat(config.modelType()).isEqualTo(family);
      assertThat(config.nKvHeads()).isEqualTo(2);
      assertThat(config.dHead()).isEqualTo(16);
      assertThat(config.nContext()).isEqualTo(16);
      assertThat(((Positions.Rotary) config.positions()).theta()).isEqualTo(10_000);
    }
  }

  @Test
  void whatChangesNothingOpens() throws IOException {
    GgufBuilder file =
        metadata()
            .flag("llama.attention.causal", true)
            .number("llama.rope.scaling.attn_factor", 1)
            .integers("llama.attention.head_count_kv", 2, 2, 2);
    assertThat(ModelFiles.open(write(weights(file))).config().nKvHeads()).isEqualTo(2);
  }

  @Test
  void keysThatAreMissing() throws IOException {
    assertRefused(new GgufBuilder(), "key 'general.architecture' is missing");
    assertRefused(
        new GgufBuilder().text("general.architecture", "llama"), "key 'llama.", "is missing");
    assertRefused(metadata(), "no tensor 'token_embd.weight'");
  }

  @Test
  void familiesAndKindsThatAreNotSupported() throws IOException {
    assertRefused(
        new GgufBuilder().text("general.architecture", "mamba"),
        "general.architecture 'mamba' is not supported; supported: gpt2, llama, qwen2, qwen3");
    assertRefused(new GgufBuilder().text("general.architecture", "opt"), "'opt' is not supported");
    assertRefusedWith(f -> f.text("general.type", "adapter"), "'adapter'");
    assertRefusedWith(f -> f.integer("split.count", 3), "3 parts", "--merge");
    assertRefusedWith(f -> f.integer("llama.expert_count", 8), "'llama.expert_count'");
    assertRefusedWith(f -> f.number("llama.logit_scale", 0.5f), "'llama.logit_scale'");
    assertRefusedWith(f -> f.integer("llama.attention.sliding_window", 8), "sliding window of 8");
    assertRefusedWith(
        f -> f.integer("llama.rope.dimension_count", 8), "is 8 of a head width of 16");
    assertRefusedWith(
        f -> f.integer("llama.attention.key_length", 16).integer("llama.attention.value_length", 8),
        "value_length differ");
    assertRefusedWith(f -> f.text("llama.rope.scaling.type", "yarn"), "'yarn' is not supported");
    assertRefusedWith(f -> f.flag("llama.attention.causal", false), "'llama.attention.causal'");
    assertRefusedWith(
        f -> f.number("llama.rope.scaling.attn_factor", 0.5f), "attn_factor' is 0.5", "1");
  }

  @Test
  void valuesThatContradict() throws IOException {
    assertRefusedWith(f -> f.integer("llama.attention.head_count_kv", 3), "do not divide");
    assertRefusedWith(
        f -> f.integers("llama.attention.head_count_kv", 1, 2),
        "'llama.attention.head_count_kv' differs from layer to layer");
    assertRefusedWith(f -> f.integers("llama.attention.head_count_kv"), "is an empty list");
    assertRefusedWith(f -> f.text("llama.attention.head_count_kv", "2"), "head_count_kv");
    assertRefusedWith(
        f -> f.integer("llama.vocab_size", 9).integer("tokenizer.ggml.bos_token_id", -1),
        "bos_token_id");
  }

  @Test
  void tensorsThatAreMissingOrTooMany() throws IOException {
    assertRefused(
        metadata().floats("token_embd.weight", ones(7 * 32), 32, 7),
        "tensor 'blk.0.attn_q.weight' is not in the file");
    assertRefusedWith(
        f -> f.floats("blk.0.ffn_gate_inp.weight", ones(32), 32),
        "tensor 'blk.0.ffn_gate_inp.weight' is no part of a llama model");
    assertRefused(
        weights(metadata().integer("llama.attention.key_length", 8)),
        "tensor 'blk.0.attn_q.weight' has shape [32, 32], the metadata need [16, 32]");
  }

  @Test
  void scalesThatAreNoNumbersAreNamed() throws IOException {
    byte[] blocks = new byte[7 * 34];
    blocks[35] = 0x7e; // the upper byte of the scale of the second block: NaN
    assertRefused(
        metadata().tensor("token_embd.weight", Q8_0, blocks, 32, 7),
        "tensor 'token_embd.weight' has weights that are NaN or infinite");
  }

  @Test
  void rotaryDivisors() throws IOException {
    float[] divisors = ones(8);
    divisors[7] = 4;
    GgufBuilder file = weights(metadata().number("llama.rope.freq_base", 500));
    Path path = write(file.floats("rope_freqs.weight", divisors, 8));
    Positions.Rotary rotary = (Positions.Rotary) ModelFiles.open(path).config().positions();
    assertThat(rotary.theta()).isEqualTo(500);
    assertThat(rotary.scaling()).isEqualTo(Positions.Scaling.Divided.by(divisors));
    divisors[3] = 0;
    assertRefused(
        weights(metadata()).floats("rope_freqs.weight", divisors, 8), "'rope_freqs.weight'", "0.0");
    assertRefused(
        weights(metadata()).floats("rope_freqs.weight", ones(5), 5), "'rope_freqs.weight'", "[8]");
  }

  @Test
  void linearScaling() throws IOException {
    Path path =
        write(
            weights(
                metadata()
                    .text("llama.rope.scaling.type", "linear")
                    .number("llama.rope.scaling.factor", 4)));
    Positions.Rotary rotary = (Positions.Rotary) ModelFiles.open(path).config().positions();
    assertThat(rotary.scaling()).isEqualTo(new Positions.Scaling.Linear(4));
  }
}
