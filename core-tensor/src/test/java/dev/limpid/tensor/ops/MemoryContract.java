package dev.limpid.tensor.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.ShapeException;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Samples.Storage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where tensors lie, and how long. */
public interface MemoryContract extends ContractSubject {

  @Test
  default void zerosAreZeros() {
    Tensor zeros = ops().zeros(3, 0, 7);
    assertThat(zeros.shape().dims()).containsExactly(3, 0, 7);
    assertThat(zeros.toFloats()).isEmpty();
    assertThat(ops().zeros(13, 7).toFloats()).hasSize(91).containsOnly(0);
    assertThat(ops().zeros().toFloats()).containsExactly(0);
  }

  @ParameterizedTest
  @EnumSource(Storage.class)
  default void bringsTensorsOfEveryStorage(Storage storage) {
    Tensor x = new Samples(42).weight(storage, 13, 7);
    Tensor there = ops().resident(x);
    assertThat(there.dtype()).isEqualTo(DType.F32);
    assertThat(there.shape()).isEqualTo(x.shape());
    assertThat(there.toFloats()).isEqualTo(x.toFloats());
    assertThat(ops().resident(there)).isSameAs(there);
    assertThat(ops().resident(there.row(3)).toFloats()).isEqualTo(x.row(3).toFloats());
  }

  @Test
  default void copiesIntoAPart() {
    Tensor x = new Samples(42).gaussian(3, 7);
    for (Tensor from : new Tensor[] {x, ops().resident(x)}) {
      Tensor out = ops().zeros(5, 7);
      ops().copy(from, out.rows(1, 4));
      assertThat(out.rows(1, 4).toFloats()).isEqualTo(x.toFloats());
      assertThat(out.row(0).toFloats()).containsOnly(0);
      assertThat(out.row(4).toFloats()).containsOnly(0);
    }
    Tensor out = ops().zeros(5, 7);
    assertThatThrownBy(() -> ops().copy(out, ops().zeros(7, 5)))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("copy");
  }

  @Test
  default void whatIsKeptOutlivesItsScope() {
    Tensor x = new Samples(42).gaussian(3, 7);
    Tensor kept;
    try (Scope outer = ops().scope()) {
      Tensor ofOuter = there(x);
      try (Scope inner = ops().scope()) {
        Tensor sum = ops().zeros(3, 7);
        ops().add(ofOuter, ofOuter, sum);
        kept = inner.keep(sum.rows(1, 3));
        assertThat(kept.get(0, 0)).isEqualTo(2 * x.get(1, 0));
      }
      assertThat(ofOuter.toFloats()).isEqualTo(x.toFloats());
      assertThat(outer.keep(kept)).isSameAs(kept);
    }
    assertThat(kept.get(1, 6)).isEqualTo(2 * x.get(2, 6));
  }

  @ParameterizedTest
  @EnumSource(Storage.class)
  default void findsNumbersThatAreNone(Storage storage) {
    for (int rows : new int[] {1, 13, 90_000}) { // the last is more than one thread looks at
      Tensor x = new Samples(42).gaussian(rows, 7);
      assertThat(ops().allFinite(Samples.stored(storage, x))).isTrue();
      assertThat(ops().allFinite(there(x))).isTrue();
      for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
        x.array()[x.offset() + (rows - 1) * 7] = bad;
        assertThat(ops().allFinite(Samples.stored(storage, x))).isFalse();
        assertThat(ops().allFinite(there(x))).isFalse();
      }
    }
  }
}
