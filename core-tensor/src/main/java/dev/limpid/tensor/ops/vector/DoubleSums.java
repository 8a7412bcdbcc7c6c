package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums over a row of floats, taken in double: trained models have components a thousand times the
 * others. Always in the same order for a width of vectors.
 */
final class DoubleSums {
  private static final VectorSpecies<Double> DOUBLES =
      VectorSpecies.of(double.class, FLOATS.vectorShape());

  private DoubleSums() {}

  /** Returns the sum of n elements. */
  static double sum(float[] x, int at, int n) {
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = DoubleVector.zero(DOUBLES);
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += VL) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, at + i);
      low = low.add(half(v, 0));
      high = high.add(half(v, 1));
    }
    double sum = lanes(low.add(high));
    for (; i < n; i++) {
      sum += x[at + i];
    }
    return sum;
  }

  /** Returns the sum of the squares of n elements less the mean. */
  static double squares(float[] x, int at, int n, double mean) {
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = DoubleVector.zero(DOUBLES);
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += VL) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, at + i);
      DoubleVector l = half(v, 0).sub(mean);
      DoubleVector h = half(v, 1).sub(mean);
      low = l.fma(l, low);
      high = h.fma(h, high);
    }
    double sum = lanes(low.add(high));
    for (; i < n; i++) {
      sum += (x[at + i] - mean) * (x[at + i] - mean);
    }
    return sum;
  }

  /** Returns the product of a row less its mean with another row. */
  static double product(float[] x, int at, int n, float mean, float[] y, int yAt) {
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = DoubleVector.zero(DOUBLES);
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += VL) {
      FloatVector w = FloatVector.fromArray(FLOATS, y, yAt + i);
      FloatVector v = FloatVector.fromArray(FLOATS, x, at + i).sub(mean).mul(w);
      low = low.add(half(v, 0));
      high = high.add(half(v, 1));
    }
    double sum = lanes(low.add(high));
    for (; i < n; i++) {
      sum += (x[at + i] - mean) * y[yAt + i];
    }
    return sum;
  }

  private static DoubleVector half(FloatVector x, int part) {
    return (DoubleVector) x.convertShape(VectorOperators.F2D, DOUBLES, part);
  }

  /** Returns the sum of the lanes, in the same order whether it is compiled or not. */
  private static double lanes(DoubleVector x) {
    double[] lanes = x.toArray();
    for (int width = lanes.length / 2; width > 0; width /= 2) {
      for (int i = 0; i < width; i++) {
        lanes[i] += lanes[i + width];
      }
    }
    return lanes[0];
  }
}
