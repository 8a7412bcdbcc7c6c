package dev.limpid.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyValueCacheTest {
  private final Transformer model;

  KeyValueCacheTest() throws IOException {
    model = open("gpt2-defaults");
  }

  private static Transformer open(String golden) throws IOException {
    return ModelLoader.open(
        TestData.folder().resolve("goldens").resolve(golden), Backends.open("reference"));
  }

  @Test
  void whatFailsLeavesItAsItWas() {
    KeyValueCache cache = new KeyValueCache();
    model.extend(List.of(1, 2, 3), cache);
    assertRefused(cache, "no tokens", List.of());
    assertRefused(cache, "token 207 at position 4", List.of(5, 207));
    assertRefused(cache, "18 tokens, the model's context holds 17", Collections.nCopies(15, 1));
    assertThat(cache.length()).isEqualTo(3);

    Tensor after = model.extend(List.of(4), cache);
    Tensor fresh = model.extend(List.of(1, 2, 3, 4), new KeyValueCache());
    assertThat(after.toFloats()).isEqualTo(fresh.row(3).toFloats());
  }

  private void assertRefused(KeyValueCache cache, String message, List<Integer> tokens) {
    assertThatThrownBy(() -> model.extend(tokens, cache))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void itServesOneShapeOfModelOnly() throws IOException {
    KeyValueCache cache = new KeyValueCache();
    model.extend(List.of(1), cache);
    Transformer other = open("llama-mqa");
    assertThatThrownBy(() -> other.extend(List.of(1), cache))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("another shape");
  }

  @Test
  void onlyWhatIsThereCanBeKept() {
    KeyValueCache cache = new KeyValueCache();
    model.extend(List.of(1, 2), cache);
    for (int length : new int[] {-1, 3}) {
      assertThatThrownBy(() -> cache.truncate(length))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("cannot keep " + length + " positions of a cache that holds 2");
    }
  }
}
