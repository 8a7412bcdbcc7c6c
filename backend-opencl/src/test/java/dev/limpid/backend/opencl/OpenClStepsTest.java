package dev.limpid.backend.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.AttentionShape;
import dev.limpid.tensor.ops.Samples;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.spi.Backends;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Operations that go in one launch give the bits that each gives by itself. */
@Tag("opencl")
class OpenClStepsTest {
  private static final TensorOps OPS = Backends.open("opencl");

  private static final float EPSILON = 0.01f;

  /** Operations one after the other: {@code after} each of them. */
  private interface Operations {
    /** Returns what they wrote. */
    List<Tensor> run(Runnable after);
  }

  /** What layers of the families do, and how many launches it is. */
  enum Case {
    NORMS_OF_HEADS(1, Case::normsOfHeads),
    NORMS_OF_ALL_HEADS(1, Case::normsOfAllHeads),
    NORMS_AROUND_A_SUM(1, after -> aroundASum(after, true)),
    NORM_BEFORE_A_SUM(1, after -> aroundASum(after, false)),
    NORM_OF_A_SUM(1, Case::ofASum),
    SCALED_SUM(1, Case::scaledSum),
    CLIPS(1, Case::clips),
    SOFTMAX_AND_VALUES(2, Case::softmaxAndValues);

    private final int launches;
    private final Operations operations;

    Case(int launches, Operations operations) {
      this.launches = launches;
      this.operations = operations;
    }

    private static List<Tensor> normsOfHeads(Runnable after) {
      Tensor queries = there(1, 7, 4 * 13);
      Tensor keys = there(2, 7, 2 * 13);
      OPS.layerNorm(queries.reshape(28, 13), null, null, EPSILON, queries.reshape(28, 13));
      after.run();
      OPS.multiplyRows(queries, GAINS_OF_QUERIES, queries);
      after.run();
      OPS.layerNorm(keys.reshape(14, 13), null, null, EPSILON, keys.reshape(14, 13));
      after.run();
      OPS.multiplyRows(keys, GAINS_OF_KEYS, keys);
      return List.of(queries, keys);
    }

    private static List<Tensor> normsOfAllHeads(Runnable after) {
      Tensor queries = there(1, 7, 4 * 13);
      Tensor keys = there(2, 7, 2 * 13);
      OPS.rmsNorm(queries, GAINS_OF_QUERIES.reshape(52), EPSILON, queries);
      after.run();
      OPS.rmsNorm(keys, GAINS_OF_KEYS.reshape(26), EPSILON, keys);
      return List.of(queries, keys);
    }

    private static List<Tensor> aroundASum(Runnable after, boolean behind) {
      Tensor raw = there(1, 7, 37);
      Tensor before = there(2, 7, 37);
      Tensor normed = OPS.zeros(7, 37);
      Tensor scales = OPS.zeros(7);
      Tensor state = OPS.zeros(7, 37);
      Tensor read = OPS.zeros(7, 37);
      OPS.rmsNorm(raw, GAIN, EPSILON, normed);
      after.run();
      OPS.normScales(raw, false, EPSILON, scales);
      after.run();
      OPS.add(before, normed, state);
      after.run();
      if (behind) {
        OPS.rmsNorm(state, BIAS, EPSILON, read);
      } else {
        looks(after, state);
      }
      return behind ? List.of(normed, scales, state, read) : List.of(normed, scales, state);
    }

    private static List<Tensor> ofASum(Runnable after) {
      Tensor a = there(1, 7, 37);
      Tensor b = there(2, 7, 37);
      Tensor sum = OPS.zeros(7, 37);
      Tensor state = OPS.zeros(7, 37);
      Tensor scales = OPS.zeros(7);
      OPS.add(a, b, sum);
      after.run();
      OPS.layerNorm(sum, GAIN, BIAS, EPSILON, state);
      after.run();
      OPS.normScales(sum, true, EPSILON, scales);
      after.run();
      looks(after, state);
      return List.of(sum, state, scales);
    }

    private static List<Tensor> scaledSum(Runnable after) {
      Tensor a = there(1, 7, 37);
      Tensor b = there(2, 7, 37);
      Tensor times = OPS.zeros(7, 37);
      Tensor sum = OPS.zeros(7, 37);
      OPS.scale(b, 0.3f, times);
      after.run();
      OPS.add(a, times, sum);
      after.run();
      looks(after, sum);
      return List.of(times, sum);
    }

