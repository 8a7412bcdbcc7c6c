package dev.limpid.tensor.ops;

import static dev.limpid.tensor.ops.ReferenceOps.at;

import dev.limpid.tensor.Tensor;
import java.util.List;

/** The plain forms of {@link PlainOps}, with tensors on the heap; arguments have been checked. */
final class ReferenceRows {
  private ReferenceRows() {}

  static Tensor normScales(Tensor x, boolean centred, float epsilon) {
    int width = x.dim(1);
    Tensor scales = Tensor.zeros(x.dim(0));
    for (int t = 0; t < x.dim(0); t++) {
      scales.array()[t] = (float) normScale(x, t * width, centred, epsilon);
    }
    return scales;
  }

  private static double normScale(Tensor x, int first, boolean centred, float epsilon) {
    int width = x.dim(1);
    double mean = 0;
    for (int i = first; centred && i < first + width; i++) {
      mean += (double) at(x, i) / width;
    }
    double square = 0;
    for (int i = first; i < first + width; i++) {
      square += (at(x, i) - mean) * (at(x, i) - mean) / width;
    }
    return 1 / Math.sqrt(square + epsilon);
  }

  static Tensor embedScaled(Tensor table, int[] ids, float[] factors) {
    int width = table.dim(1);
    Tensor out = Tensor.zeros(ids.length, width);
    float[] from = table.array();
    for (int t = 0; t < ids.length; t++) {
      int row = table.offset() + ids[t] * width;
      for (int i = 0; i < width; i++) {
        out.array()[t * width + i] = factors[t] * from[row + i];
      }
    }
    return out;
  }

  static Tensor multiplyRows(Tensor x, Tensor factors) {
    int width = x.dim(1);
    Tensor out = like(x);
    for (int row = 0; row < out.array().length; row += width) {
      for (int i = 0; i < width; i++) {
        float factor = factors.array()[factors.offset() + i];
        out.array()[row + i] = x.array()[x.offset() + row + i] * factor;
      }
    }
    return out;
  }

  static Tensor sumTerms(Tensor terms, List<Tensor> others) {
    int count = terms.dim(1);
    int width = terms.dim(2);
    Tensor out = Tensor.zeros(terms.dim(0), width);
    for (int i = 0; i < out.size(); i++) {
      double sum = 0;
      for (Tensor other : others) {
        sum += at(other, i);
      }
      for (int j = 0; j < count; j++) {
        sum += at(terms, (i / width * count + j) * width + i % width);
      }
      out.array()[i] = (float) sum;
    }
    return out;
  }

  static Tensor clip(Tensor x, float limit) {
    Tensor out = like(x);
    for (int i = 0; i < out.array().length; i++) {
      out.array()[i] = Math.clamp(x.array()[x.offset() + i], -limit, limit);
    }
    return out;
  }

  static Tensor clampedGate(Tensor gate, Tensor up, double limit, double alpha) {
    Tensor out = like(gate);
    for (int i = 0; i < out.array().length; i++) {
      double g = Math.min(at(gate, i), limit);
      double u = Math.clamp(at(up, i), -limit, limit);
      out.array()[i] = (float) ((u + 1) * g / (1 + Math.exp(-alpha * g)));
    }
    return out;
  }

  private static Tensor like(Tensor x) {
    return Tensor.zeros(x.shape().dims().stream().mapToInt(Integer::intValue).toArray());
  }
}
