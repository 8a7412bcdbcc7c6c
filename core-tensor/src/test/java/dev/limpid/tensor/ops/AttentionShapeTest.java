package dev.limpid.tensor.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AttentionShapeTest {
  @Test
  void headsOfAGroupReadOneKeyHead() {
    AttentionShape shape = new AttentionShape(6, 2, 1, 3);
    assertThat(shape.group()).isEqualTo(3);
    assertThat(shape.keyHead(2)).isZero();
    assertThat(shape.keyHead(3)).isEqualTo(1);
  }

  @Test
  void aWindowEndsAtTheOwnKey() {
    AttentionShape shape = new AttentionShape(1, 1, 1, 3);
    assertThat(shape.firstKey(1)).isZero();
    assertThat(shape.firstKey(7)).isEqualTo(5);
    assertThat(new AttentionShape(1, 1, 1, Integer.MAX_VALUE).firstKey(7)).isZero();
  }

  @Test
  void headsThatFormNoGroupsAndEmptyWindowsAreRefused() {
    assertThatThrownBy(() -> new AttentionShape(3, 2, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 query heads")
        .hasMessageContaining("2 key heads");
    assertThatThrownBy(() -> new AttentionShape(1, 0, 1, 1)).hasMessageContaining("0 key heads");
    assertThatThrownBy(() -> new AttentionShape(1, 1, 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a window of 0 keys");
  }
}
