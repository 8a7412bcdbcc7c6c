package dev.limpid.backend.opencl;

/**
 * How the work of matrix products is cut, by the class of a device.
 *
 * @param group the work items of a group where rows are summed, a power of two
 * @param large for products that keep the whole device busy
 * @param small for others
 * @param columns for products of a few rows with a weight stored column beside column
 */
record Tiles(int group, Tile large, Tile small, Tile columns) {

  /**
   * A tile of a product, computed by a group of work items; each has a block of it in registers.
   *
   * @param rows of work items
   * @param columns of work items
   * @param blockRows rows of a work item
   * @param blockColumns columns of a work item
   * @param depth how many products are summed between two visits to global memory
   */
  record Tile(int rows, int columns, int blockRows, int blockColumns, int depth) {
    int height() {
      return rows * blockRows;
    }

    int width() {
      return columns * blockColumns;
    }

    String options() {
      return "-DROWS=%d -DCOLUMNS=%d -DBLOCK_ROWS=%d -DBLOCK_COLUMNS=%d -DDEPTH=%d"
          .formatted(rows, columns, blockRows, blockColumns, depth);
    }
  }

  private static final Tiles ON_GPU =
      new Tiles(
          128, new Tile(16, 16, 8, 4, 16), new Tile(16, 16, 2, 4, 16), new Tile(8, 32, 1, 1, 1));
  private static final Tiles ON_SMALL_GPU =
      new Tiles(64, new Tile(8, 16, 4, 4, 16), new Tile(8, 8, 2, 4, 16), new Tile(4, 16, 1, 1, 1));
  private static final Tiles ON_PROCESSOR =
      new Tiles(16, new Tile(4, 8, 8, 4, 32), new Tile(2, 8, 4, 4, 32), new Tile(1, 16, 1, 1, 1));

  /** Tiles of tensor cores are of warps, which have eight rows of four items. */
  private static final Tile LARGE_OF_WARPS = new Tile(32, 8, 4, 8, 32);

  private static final Tile SMALL_OF_WARPS = new Tile(16, 8, 2, 4, 32);

  /** Returns those of a device. */
  static Tiles of(OpenClDevice device) {
    if (device.kind() == OpenClDevice.Kind.PROCESSOR) {
      return ON_PROCESSOR;
    }
    return device.groupSize() >= 256 && device.localMemory() >= 32 << 10 ? ON_GPU : ON_SMALL_GPU;
  }

  /** Returns those of a device whose tensor cores multiply. */
  static Tiles ofTensorCores(OpenClDevice device) {
    Tiles plain = of(device);
    return new Tiles(plain.group, LARGE_OF_WARPS, SMALL_OF_WARPS, plain.columns);
  }
}
