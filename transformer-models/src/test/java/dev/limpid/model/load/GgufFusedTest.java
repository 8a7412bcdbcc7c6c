package dev.limpid.model.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.model.TraceDetail;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.GgufBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a converter may lay into one tensor or into several is the same model, bit for bit. */
class GgufFusedTest {
  private static final int WIDTH = 32;
  private static final int QUERIES = 4 * 8;
  private static final int KEYS = 2 * 8;
  private static final int EXPERTS = 3;
  private static final int NEURONS = 12;

  @TempDir Path folder;

  /** Random numbers, the same for the same name. */
  private static float[] numbers(String name, int count) {
    Random random = new Random(name.hashCode());
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) (0.3 * random.nextGaussian());
    }
    return numbers;
  }

  private static float[] joined(float[]... parts) {
    int length = 0;
    for (float[] part : parts) {
      length += part.length;
    }
    float[] all = new float[length];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  private static GgufBuilder matrix(GgufBuilder file, String name, int inputs, int outputs) {
    return file.floats(name, numbers(name, inputs * outputs), inputs, outputs);
  }

  private static GgufBuilder vector(GgufBuilder file, String name, int width) {
    return file.floats(name, numbers(name, width), width);
  }

  /** One layer of 4 heads, 2 of keys; all but its projections and its MLP. */
  private static GgufBuilder outside(String architecture) {
    GgufBuilder file =
        new GgufBuilder()
            .text("general.architecture", architecture)
            .integer(architecture + ".block_count", 1)
            .integer(architecture + ".embedding_length", WIDTH)
            .integer(architecture + ".context_length", 16)
            .integer(architecture + ".feed_forward_length", NEURONS)
            .integer(architecture + ".attention.head_count", 4)
            .integer(architecture + ".attention.head_count_kv", 2)
            .number(architecture + ".attention.layer_norm_rms_epsilon", 1e-5f);
    matrix(file, "token_embd.weight", WIDTH, 19);
    vector(file, "output_norm.weight", WIDTH);
    vector(file, "blk.0.attn_norm.weight", WIDTH);
    vector(file, "blk.0.ffn_norm.weight", WIDTH);
    return matrix(file, "blk.0.attn_output.weight", QUERIES, WIDTH);
  }

  private static GgufBuilder dense(String architecture) {
    GgufBuilder file = outside(architecture);
    if (architecture.equals("llama")) { // has this bias where it has the others
      vector(file, "blk.0.attn_output.bias", WIDTH);
    }
    matrix(file, "blk.0.ffn_gate.weight", WIDTH, NEURONS);
    matrix(file, "blk.0.ffn_up.weight", WIDTH, NEURONS);
    return matrix(file, "blk.0.ffn_down.weight", NEURONS, WIDTH);
  }

  private static GgufBuilder weights(GgufBuilder file) {
    matrix(file, "blk.0.attn_q.weight", WIDTH, QUERIES);
    matrix(file, "blk.0.attn_k.weight", WIDTH, KEYS);
    return matrix(file, "blk.0.attn_v.weight", WIDTH, KEYS);
  }

  private static GgufBuilder biases(GgufBuilder file) {
    vector(file, "blk.0.attn_q.bias", QUERIES);
    vector(file, "blk.0.attn_k.bias", KEYS);
    return vector(file, "blk.0.attn_v.bias", KEYS);
  }

  private static GgufBuilder fusedWeights(GgufBuilder file) {
    float[] all =
        joined(
            numbers("blk.0.attn_q.weight", WIDTH * QUERIES),
            numbers("blk.0.attn_k.weight", WIDTH * KEYS),
            numbers("blk.0.attn_v.weight", WIDTH * KEYS));
    return file.floats("blk.0.attn_qkv.weight", all, WIDTH, QUERIES + 2 * KEYS);
  }

  private static GgufBuilder fusedBiases(GgufBuilder file) {
    float[] all =
        joined(
            numbers("blk.0.attn_q.bias", QUERIES),
            numbers("blk.0.attn_k.bias", KEYS),
            numbers("blk.0.attn_v.bias", KEYS));
    return file.floats("blk.0.attn_qkv.bias", all, QUERIES + 2 * KEYS);
  }

  private float[] logits(GgufBuilder file, String backend) throws IOException {
    Path path = file.write(folder.resolve("m.gguf"));
    return ModelLoader.open(path, Backends.open(backend))
        .trace(List.of(3, 1, 4, 1, 5, 9), TraceDetail.RESIDUALS)
        .logits()
        .toFloats();
  }

  /** Llama's rows of queries and keys are interleaved, their biases too; Qwen's are not. */
  @ParameterizedTest
  @CsvSource({"llama, reference", "llama, vector", "qwen2, reference", "qwen2, vector"})
  void queriesKeysAndValuesWithBiases(String family, String backend) throws IOException {
    float[] apart = logits(biases(weights(dense(family))), backend);
    assertThat(logits(fusedBiases(fusedWeights(dense(family))), backend)).isEqualTo(apart);
    assertThat(logits(biases(fusedWeights(dense(family))), backend)).isEqualTo(apart);
  }

  /** Three experts; all but their gates and what these multiply. */
  private static GgufBuilder mixture() {
    GgufBuilder file = weights(outside("qwen3moe"));
    file.integer("qwen3moe.expert_count", EXPERTS)
        .integer("qwen3moe.expert_used_count", 2)
        .integer("qwen3moe.expert_feed_forward_length", NEURONS);
    vector(file, "blk.0.attn_q_norm.weight", 8);
    vector(file, "blk.0.attn_k_norm.weight", 8);
    matrix(file, "blk.0.ffn_gate_inp.weight", WIDTH, EXPERTS);
    String down = "blk.0.ffn_down_exps.weight";
    float[] all = numbers(down, EXPERTS * NEURONS * WIDTH);
    return file.floats(down, all, NEURONS, WIDTH, EXPERTS);
  }

  private static float[] ofExpert(String part, int expert) {
    return numbers(part + expert, WIDTH * NEURONS);
  }

  /** Of each expert its rows of the gate, then those of the other map. */
  @ParameterizedTest
  @CsvSource({"reference", "vector"})
  void gatesOfExperts(String backend) throws IOException {
    float[] gate = {};
    float[] up = {};
    float[] both = {};
    for (int expert = 0; expert < EXPERTS; expert++) {
      gate = joined(gate, ofExpert("gate", expert));
      up = joined(up, ofExpert("up", expert));
      both = joined(both, ofExpert("gate", expert), ofExpert("up", expert));
    }
    GgufBuilder apart =
        mixture()
            .floats("blk.0.ffn_gate_exps.weight", gate, WIDTH, NEURONS, EXPERTS)
            .floats("blk.0.ffn_up_exps.weight", up, WIDTH, NEURONS, EXPERTS);
    GgufBuilder together =
        mixture().floats("blk.0.ffn_gate_up_exps.weight", both, WIDTH, 2 * NEURONS, EXPERTS);
    assertThat(logits(together, backend)).isEqualTo(logits(apart, backend));
  }
}
