package dev.limpid.model.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LayerStorageTest {
  private static final long HEAP = Runtime.getRuntime().maxMemory();

  @Test
  void automaticMeansInMemoryAsLongAsItFits() {
    assertThat(LayerStorage.AUTOMATIC.streams(1, OptionalLong.empty())).isFalse();
    assertThat(LayerStorage.AUTOMATIC.streams(HEAP / 4, OptionalLong.empty())).isFalse();
    assertThat(LayerStorage.AUTOMATIC.streams(HEAP, OptionalLong.empty())).isTrue();
    assertThat(LayerStorage.AUTOMATIC.streams(10 * HEAP, OptionalLong.empty())).isTrue();
  }

  @Test
  void theOthersMeanWhatTheySay() {
    assertThat(LayerStorage.IN_MEMORY.streams(10 * HEAP, OptionalLong.empty())).isFalse();
    assertThat(LayerStorage.STREAMED.streams(1, OptionalLong.empty())).isTrue();
  }

  @Test
  void someOfTheHeapIsLeftForOtherThings() {
    assertThat(LayerStorage.heapFor(7L << 30)).isEqualTo(8L << 30);
  }

  @Test
  void onADeviceItsMemoryCounts() {
    assertThat(LayerStorage.AUTOMATIC.streams(7, OptionalLong.of(8))).isFalse();
    assertThat(LayerStorage.AUTOMATIC.streams(7 << 10, OptionalLong.of(7 << 10))).isTrue();
    assertThat(LayerStorage.AUTOMATIC.streams(10 * HEAP, OptionalLong.of(100 * HEAP))).isFalse();
  }
}
