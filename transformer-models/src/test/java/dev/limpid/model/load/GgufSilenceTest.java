package dev.limpid.model.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.testdata.GgufBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a GGUF file means by a key that it does not have: what llama.cpp has in its code. */
class GgufSilenceTest {
  /** The context: a layer that does not slide sees all of it. */
  private static final int FULL = 8192;

  @TempDir Path folder;

  /** Heads of 8, where D / H is 16. */
  private static GgufBuilder gguf(String architecture, int layers) {
    return new GgufBuilder()
        .text("general.architecture", architecture)
        .integer(architecture + ".block_count", layers)
        .integer(architecture + ".embedding_length", 32)
        .integer(architecture + ".context_length", FULL)
        .integer(architecture + ".feed_forward_length", 32)
        .integer(architecture + ".attention.head_count", 2)
        .integer(architecture + ".attention.key_length", 8)
        .integer(architecture + ".attention.value_length", 8)
        .floats("token_embd.weight", new float[7 * 32], 32, 7);
  }

  private static GgufBuilder rms(String architecture, int layers) {
    return gguf(architecture, layers)
        .number(architecture + ".attention.layer_norm_rms_epsilon", 1e-5f);
  }

  private ModelConfig read(GgufBuilder file) throws IOException {
    return ModelFiles.open(file.write(folder.resolve("m.gguf"))).config();
  }

  /** Returns no list where no layer slides. */
  private static List<Integer> windows(int layers, int window, int every) {
    if (window == FULL || every == 1) {
      return List.of();
    }
    return IntStream.range(0, layers)
        .map(l -> l % every < every - 1 ? window : FULL)
        .boxed()
        .toList();
  }

  /** Only the largest model of a generation divides by the root of D / H. */
  @ParameterizedTest
  @CsvSource({"gemma2, 45, 8", "gemma2, 46, 16", "gemma3, 48, 8", "gemma3, 62, 16"})
  void theScaleOfTheLargestGemma(String architecture, int layers, double scalar)
      throws IOException {
    assertThat(read(rms(architecture, layers)).attention().scores().scale())
        .isCloseTo(1 / Math.sqrt(scalar), within(1e-12));
  }

  @Test
  void gemma2HasCapsAndWindows() throws IOException {
    ModelConfig config = read(rms("gemma2", 4));
    assertThat(config.attention().scores().cap()).hasValue(50);
    assertThat(config.head().cap()).hasValue(30);
    assertThat(config.attention().windows()).isEqualTo(windows(4, 4096, 2));
  }

  @Test
  void gemma3SlidesWhereAWindowIsNamed() throws IOException {
    assertThat(read(rms("gemma3", 7)).attention().windows()).isEqualTo(windows(7, FULL, 6));
    ModelConfig config = read(rms("gemma3", 7).integer("gemma3.attention.sliding_window", 5));
    assertThat(config.attention().windows()).isEqualTo(windows(7, 5, 6));
    assertThat(config.head().cap()).isEmpty();
  }

  /** A number p: the last of p layers is full; 0: none is. */
  @ParameterizedTest
  @CsvSource({"3, 3", "1, 1", "0, 100"})
  void aPatternThatIsANumber(int pattern, int every) throws IOException {
    GgufBuilder file =
        rms("gemma2", 6)
            .integer("gemma2.attention.sliding_window", 5)
            .integer("gemma2.attention.sliding_window_pattern", pattern);
    assertThat(read(file).attention().windows()).isEqualTo(windows(6, 5, every));
  }

  /** Hugging Face's own silence means 1 here. */
  @Test
  void granitesScale() throws IOException {
    GgufBuilder file = rms("granite", 1).number("granite.logit_scale", 4);
    ModelConfig config = read(file);
    assertThat(config.attention().scores().scale()).isCloseTo(1 / Math.sqrt(8), within(1e-12));
    assertThat(config.head().scale()).isEqualTo(0.25);
  }
}
