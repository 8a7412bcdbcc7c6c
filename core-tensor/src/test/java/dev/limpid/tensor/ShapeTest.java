package dev.limpid.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShapeTest {
  @Test
  void sizeIsTheProductOfTheExtents() {
    assertThat(Shape.of(3, 1, 207).size()).isEqualTo(621);
    assertThat(Shape.of().size()).isEqualTo(1);
    assertThat(Shape.of(4, 0).size()).isZero();
    assertThat(Shape.of(2, 5)).hasToString("[2, 5]").isEqualTo(Shape.of(2, 5));
  }

  @Test
  void uncountableAndNegativeShapesAreRefused() {
    int big = Integer.MAX_VALUE;
    assertThatThrownBy(() -> Shape.of(big, big, big)).isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> Shape.of(2, -1)).hasMessageContaining("negative");
  }

  @Test
  void aMisfitNamesOperationArgumentAndBothShapes() {
    assertThatThrownBy(() -> Shape.of(5, 768).require("matmul", "x", 5, 767))
        .isInstanceOf(ShapeException.class)
        .hasMessage("shape mismatch in matmul: x is [5, 768], expected [5, 767]");
  }
}
