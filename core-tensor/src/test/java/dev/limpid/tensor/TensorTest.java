package dev.limpid.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorTest {
  @Test
  void viewsShareTheirStorage() {
    Tensor x = Tensor.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 3, 2, 2);

    Tensor row = x.row(1);
    row.array()[row.offset()] = 40;

    assertThat(row.shape()).isEqualTo(Shape.of(2, 2));
    assertThat(x.get(1, 0, 0)).isEqualTo(40);
    assertThat(x.rows(1, 3).reshape(8).get(7)).isEqualTo(11);
    assertThat(x.rows(1, 1).size()).isZero();
  }

  @Test
  void rowsOutsideAreRefused() {
    Tensor x = Tensor.zeros(3, 2);
    assertThatThrownBy(() -> x.row(3)).isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> x.get(0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> x.reshape(4)).isInstanceOf(ShapeException.class);
  }

  /** 1.5, -2, the largest F16 subnormal and a value of exponent 2^-10, as each type stores them. */
  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16"})
  void elementsOfFilesAreConverted(DType dtype) {
    float[] values = {1.5f, -2, dtype == DType.F16 ? 0x1.ff8p-15f : 0x1p-30f, 0x1p-10f, 0};
    Tensor x = stored(dtype, values).reshape(1, 5);

    assertThat(x.toFloats()).containsExactly(values);
    assertThat(x.toHeap().dtype()).isEqualTo(DType.F32);
    assertThat(x.row(0).rows(2, 4).toFloats()).containsExactly(values[2], values[3]);
    assertThat(x.allFinite()).isTrue();
    assertThatThrownBy(x::array).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16"})
  void numbersThatAreNoneAreFound(DType dtype) {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      float[] values = new float[20_000];
      values[19_999] = bad;
      assertThat(stored(dtype, values).allFinite()).isFalse();
    }
    assertThat(Tensor.of(new float[] {1, Float.NaN}, 2).allFinite()).isFalse();
  }

  @Test
  void bytesMustFitTheShape() {
    assertThatThrownBy(
            () -> Tensor.over(MemorySegment.ofArray(new byte[7]), DType.F16, Shape.of(4)))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("7 bytes");
  }

  private static Tensor stored(DType dtype, float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      switch (dtype) {
        case F32 -> bytes.putFloat(value);
        case F16 -> bytes.putShort(Float.floatToFloat16(value));
        case BF16 -> bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
        case I64 -> throw new AssertionError();
      }
    }
    return Tensor.over(MemorySegment.ofBuffer(bytes.flip()), dtype, Shape.of(values.length));
  }

  @Test
  void gathersRowsInAnyOrderAndType() {
    Tensor heap = Tensor.of(new float[] {9, 1, 2, 3, 4, 5, 6}, 7).rows(1, 7).reshape(3, 2);
    assertThat(heap.gather(new int[] {2, 0, 2}).toFloats()).containsExactly(5, 6, 1, 2, 5, 6);
    short[] halves = {Float.floatToFloat16(1), Float.floatToFloat16(2), Float.floatToFloat16(3)};
    Tensor mapped = Tensor.over(MemorySegment.ofArray(halves), DType.F16, Shape.of(3));
    Tensor gathered = mapped.gather(new int[] {1, 2, 0});
    assertThat(gathered.dtype()).isEqualTo(DType.F16);
    assertThat(gathered.toFloats()).containsExactly(2, 3, 1);
  }
}
