package dev.limpid.model.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.ReferenceOps;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import dev.limpid.tensor.safetensors.SafetensorsWriter;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * InternLM 2 is Llama under other names, its projections fused by key heads; no golden is needed.
 */
class InternLm2Test {
  private static final int HEADS = 4;
  private static final int KEY_HEADS = 2;
  private static final int WIDTH = 10;
  private static final int STATE = 40;

  private static final Map<String, String> NAMES =
      Map.of(
          "model.embed_tokens.", "model.tok_embeddings.",
          "lm_head.", "output.",
          "self_attn.o_proj", "attention.wo",
          "input_layernorm", "attention_norm",
          "post_attention_layernorm", "ffn_norm",
          "mlp.gate_proj", "feed_forward.w1",
          "mlp.up_proj", "feed_forward.w3",
          "mlp.down_proj", "feed_forward.w2");

  @TempDir private Path folder;

  @Test
  void aRenamedLlamaGivesTheSameBits() throws IOException {
    Path llama = TestData.folder().resolve("goldens/tinyllama");
    SafetensorsFile file = SafetensorsFile.open(llama.resolve("model.safetensors"), Arena.ofAuto());
    SafetensorsWriter writer = new SafetensorsWriter();
    for (String name : file.names()) {
      if (name.contains("q_proj")) {
        writer.add(name.replace("self_attn.q_proj", "attention.wqkv"), fused(file, name));
      } else if (!name.contains("k_proj") && !name.contains("v_proj")) {
        writer.add(renamed(name), file.tensor(name));
      }
    }
    writer.write(folder.resolve("model.safetensors"));
    String config = Files.readString(llama.resolve("config.json"));
    Files.writeString(
        folder.resolve("config.json"),
        config
            .replace("\"model_type\": \"llama\"", "\"model_type\": \"internlm2\"")
            .replaceFirst("\\{", "{\"bias\": false,"));
    assertThat(logits(folder)).isEqualTo(logits(llama));
  }

  private static String renamed(String name) {
    String renamed = name;
    for (Map.Entry<String, String> entry : NAMES.entrySet()) {
      renamed = renamed.replace(entry.getKey(), entry.getValue());
    }
    return renamed;
  }

  /** For each key head: its queries, its key, its value. */
  private static Tensor fused(SafetensorsFile file, String query) throws IOException {
    float[] q = file.tensor(query).toFloats();
    float[] k = file.tensor(query.replace("q_proj", "k_proj")).toFloats();
    float[] v = file.tensor(query.replace("q_proj", "v_proj")).toFloats();
    int head = WIDTH * STATE;
    int group = HEADS / KEY_HEADS;
    float[] all = new float[(HEADS + 2 * KEY_HEADS) * head];
    int to = 0;
    for (int key = 0; key < KEY_HEADS; key++) {
      System.arraycopy(q, key * group * head, all, to, group * head);
      to += group * head;
      System.arraycopy(k, key * head, all, to, head);
      to += head;
      System.arraycopy(v, key * head, all, to, head);
      to += head;
    }
    return Tensor.of(all, (HEADS + 2 * KEY_HEADS) * WIDTH, STATE);
  }

  private static float[] logits(Path model) throws IOException {
    Transformer opened = ModelLoader.open(model, new ReferenceOps());
    return opened.trace(List.of(1, 9, 4, 33, 9), TraceDetail.RESIDUALS).logits().toFloats();
  }
}
