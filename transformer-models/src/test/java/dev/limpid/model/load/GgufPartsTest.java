package dev.limpid.model.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.GgufBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A GGUF model in several files is the model in one; what is amiss with them is said in a line. */
class GgufPartsTest {
  private static final List<String> SQUARE =
      List.of("attn_q", "attn_k", "attn_v", "attn_output", "ffn_up", "ffn_gate", "ffn_down");

  private static final int TENSORS = SQUARE.size() + 4;

  @TempDir Path folder;

  /** Values depend on the tensor alone, not on the file it is in. */
  private static float[] values(String name, int count) {
    Random random = new Random(name.hashCode());
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  /** A Llama of one layer: width 32, 2 heads, 7 tokens. */
  private static GgufBuilder keys(GgufBuilder file) {
    return file.text("general.architecture", "llama")
        .text("general.name", "Tiny")
        .integer("llama.block_count", 1)
        .integer("llama.embedding_length", 32)
        .integer("llama.context_length", 16)
        .integer("llama.feed_forward_length", 32)
        .integer("llama.attention.head_count", 2)
        .number("llama.attention.layer_norm_rms_epsilon", 1e-5f);
  }

  private static GgufBuilder split(GgufBuilder file, int no, int count, int tensors) {
    return file.integer16("split.no", no)
        .integer16("split.count", count)
        .integer32("split.tensors.count", tensors);
  }

  private static GgufBuilder embedding(GgufBuilder file) {
    return file.floats("token_embd.weight", values("embedding", 7 * 32), 32, 7);
  }

  private static GgufBuilder norms(GgufBuilder file) {
    for (String name : List.of("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm")) {
      file.floats(name + ".weight", values(name, 32), 32);
    }
    return file;
  }

  private static GgufBuilder squares(GgufBuilder file) {
    for (String name : SQUARE) {
      file.floats("blk.0." + name + ".weight", values(name, 1024), 32, 32);
    }
    return file;
  }

  private Path part(int number) {
    return folder.resolve("tiny-0000%d-of-00003.gguf".formatted(number));
  }

  /** The first part may have no tensors at all. */
  private void writeParts() throws IOException {
    split(keys(new GgufBuilder()), 0, 3, TENSORS).write(part(1));
    norms(embedding(split(new GgufBuilder(), 1, 3, TENSORS))).write(part(2));
    squares(split(new GgufBuilder(), 2, 3, TENSORS)).write(part(3));
  }

  private static float[] logits(Path path) throws IOException {
    Transformer model = ModelLoader.open(path, Backends.open("reference"));
    return model.trace(List.of(1, 5, 0, 6), TraceDetail.FULL).logits().toFloats();
  }

  private void assertRefused(Path path, String words) {
    assertThatThrownBy(() -> logits(path))
        .isInstanceOf(IOException.class)
        .hasMessage(words.replace("@", folder + "/tiny-0000").replace("#", "-of-00003.gguf"));
  }

  @Test
  void partsAreTheModelInOneFile() throws IOException {
    Path whole = folder.resolve("whole.gguf");
    squares(norms(embedding(keys(new GgufBuilder())))).write(whole);
    float[] expected = logits(whole);
    Files.delete(whole);
    writeParts();
    assertThat(logits(part(1))).isEqualTo(expected);
    assertThat(logits(folder)).as("the folder").isEqualTo(expected);
    assertThat(ModelFiles.open(part(1)).weightFiles()).containsExactly(part(1), part(2), part(3));
    assertThat(ModelFiles.open(folder).name()).isEqualTo("tiny-00001-of-00003.gguf");
  }

  @Test
  void aPartThatIsMissing() throws IOException {
    writeParts();
    Files.delete(part(3));
    assertRefused(part(1), "@3#: missing: part 3 of 3 of the model of @1#");
  }

  @Test
  void aPartThatIsNotTheFirst() throws IOException {
    writeParts();
    assertRefused(part(2), "@2#: part 2 of 3 of a model; give the first, tiny-00001-of-00003.gguf");
  }

  @Test
  void aNameThatSaysOtherwise() throws IOException {
    writeParts();
    Path renamed = Files.move(part(1), folder.resolve("tiny.gguf"));
    assertThatThrownBy(() -> logits(renamed))
        .hasMessage(
            renamed
                + ": split.no is 0 and split.count 3, so its name should end with"
                + " -00001-of-00003.gguf");
  }

  @Test
  void aPartThatSaysItIsAnother() throws IOException {
    writeParts();
    Files.copy(part(3), folder.resolve("x"));
    Files.delete(part(3));
    Files.copy(part(2), part(3));
    assertRefused(part(1), "@3#: split.no is 1, should be 2");
  }

  @Test
  void countsThatAreWrong() throws IOException {
    writeParts();
    squares(split(new GgufBuilder(), 2, 4, TENSORS)).write(part(3));
    assertRefused(part(1), "@3#: split.count is 4, should be 3");
    squares(split(new GgufBuilder(), 2, 3, 20)).write(part(3));
    assertRefused(part(1), "@3#: split.tensors.count is 20, should be 11");
    squares(new GgufBuilder()).write(part(3));
    assertRefused(part(1), "@3#: split.no is missing, should be 2");
    split(new GgufBuilder(), 2, 3, TENSORS).write(part(3));
    assertRefused(part(1), "@1#: split.tensors.count is 11, the 3 parts hold 4 tensors");
  }

  @Test
  void aPartOfAnotherModel() throws IOException {
    writeParts();
    squares(split(new GgufBuilder(), 2, 3, TENSORS).text("general.architecture", "qwen2"))
        .write(part(3));
    assertRefused(
        part(1),
        "@3#: a part of another model: general.architecture is 'qwen2', in"
            + " tiny-00001-of-00003.gguf 'llama'");
    norms(embedding(split(new GgufBuilder(), 2, 3, TENSORS))).write(part(3));
    assertRefused(part(1), "@3#: tensor 'token_embd.weight' is in tiny-00002-of-00003.gguf, too");
  }

  @Test
  void aPartThatIsCutOff() throws IOException {
    writeParts();
    byte[] whole = Files.readAllBytes(part(2));
    Files.write(part(2), java.util.Arrays.copyOf(whole, whole.length - 64));
    assertThatThrownBy(() -> logits(part(1)))
        .hasMessageStartingWith(part(2) + ": damaged at byte ");
  }

  @Test
  void aFolderWithSeveralModels() throws IOException {
    writeParts();
    Files.copy(part(1), folder.resolve("other.gguf"));
    assertThatThrownBy(() -> logits(folder))
        .hasMessage(
            folder + ": 2 GGUF files here; give one of them, as " + folder.resolve("other.gguf"));
  }
}
