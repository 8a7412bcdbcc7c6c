package dev.limpid.tensor.ops.vector;

import dev.limpid.tensor.ops.vector.Scratch.Use;

/**
 * How a number of rows is cut into tiles: high ones, then low ones for what remains. The last tile
 * may reach beyond the last row; those rows of it are zeros.
 */
record RowTiles(int rows) {

  /** Returns the number of tiles. */
  int count() {
    return highCount() + Math.ceilDiv(rows - highCount() * TileKernel.HIGH, TileKernel.LOW);
  }

  /** Returns the first row of a tile; of tile {@code count()}, the number of padded rows. */
  int row(int tile) {
    int high = Math.min(tile, highCount());
    return high * TileKernel.HIGH + (tile - high) * TileKernel.LOW;
  }

  /** Returns the rows in a tile, those beyond the last included. */
  int height(int tile) {
    return tile < highCount() ? TileKernel.HIGH : TileKernel.LOW;
  }

  /** Returns the rows in all tiles. */
  int paddedRows() {
    return row(count());
  }

  /** Returns the rows of a tile that are there. */
  int realRows(int tile) {
    return Math.min(height(tile), rows - row(tile));
  }

  private int highCount() {
    // Three low tiles in a row would do the work of a high one.
    return (rows + TileKernel.LOW - 1) / TileKernel.HIGH;
  }

  /**
   * Packs a tile of rows [rows, stride] for the tile kernels: out[column][row of the tile].
   *
   * @param at where row 0, column 0 of x is
   * @param columns the number of columns to pack
   */
  void pack(int tile, float[] x, int at, int stride, int columns, float[] out, int outAt) {
    int height = height(tile);
    int real = realRows(tile);
    for (int r = 0; r < height; r++) {
      int o = outAt + r;
      if (r < real) {
        int first = at + (row(tile) + r) * stride;
        for (int i = first; i < first + columns; i++) {
          out[o] = x[i];
          o += height;
        }
      } else {
        for (int i = 0; i < columns; i++) {
          out[o] = 0;
          o += height;
        }
      }
    }
  }

  /** Packs all tiles, one after the other, and returns the buffer: tile at row(tile) * columns. */
  float[] packAll(float[] x, int at, int stride, int columns, Scratch scratch) {
    float[] packed = scratch.floats(Use.PACKED_TILE, paddedRows() * columns);
    for (int tile = 0; tile < count(); tile++) {
      pack(tile, x, at, stride, columns, packed, row(tile) * columns);
    }
    return packed;
  }
}
