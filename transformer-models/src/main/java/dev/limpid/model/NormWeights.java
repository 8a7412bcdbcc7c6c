package dev.limpid.model;

import dev.limpid.model.config.Norm;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.ReferenceOps;
import dev.limpid.tensor.ops.TensorOps;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A norm with what it learned: s(x) * lin(x) + b. As a norm stands in an exact decomposition, s is
 * held at that of the whole x, and lin goes through every part of it.
 *
 * @param norm which norm
 * @param gain [D], or null for ones; 1 is in it where the norm says so
 * @param bias b, [D], or null for zeros
 */
public record NormWeights(Norm norm, @Nullable Tensor gain, @Nullable Tensor bias) {
  /** No norm: everything stays as it is. */
  public static final NormWeights NONE = new NormWeights(Norm.NONE, null, null);

  private static final TensorOps HEAP = new ReferenceOps();

  /** Returns whether there is a norm. */
  public boolean isThere() {
    return norm.kind() != Norm.Kind.NONE;
  }

  /** Returns x [n, D] through the norm; x is not modified, and returned as it is without a norm. */
  public Tensor of(TensorOps ops, Tensor x) {
    if (!isThere()) {
      return x;
    }
    Tensor out = ops.zeros(x.dim(0), x.dim(1));
    into(ops, x, out);
    return out;
  }

  /** Writes x [n, D] through a norm that is there into out, which may be x itself. */
  void into(TensorOps ops, Tensor x, Tensor out) {
    switch (norm.kind()) {
      case LAYER_NORM -> ops.layerNorm(x, gain, bias, norm.epsilon(), out);
      case RMS_NORM -> ops.rmsNorm(x, Objects.requireNonNull(gain), norm.epsilon(), out);
      case NONE -> throw new IllegalStateException("no norm to go through");
    }
  }

  /**
   * Takes a gradient through the norm, in place; returns it.
   *
   * @param x [n, D] what was normed, not modified
   * @param frozen whether s counts as a constant
   */
  Tensor back(TensorOps ops, Tensor x, boolean frozen, Tensor gradient) {
    float epsilon = norm.epsilon();
    switch (norm.kind()) {
      case LAYER_NORM -> ops.layerNormBackward(x, gain, epsilon, frozen, gradient, gradient);
      case RMS_NORM ->
          ops.rmsNormBackward(x, Objects.requireNonNull(gain), epsilon, frozen, gradient, gradient);
      case NONE -> {}
    }
    return gradient;
  }

  /** Returns s of every row of x [n, D], where that is computed: [n]; only of a norm. */
  Tensor scales(TensorOps ops, Tensor x) {
    Tensor out = ops.zeros(x.dim(0));
    ops.normScales(x, norm.centres(), norm.epsilon(), out);
    return out;
  }

  /** Returns s of every row of x [n, D], on the heap: [n]; ones without a norm. */
  public Tensor scales(Tensor x) {
    if (isThere()) {
      return scales(HEAP, x.toHeap());
    }
    Tensor ones = Tensor.zeros(x.dim(0));
    Arrays.fill(ones.array(), 1);
    return ones;
  }

  /** Returns lin of every row of x [n, D], on the heap: [n, D]; x is not modified. */
  public Tensor linear(Tensor x) {
    Tensor out = Tensor.of(x.toFloats(), x.dim(0), x.dim(1));
    int width = x.dim(1);
    @Nullable Tensor here = gain == null ? null : gain.toHeap();
    for (int t = 0; t < x.dim(0); t++) {
      double center = norm.centres() ? mean(out.array(), t * width, width) : 0;
      for (int i = 0; i < width; i++) {
        double centred = out.array()[t * width + i] - center;
        out.array()[t * width + i] = (float) (here == null ? centred : centred * here.get(i));
      }
    }
    return out;
  }

  /** Takes a direction [D] back through lin, in place: times the gain, then centred. */
  public void transposed(double[] direction) {
    double mean = 0;
    @Nullable Tensor here = gain == null ? null : gain.toHeap();
    for (int i = 0; i < direction.length; i++) {
      direction[i] *= here == null ? 1 : here.get(i);
      mean += direction[i] / direction.length;
    }
    for (int i = 0; norm.centres() && i < direction.length; i++) {
      direction[i] -= mean;
    }
  }

  private static double mean(float[] x, int at, int n) {
    double sum = 0;
    for (int i = at; i < at + n; i++) {
      sum += x[i];
    }
    return sum / n;
  }
}
