package dev.limpid.model.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.model.config.Positions;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.GgufBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        "general.architecture 'mamba' is not supported; supported: bloom, cohere2, command-r, falcon,"
            + " gemma, gemma2, gemma3, gpt-oss, gpt2, gptneox, granite, granitemoe, llama, olmo,"
            + " olmo2, olmoe, phi2, phi3, qwen2, qwen2moe, qwen3, qwen3moe, smollm3, stablelm, starcoder");
    assertRefused(
        new GgufBuilder().text("general.architecture", "gptj"), "'gptj' is not supported");
    for (String type : new String[] {"adapter", "mmproj", "imatrix"}) {
      assertRefusedWith(f -> f.text("general.type", type), "general.type", "'" + type + "'");
    }
  }

  @Test
  void keysThatAreNotRead() throws IOException {
    assertRefusedWith(
        f -> f.number("llama.logit_scale", 0.5f),
        "key 'llama.logit_scale' is not supported; supported: llama.attention.causal,",
        "llama.rope.freq_base");
    assertRefusedWith(f -> f.number("llama.attention.clamp_kqv", 8), "'llama.attention.clamp_kqv'");
    assertRefusedWith(f -> f.number("llama.attention.scale", 1), "'llama.attention.scale'");
    assertRefusedWith(f -> f.number("llama.final_logit_softcapping", 1), "softcapping'");
    assertRefusedWith(f -> f.number("llama.rope.scaling.yarn_ext_factor", 1), "yarn_ext_factor'");
    // What tells nothing new, or is of another part of the file.
    GgufBuilder file =
        metadata()
            .integer("llama.vocab_size", 9)
            .text("other.key", "x")
            .integer("general.file_type", 1);
    assertThat(ModelFiles.open(write(weights(file))).config().dVocab()).isEqualTo(7);
  }

  @Test
  void valuesThatAreNotSupported() throws IOException {
    assertRefusedWith(
        f -> f.integer("llama.attention.sliding_window", 8),
        "key 'llama.attention.sliding_window' is 8, which is not supported; supported: none");
    assertRefusedWith(
        f -> f.integer("llama.rope.dimension_count", 8),
        "key 'llama.rope.dimension_count' is 8, which is not supported; supported: the head width, 16");
    assertRefusedWith(
        f -> f.integer("llama.attention.key_length", 16).integer("llama.attention.value_length", 8),
        "'llama.attention.value_length' is 8");
    assertRefusedWith(
        f -> f.text("llama.rope.scaling.type", "dynamic"),
        "'llama.rope.scaling.type' is dynamic",
        "none, linear, yarn, longrope");
    assertRefusedWith(
        f -> f.flag("llama.attention.causal", false), "'llama.attention.causal' is false");
    assertRefusedWith(
        f -> f.number("llama.rope.scaling.attn_factor", 0.5f), "attn_factor' is 0.5", "1");
    assertRefusedWith(
        f ->
            f.integer("llama.expert_count", 8)
                .integer("llama.expert_used_count", 2)
                .integer("llama.expert_gating_func", 2),
        "'llama.expert_gating_func' is 2",
        "1 (softmax)");
    assertRefusedWith(
        f ->
            f.integer("llama.expert_count", 8)
                .integer("llama.expert_used_count", 2)
                .flag("llama.expert_weights_norm", false),
        "'llama.expert_weights_norm' is false",
        "true");
    assertRefusedWith(
        f ->
            f.integer("llama.expert_count", 8)
                .integer("llama.expert_used_count", 2)
                .integer("llama.expert_group_count", 2),
        "'llama.expert_group_count'");
    assertRefusedWith(
        f -> f.integer("llama.expert_count", 2).integer("llama.expert_used_count", 3),
        "3 experts are used of 2");
  }

  @Test
  void whatOtherArchitecturesMustSay() throws IOException {
    assertRefused(
        other("gptneox", "layer_norm_epsilon"), "'gptneox.use_parallel_residual' is missing");
    assertRefused(other("granite", "layer_norm_rms_epsilon"), "'granite.logit_scale' is missing");
    assertRefused(
        other("granitemoe", "layer_norm_rms_epsilon"), "'granitemoe.logit_scale' is missing");
    assertRefused(
        other("granite", "layer_norm_rms_epsilon").flag("granite.rope.scaling.finetuned", false),
        "'granite.rope.scaling.finetuned' is false");
    assertRefused(
        other("starcoder", "layer_norm_epsilon").integer("starcoder.attention.head_count_kv", 2),
        "'starcoder.attention.head_count_kv' is 2",
        "1");
    assertRefused(
        other("bloom", "layer_norm_epsilon"),
        "'bloom.feed_forward_length' is 32",
        "four times embedding_length, 128");
    assertRefused(
        other("olmo", "layer_norm_epsilon").number("olmo.attention.layer_norm_rms_epsilon", 1e-5f),
        "'olmo.attention.layer_norm_rms_epsilon' is not supported");
    assertRefused(
        other("phi2", "layer_norm_epsilon").integer("phi2.rope.dimension_count", 5),
        "5 of the 16 elements of a head are rotated",
        "cannot be done in pairs");
  }

  private static GgufBuilder other(String architecture, String epsilon) {
    return new GgufBuilder()
        .text("general.architecture", architecture)
        .integer(architecture + ".block_count", 1)
        .integer(architecture + ".embedding_length", 32)
        .integer(architecture + ".context_length", 16)
        .integer(architecture + ".feed_forward_length", 32)
        .integer(architecture + ".attention.head_count", 2)
        .number(architecture + ".attention." + epsilon, 1e-5f)
        .floats("token_embd.weight", ones(7 * 32), 32, 7);
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
  void aRouterOfOtherRows() throws IOException {
    GgufBuilder file = metadata();
    file.integer("llama.expert_count", 4).integer("llama.expert_used_count", 2);
    for (String name : new String[] {"attn_q", "attn_k", "attn_v", "attn_output"}) {
      file.floats("blk.0." + name + ".weight", ones(1024), 32, 32);
    }
    file.floats("token_embd.weight", ones(7 * 32), 32, 7)
        .floats("output_norm.weight", ones(32), 32)
        .floats("blk.0.attn_norm.weight", ones(32), 32)
        .floats("blk.0.ffn_norm.weight", ones(32), 32)
        .floats("blk.0.ffn_gate_inp.weight", ones(96), 32, 3);
    assertRefused(
        file, "tensor 'blk.0.ffn_gate_inp.weight' has shape [3, 32], the metadata need [4, 32]");
  }

  @Test
  void factorsOfAnotherNumber() throws IOException {
    assertRefused(
        other("phi3", "layer_norm_rms_epsilon")
            .floats("rope_factors_short.weight", ones(8), 8)
            .floats("rope_factors_long.weight", ones(5), 5),
        "long_factor has 5 factors, should have 8, half of what is rotated");
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

  /** With ms(a) = 0.1 a ln(factor) + 1, of factor 4: ms(1) is 1.138629, ms(0.5) 1.069315. */
  @ParameterizedTest
  @CsvSource({
    "'', 1.1386294",
    "yarn_log_multiplier=0.5, 1.0648214",
    "yarn_log_multiplier=0, 1.1386294",
    "yarn_log_multiplier=1 attn_factor=1.5, 1.5",
    "yarn_log_multiplier=0.5 attn_factor=1.5, 1.5972321",
    "yarn_log_multiplier=0.5 yarn_attn_factor=0.8, 0.8",
    "yarn_attn_factor=0.8 attn_factor=1.5, 1.2"
  })
  void whatYarnMultipliesWith(String keys, double magnitude) throws IOException {
    GgufBuilder file = metadata().text("llama.rope.scaling.type", "yarn");
    file.number("llama.rope.scaling.factor", 4);
    for (String key : keys.isEmpty() ? new String[0] : keys.split(" ", -1)) {
      String[] pair = key.split("=", -1);
      file.number("llama.rope.scaling." + pair[0], Float.parseFloat(pair[1]));
    }
    Path path = write(weights(file));
    Positions.Rotary rotary = (Positions.Rotary) ModelFiles.open(path).config().positions();
    assertThat(((Positions.Scaling.Yarn) rotary.scaling()).magnitude())
        .isCloseTo(magnitude, within(1e-6));
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
