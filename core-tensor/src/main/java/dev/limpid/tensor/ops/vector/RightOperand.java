package dev.limpid.tensor.ops.vector;

/** The right operand of a product of matrices, [out, in], as its kernels read it: in blocks. */
sealed interface RightOperand permits Panels, TurnedPanels {
  /** Returns the length of an input row. */
  int inputs();

  /** Returns the length of an output row. */
  int outputs();

  /** Returns the number of panels of {@link Lanes#PANEL} outputs. */
  default int count() {
    return Lanes.panels(outputs());
  }

  /**
   * Returns an array that holds inputs {@code first} to {@code first} + n of a panel,
   * [n][Lanes.PANEL] from {@link #blockAt} on: stored there, or a buffer that the next call fills
   * anew.
   */
  float[] block(int panel, int first, int n, Scratch scratch);

  /** Blocks of some panels, each to be read before the next is asked for. */
  interface Blocks {
    /** Returns the array that holds the block of a panel. */
    float[] of(int panel);

    /** Returns where in that array it begins. */
    int at(int panel);
  }

  /** Returns whether the elements of such blocks are read at once, when they are returned. */
  boolean readsTogether();

  /** Returns the blocks of panels {@code from} (inclusive) to {@code to} (exclusive). */
  default Blocks blocks(int from, int to, int first, int n, Scratch scratch) {
    return new Blocks() {
      @Override
      public float[] of(int panel) {
        return block(panel, first, n, scratch);
      }

      @Override
      public int at(int panel) {
        return blockAt(panel, first);
      }
    };
  }

  /**
   * Returns the number of inputs that are best read together: blocks should begin at multiples of
   * it.
   */
  int grain();

  /** Returns where in that array the block begins. */
  int blockAt(int panel, int first);

  /** Returns how many vectors of stored elements are read for a block of {@code n} inputs. */
  int stored(int n);

  /**
   * Asks for some of those vectors, so that they have come from memory when the block is read.
   *
   * @param panel of the block
   * @param first its first input
   * @param from the first vector, of {@link #stored}
   * @param to the one behind the last
   */
  void ask(int panel, int first, int from, int to);
}
