package dev.limpid.tensor.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackendsTest {
  @Test
  void threadsAreThoseAskedFor() {
    BackendSettings three = BackendSettings.DEFAULT.withThreads(3);
    assertThat(Backends.open("vector", three).threads()).isEqualTo(3);
    assertThat(Backends.openDefault(three, warning -> {}).threads()).isEqualTo(3);
    assertThat(Backends.open("vector").threads())
        .isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(Backends.open("reference", three).threads()).isEqualTo(1);
  }

  @Test
  void lessThanNoThreadsAreRefused() {
    assertThatThrownBy(() -> BackendSettings.DEFAULT.withThreads(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("-1 threads; give 1 or more, or 0 for all processors");
  }

  @ParameterizedTest
  @ValueSource(strings = {"vector", "reference"})
  void processorsHaveNoDevices(String name) {
    BackendSettings settings = BackendSettings.DEFAULT.withDevice("cuda:0");
    assertThatThrownBy(() -> Backends.open(name, settings))
        .isInstanceOf(UnavailableBackendException.class)
        .hasMessageContaining("backend '" + name + "' has no device 'cuda:0'");
  }

  @Test
  void unknownNamesAreAnsweredWithThoseThereAre() {
    assertThatThrownBy(() -> Backends.open("magic"))
        .isInstanceOf(UnavailableBackendException.class)
        .hasMessageContaining("reference, vector");
  }
}
