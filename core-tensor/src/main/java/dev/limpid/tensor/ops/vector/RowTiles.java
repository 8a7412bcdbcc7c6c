package dev.limpid.tensor.ops.vector;

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
    // A high tile that is not full is better than as many low ones of the same height.
    return (rows + TileKernel.LOW - 1) / TileKernel.HIGH;
  }

  /**
   * Packs a tile of rows [rows, stride] for the tile kernels: out[column][row of the tile].
   *
   * @param at where row 0, column 0 of x is
   * @param columns the number of columns to pack
   */
  void pack(
      int tile,
      float[] x,
      int at,
      int stride,
      int columns,
      float[] out,
      int outAt,
      Scratch scratch) {
    int first = at + row(tile) * stride;
    Turning.turn(x, first, stride, realRows(tile), columns, height(tile), out, outAt, scratch);
  }
}
