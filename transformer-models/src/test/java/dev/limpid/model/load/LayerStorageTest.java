package dev.limpid.model.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LayerStorageTest {
  private static final long HEAP = Runtime.getRuntime().maxMemory();

  @Test
  void automaticMeansInMemoryAsLongAsItFits() {
    assertThat(LayerStorage.AUTOMATIC.streams(1)).isFalse();
    assertThat(LayerStorage.AUTOMATIC.streams(HEAP / 4)).isFalse();
    assertThat(LayerStorage.AUTOMATIC.streams(HEAP)).isTrue();
    assertThat(LayerStorage.AUTOMATIC.streams(10 * HEAP)).isTrue();
  }

  @Test
  void theOthersMeanWhatTheySay() {
    assertThat(LayerStorage.IN_MEMORY.streams(10 * HEAP)).isFalse();
    assertThat(LayerStorage.STREAMED.streams(1)).isTrue();
  }

  @Test
  void someOfTheHeapIsLeftForOtherThings() {
    assertThat(LayerStorage.heapFor(7L << 30)).isEqualTo(8L << 30);
  }
}
