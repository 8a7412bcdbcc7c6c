package dev.limpid.model.plain;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Matrices by name, [out][in]; a vector has one row. Names within layer 3 begin with {@code 3.}, a
 * norm has a {@code .gain} and a {@code .bias}, a linear map may have a {@code .bias}.
 */
public final class PlainWeights {
  private final Map<String, double[][]> all = new LinkedHashMap<>();

  /** Adds a matrix. */
  public void put(String name, double[][] matrix) {
    all.put(name, matrix);
  }

  /** Returns all of them, in the order in which they were added. */
  public Map<String, double[][]> all() {
    return all;
  }

  /** Returns a matrix that is there. */
  public double[][] matrix(String name) {
    return Objects.requireNonNull(all.get(name), name);
  }

  /** Returns the only row of a vector, or null where there is none. */
  public double @Nullable [] vector(String name) {
    double[][] rows = all.get(name);
    return rows == null ? null : rows[0];
  }

  /** Returns W x + b. */
  public double[] map(String name, double[] x) {
    double[][] weight = matrix(name);
    double[] bias = vector(name + ".bias");
    double[] out = new double[weight.length];
    for (int o = 0; o < out.length; o++) {
      out[o] = (bias == null ? 0 : bias[o]) + dot(weight[o], x);
    }
    return out;
  }

  /** Returns the sum of the products of their elements. */
  public static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** Returns a + factor b. */
  public static double[] plus(double[] a, double factor, double[] b) {
    double[] sum = a.clone();
    for (int i = 0; i < a.length; i++) {
      sum[i] += factor * b[i];
    }
    return sum;
  }

  /** Returns factor a. */
  public static double[] times(double factor, double[] a) {
    return plus(new double[a.length], factor, a);
  }
}
