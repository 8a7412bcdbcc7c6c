package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Asks memory for what is read soon: a store of no lanes writes nothing, but its line is fetched
 * after the instruction has retired, so that none behind it waits, as one would behind a load.
 *
 * <p>Only where vectors are as wide as cache lines: such machines have stores with masks. In the
 * midst of a kernel, beside its arithmetic, they cost least; behind it they are a wait of their
 * own. What it gains was measured on Intel Xeons (benchmarks/REPORT.md).
 */
final class Ahead {
  static final boolean WORKS = FLOATS.vectorBitSize() == 512;

  private Ahead() {}

  /** Asks for vectors of x; what lies outside is left out, as it would leave the compiled path. */
  static void ask(float[] x, int at, int vectors) {
    int end = Math.min(at + vectors * VL, x.length - VL + 1);
    FloatVector nothing = FloatVector.zero(FLOATS);
    VectorMask<Float> none = FLOATS.maskAll(false);
    for (int i = at; i < end; i += VL) {
      nothing.intoArray(x, i, none);
    }
  }
}
