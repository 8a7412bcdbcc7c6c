package dev.limpid.model.load.lora;

import dev.limpid.tensor.Tensor;
import java.util.Arrays;

/**
 * What an adapter adds to a matrix: s L R.
 *
 * @param left L, [rows, r]
 * @param right R, [r, columns]
 * @param scale s
 */
record Delta(float[][] left, float[][] right, float scale) {

  /** Returns the matrix with this added in float32; it is [rows, columns], not modified. */
  Tensor addedTo(Tensor matrix) {
    int columns = matrix.dim(1);
    float[] sum = matrix.toFloats();
    float[] product = new float[columns];
    for (int row = 0; row < matrix.dim(0); row++) {
      Arrays.fill(product, 0);
      for (int j = 0; j < right.length; j++) {
        addScaled(left[row][j], right[j], product);
      }
      int from = row * columns;
      for (int column = 0; column < columns; column++) {
        sum[from + column] += scale * product[column];
      }
    }
    return Tensor.of(sum, matrix.dim(0), columns);
  }

  private static void addScaled(float factor, float[] of, float[] to) {
    for (int i = 0; i < of.length; i++) {
      to[i] += factor * of[i];
    }
  }
}
