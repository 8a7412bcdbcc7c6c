package dev.limpid.backend.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Activation;
import dev.limpid.tensor.ops.AttentionShape;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.Samples;
import dev.limpid.tensor.ops.Samples.Storage;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.WeightLayout;
import dev.limpid.tensor.spi.Backends;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the contract does not say of the first device there is. */
@Tag("opencl")
class OpenClDeviceTest {
  private static final TensorOps OPS = Backends.open("opencl");

  /** A small layer, of which the rows depend on the seed. */
  private static float[] layer(long seed) {
    try (Scope _ = OPS.scope()) {
      Samples samples = new Samples(seed);
      Tensor x = OPS.zeros(37, 64);
      OPS.copy(samples.gaussian(37, 64), x);
      PackedMatrix weight = OPS.pack(samples.weight(Storage.F16, 64, 64), WeightLayout.OUT_IN);
      Tensor y = OPS.zeros(37, 64);
      OPS.matmul(x, weight, null, y);
      Tensor pattern = OPS.zeros(4, 37, 37);
      OPS.causalPattern(y, x, new AttentionShape(4, 4, 0.1f, 37), pattern);
      Tensor values = OPS.zeros(4, 37, 16);
      OPS.splitHeads(x, values, 0);
      OPS.attend(pattern, values, y);
      OPS.activate(Activation.GELU_TANH, y, y);
      return y.toFloats();
    }
  }

  @Test
  void everyRunGivesTheSameBits() {
    float[] first = layer(1);
    for (int i = 0; i < 10; i++) {
      assertThat(layer(1)).isEqualTo(first);
    }
  }

  @Test
  void usersAtOnceGetWhatOneWould() throws InterruptedException, ExecutionException {
    List<float[]> alone = List.of(layer(0), layer(1), layer(2), layer(3));
    List<Callable<float[]>> asked = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      int seed = i % 4;
      asked.add(() -> layer(seed));
    }
    try (ExecutorService users = Executors.newFixedThreadPool(4)) {
      List<Future<float[]>> answers = users.invokeAll(asked);
      for (int i = 0; i < answers.size(); i++) {
        assertThat(answers.get(i).get()).isEqualTo(alone.get(i % 4));
      }
    }
  }

  @Test
  void numbersThatAreNoneAreReportedWhenSomethingIsReadOrTheScopeEnds() {
    Tensor bad = Tensor.of(new float[] {1, Float.NaN}, 2);
    Tensor good = Tensor.of(new float[] {1, 2}, 2);
    assertThatThrownBy(() -> OPS.requireFinite(OPS.resident(bad), problem("at once")))
        .hasMessage("at once");
    assertThatThrownBy(
            () -> {
              try (Scope _ = OPS.scope()) {
                for (int i = 0; i < 600; i++) {
                  OPS.requireFinite(OPS.resident(good), problem("good"));
                }
                OPS.requireFinite(OPS.resident(bad), problem("first"));
                OPS.requireFinite(OPS.resident(bad), problem("second"));
              }
            })
        .hasMessage("first");
    try (Scope _ = OPS.scope()) {
      OPS.requireFinite(OPS.resident(bad), problem("when read"));
      assertThatThrownBy(() -> OPS.resident(good).toFloats()).hasMessage("when read");
    }
  }

  private static Supplier<RuntimeException> problem(String what) {
    return () -> new IllegalStateException(what);
  }

  @Test
  void whatAScopeDoesNotKeepEndsWithIt() {
    Tensor ended;
    try (Scope outer = OPS.scope()) {
      try (Scope _ = OPS.scope()) {
        ended = OPS.zeros(2);
      }
      assertThatThrownBy(ended::toFloats).hasMessageContaining("ended with its scope");
      assertThatThrownBy(() -> OPS.add(ended, ended, ended)).hasMessageContaining("scope");
      try (Scope _ = OPS.scope()) {
        assertThatThrownBy(outer::close).hasMessageContaining("inside out");
      }
    }
  }

  @Test
  void tensorsOfTheHeapAreRefused() {
    Tensor there = OPS.zeros(2, 2);
    assertThatThrownBy(() -> OPS.add(there, Tensor.zeros(2, 2), there))
        .hasMessageContaining("is not on opencl:0: bring it there by resident");
    assertThatThrownBy(there::array).hasMessageContaining("toHeap");
  }

  @Test
  void memoryComesBack() {
    long before = OPS.memoryLeft().orElseThrow();
    for (int i = 0; i < 1000; i++) {
      try (Scope _ = OPS.scope()) {
        assertThat(OPS.zeros(1000, 1000).size()).isEqualTo(1_000_000);
      }
    }
    assertThat(OPS.memoryLeft().orElseThrow()).isGreaterThanOrEqualTo(before - (8 << 20));
  }

  @Test
  void provenanceNamesDeviceAndDriver() {
    assertThat(OPS.description()).matches("opencl:0, .+, .+, driver .+, kernels \\d+");
  }
}
