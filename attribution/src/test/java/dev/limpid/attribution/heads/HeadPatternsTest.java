package dev.limpid.attribution.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Scores of patterns small enough to check by hand. */
class HeadPatternsTest {
  private static final double ROUNDING = 1e-7;

  /** Head 0 looks one token back, head 1 at the first token, head 2 at both by halves. */
  private static final Tensor PATTERN =
      Tensor.of(
          rows(
              new float[] {1, 0, 0},
              new float[] {1, 0, 0},
              new float[] {0, 1, 0},
              new float[] {1, 0, 0},
              new float[] {1, 0, 0},
              new float[] {1, 0, 0},
              new float[] {1, 0, 0},
              new float[] {.5f, .5f, 0},
              new float[] {.5f, .5f, 0}),
          3,
          3,
          3);

  @Test
  void previousTokenIsTheDiagonalBelowTheMainOne() {
    assertThat(HeadPatterns.previousToken(PATTERN))
        .containsExactly(new double[] {1, .5, .5}, within(ROUNDING));
  }

  @Test
  void firstTokenIsTheFirstColumnWithoutTheFirstRow() {
    assertThat(HeadPatterns.firstToken(PATTERN))
        .containsExactly(new double[] {.5, 1, .5}, within(ROUNDING));
  }

  /** BOS a b a b: a's first occurrence is 2 back, what followed it 1 back. */
  @Test
  void aListSaidTwiceShowsInductionAndDuplicates() {
    Tensor pattern = Tensor.zeros(2, 5, 5);
    for (int q = 3; q < 5; q++) {
      pattern.array()[q * 5 + q - 1] = 0.75f; // head 0: what followed
      pattern.array()[25 + q * 5 + q - 2] = 0.25f; // head 1: the token itself
    }

    assertThat(HeadPatterns.diagonal(pattern, 1, 3)).containsExactly(0.75, 0);
    assertThat(HeadPatterns.diagonal(pattern, 2, 3)).containsExactly(0, 0.25);
  }

  @Test
  void oneTokenHasNothingBehindIt() {
    Tensor alone = Tensor.of(new float[] {1}, 1, 1, 1);

    assertThat(HeadPatterns.previousToken(alone)).containsExactly(0);
    assertThat(HeadPatterns.firstToken(alone)).containsExactly(0);
  }

  private static float[] rows(float[]... rows) {
    float[] all = new float[rows.length * rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, all, i * rows[0].length, rows[0].length);
    }
    return all;
  }
}
