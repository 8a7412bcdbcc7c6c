package dev.limpid.tensor.ops.toy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.ReferenceOps;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.TensorOpsContract;
import org.junit.jupiter.api.Test;

/** The contract, kept in a memory that is not the heap; and that the toy guards this memory. */
final class ToyOpsTest implements TensorOpsContract {
  private final ToyOps ops = new ToyOps(new ReferenceOps());

  @Override
  public TensorOps ops() {
    return ops;
  }

  @Test
  void everyFloatThatCrossesIsCounted() {
    Tensor x = ops.resident(Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2));
    assertThat(ops.transfers().uploaded()).isEqualTo(6);
    Tensor sum = ops.zeros(3, 2);
    ops.add(x, x, sum);
    assertThat(ops.transfers().downloaded()).isZero();
    assertThat(sum.row(2).toFloats()).containsExactly(10, 12);
    assertThat(sum.get(0, 1)).isEqualTo(4);
    assertThat(ops.transfers().downloaded()).isEqualTo(3);
    ops.embed(Tensor.zeros(9, 2), new int[] {8, 8}, sum.rows(0, 2));
    assertThat(ops.transfers().uploaded()).isEqualTo(10);
  }

  @Test
  void tensorsOfTheHeapAreRefused() {
    Tensor there = ops.zeros(2, 2);
    assertThatThrownBy(() -> ops.add(there, Tensor.zeros(2, 2), there))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("resident");
    assertThatThrownBy(there::array)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("toy:0")
        .hasMessageContaining("toHeap");
  }

  @Test
  void whatAScopeDoesNotKeepEndsWithIt() {
    Tensor ended;
    Tensor handedOn;
    Tensor kept;
    try (Scope outer = ops.scope()) {
      try (Scope inner = ops.scope()) {
        ended = ops.zeros(2);
        handedOn = inner.keep(ops.zeros(2));
        ops.copy(Tensor.of(new float[] {1, 2}, 2), handedOn);
        kept = outer.keep(inner.keep(ops.zeros(2).rows(1, 2)));
      }
      assertThat(handedOn.toFloats()).containsExactly(1, 2);
      assertThatThrownBy(ended::toFloats).hasMessageContaining("ended with its scope");
      assertThatThrownBy(() -> ops.copy(ended, handedOn)).hasMessageContaining("scope");
    }
    assertThatThrownBy(() -> handedOn.get(0)).hasMessageContaining("ended with its scope");
    assertThat(kept.get(0)).isZero();
  }

  @Test
  void whatIsBroughtToStayBelongsToNoScope() {
    Tensor weight;
    try (Scope scope = ops.scope()) {
      weight = scope.keep(ops.resident(Tensor.of(new float[] {1, 2}, 2)));
    }
    assertThat(weight.toFloats()).containsExactly(1, 2);
  }

  @Test
  void scopesCloseFromTheInsideOut() {
    Scope outer = ops.scope();
    try (Scope inner = ops.scope()) {
      assertThatThrownBy(outer::close).hasMessageContaining("inside out");
      assertThat(inner.keep(Tensor.zeros(1)).onHeap()).isTrue();
    }
    outer.close();
  }
}
