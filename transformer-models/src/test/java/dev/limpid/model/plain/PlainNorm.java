package dev.limpid.model.plain;

import dev.limpid.model.config.Norm;
import org.jspecify.annotations.Nullable;

/**
 * s(x) lin(x) + b, with lin(x) = g (x - mean x) or g x.
 *
 * @param gain 1 is in it where a model adds 1 to what it stores; null for ones
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PlainNorm(Norm facts, double @Nullable [] gain, double @Nullable [] bias) {
  static final PlainNorm NONE = new PlainNorm(Norm.NONE, null, null);

  double scale(double[] x) {
    if (facts.kind() == Norm.Kind.NONE) {
      return 1;
    }
    double[] centred = centred(x);
    return 1 / Math.sqrt(PlainWeights.dot(centred, centred) / x.length + facts.epsilon());
  }

  private double[] centred(double[] x) {
    double mean = 0;
    for (double value : x) {
      mean += value / x.length;
    }
    double[] out = x.clone();
    for (int i = 0; i < x.length && facts.kind() == Norm.Kind.LAYER_NORM; i++) {
      out[i] -= mean;
    }
    return out;
  }

  double[] lin(double[] x) {
    double[] out = centred(x);
    for (int i = 0; i < x.length && gain != null; i++) {
      out[i] *= gain[i];
    }
    return out;
  }

  double[] bias(int width) {
    return bias == null ? new double[width] : bias;
  }

  double[] of(double[] x) {
    return PlainWeights.plus(bias(x.length), scale(x), lin(x));
  }
}
