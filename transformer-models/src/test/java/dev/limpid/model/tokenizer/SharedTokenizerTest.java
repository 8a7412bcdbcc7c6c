package dev.limpid.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Real vocabularies, where the extra data is there. */
class SharedTokenizerTest {
  private static Path shared() {
    Optional<Path> shared = TestData.shared();
    assumeTrue(shared.isPresent(), "the extra data is not there");
    return shared.orElseThrow();
  }

  private static Tokenizer load(Path folder) throws IOException {
    return TokenizerLoader.load(folder).orElseThrow().tokenizer();
  }

  private static String shakespeare() throws IOException {
    return Files.readString(shared().resolve("text/tinyshakespeare.txt"));
  }

  @Test
  void gpt2() throws IOException {
    Tokenizer tokenizer = load(shared().resolve("tokenizers/gpt2"));
    assertThat(tokenizer.size()).isEqualTo(50257);
    assertThat(tokenizer.encode("The capital of France is", true))
        .containsExactly(464, 3139, 286, 4881, 318);
    List<Integer> ids = tokenizer.encode(shakespeare(), true);
    assertThat(ids).hasSize(338025);
    assertThat(tokenizer.decode(ids)).isEqualTo(shakespeare());
  }

  @Test
  void stories() throws IOException {
    Tokenizer tokenizer = load(shared().resolve("models/llama-stories260K"));
    List<Integer> ids = tokenizer.encode(shakespeare(), true);
    assertThat(ids).hasSize(693364).startsWith(1);
    assertThat(tokenizer.decode(ids.subList(1, ids.size()))).isEqualTo(shakespeare());
    assertThat(tokenizer.text(tokenizer.encode("Once", false).getFirst())).isEqualTo(" Once");
  }
}