    private static void looks(Runnable after, Tensor state) {
      OPS.requireFinite(state, problem("state"));
      after.run();
      OPS.requireFinite(NEURONS, problem("neurons"));
    }

    private static List<Tensor> clips(Runnable after) {
      Tensor queries = there(1, 7, 52);
      Tensor keys = there(2, 7, 26);
      Tensor values = there(3, 7, 26);
      for (Tensor x : List.of(queries, keys, values)) {
        OPS.clip(x, 0.5f, x);
        after.run();
      }
      return List.of(queries, keys, values);
    }

    private static List<Tensor> softmaxAndValues(Runnable after) {
      Tensor queries = there(1, 7, 4 * 13);
      Tensor keys = there(2, 7, 2 * 13);
      Tensor pattern = OPS.zeros(4, 7, 7);
      Tensor values = OPS.zeros(2, 7, 13);
      OPS.causalPattern(queries, keys, new AttentionShape(4, 2, 0.3f, 5), pattern);
      after.run();
      OPS.splitHeads(keys, values, 0);
      return List.of(pattern, values);
    }
  }

  private static final Tensor GAIN = there(11, 37);
  private static final Tensor BIAS = there(12, 37);
  private static final Tensor GAINS_OF_QUERIES = there(13, 4, 13);
  private static final Tensor GAINS_OF_KEYS = there(14, 2, 13);
  private static final Tensor NEURONS = there(15, 7, 111);
  private static final Tensor READ = there(16, 1);

  private static Tensor there(long seed, int... dims) {
    return OPS.resident(new Samples(seed).gaussian(dims));
  }

  private static Supplier<RuntimeException> problem(String what) {
    return () -> new IllegalStateException(what);
  }

  private static long launches() {
    return OPS.deviceUse().orElseThrow().launches();
  }

  @ParameterizedTest
  @EnumSource
  void oneLaunchGivesTheBitsOfMany(Case of) {
    List<float[]> apart;
    try (Scope _ = OPS.scope()) {
      // What is read comes behind all that was asked for.
      apart = of.operations.run(READ::toFloats).stream().map(Tensor::toFloats).toList();
    }
    try (Scope _ = OPS.scope()) {
      OPS.requireFinite(READ, problem("nothing")); // makes the flags
      OPS.requireFinite(READ, problem("nothing"));
      OPS.copy(READ, OPS.zeros(1));
      long before = launches();
      List<Tensor> written = of.operations.run(() -> {});
      READ.toFloats();
      assertThat(launches() - before).isEqualTo(of.launches);
      for (int i = 0; i < written.size(); i++) {
        assertThat(written.get(i).toFloats()).isEqualTo(apart.get(i));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsLookedAtOnTheWayIsFound(boolean inTheState) {
    Tensor good = there(1, 7, 37);
    Tensor bad = new Samples(2).gaussian(7, 37);
    bad.array()[bad.offset() + 200] = Float.NEGATIVE_INFINITY;
    Tensor there = OPS.resident(bad);
    assertThatThrownBy(
            () -> {
              try (Scope _ = OPS.scope()) {
                Tensor sum = OPS.zeros(7, 37);
                OPS.add(good, inTheState ? there : good, sum);
                OPS.requireFinite(sum, problem("state"));
                OPS.requireFinite(inTheState ? good : there, problem("neurons"));
              }
            })
        .hasMessage(inTheState ? "state" : "neurons");
  }

  /** A norm in the place of what a sum reads must wait until the sum is there. */
  @Test
  void whatReadsWhatAnotherWritesWaitsForIt() {
    try (Scope _ = OPS.scope()) {
      Tensor rows = OPS.zeros(8, 37);
      OPS.copy(new Samples(1).gaussian(8, 37), rows);
      Tensor sum = OPS.zeros(7, 37);
      Tensor read = OPS.zeros(8, 37);
      OPS.copy(rows, read);
      OPS.add(read.rows(1, 8), read.rows(1, 8), sum);
      OPS.rmsNorm(sum, GAIN, EPSILON, read.rows(0, 7));
      float[] expected = new float[7 * 37];
      float[] from = rows.toFloats();
      for (int i = 0; i < expected.length; i++) {
        expected[i] = 2 * from[37 + i];
      }
      assertThat(sum.toFloats()).isEqualTo(expected);
    }
  }
}
