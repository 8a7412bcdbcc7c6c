package dev.limpid.tensor.ops.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The vector width of this machine, which every kernel and every packed layout is built on. */
final class Lanes {
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());

  /** Floats in one vector. */
  static final int VL = FLOATS.length();

  /** Columns of a packed panel: two vectors, so that a tile has two accumulators a row. */
  static final int PANEL = 2 * VL;

  /** All bits of a float but its sign; cheaper than {@code abs()}, which reloads its mask. */
  static final int MAGNITUDE = 0x7fffffff;

  private Lanes() {}

  /** Returns how many panels hold that many columns. */
  static int panels(int columns) {
    return Math.ceilDiv(columns, PANEL);
  }

  /** Returns |x|. */
  static FloatVector abs(FloatVector x) {
    return x.reinterpretAsInts().and(MAGNITUDE).reinterpretAsFloats();
  }

  /** Returns max(0, x), for x that is not NaN: as integers, negative floats are negative. */
  static FloatVector positive(FloatVector x) {
    IntVector bits = x.reinterpretAsInts();
    return bits.max(0).reinterpretAsFloats();
  }

  /** Returns x where y is 0 or positive, else -x; the sign of -0 counts as negative. */
  static FloatVector timesSign(FloatVector x, FloatVector y) {
    IntVector sign = y.reinterpretAsInts().and(~MAGNITUDE);
    return x.reinterpretAsInts().lanewise(VectorOperators.XOR, sign).reinterpretAsFloats();
  }

  /**
   * Returns the sum of the lanes, always in the same order: {@code reduceLanes} may add in another
   * order once it is compiled.
   */
  static float sum(FloatVector x) {
    return sum(x.toArray());
  }

  /** Returns the sum of the lanes of a vector, in the same order; modifies them. */
  static float sum(float[] lanes) {
    for (int width = VL / 2; width > 0; width /= 2) {
      for (int i = 0; i < width; i++) {
        lanes[i] += lanes[i + width];
      }
    }
    return lanes[0];
  }
}
