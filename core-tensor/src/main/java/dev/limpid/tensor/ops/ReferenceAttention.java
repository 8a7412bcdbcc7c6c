package dev.limpid.tensor.ops;

import static dev.limpid.tensor.ops.ReferenceOps.at;
import static dev.limpid.tensor.ops.ReferenceOps.set;

import dev.limpid.tensor.Tensor;

/** The attention of {@link ReferenceOps}; arguments have been checked. */
final class ReferenceAttention {
  private ReferenceAttention() {}

  static void splitHeads(Tensor x, Tensor out, int first) {
    int nHeads = out.dim(0);
    int dHead = out.dim(2);
    for (int h = 0; h < nHeads; h++) {
      for (int t = 0; t < x.dim(0); t++) {
        for (int i = 0; i < dHead; i++) {
          int to = (h * out.dim(1) + first + t) * dHead + i;
          set(out, to, at(x, (t * nHeads + h) * dHead + i));
        }
      }
    }
  }

  static void causalPattern(Tensor queries, Tensor keys, AttentionShape shape, Tensor pattern) {
    int nHeads = shape.nHeads();
    int tq = queries.dim(0);
    int tk = keys.dim(0);
    int dHead = queries.dim(1) / nHeads;
    double[] row = new double[tk];
    for (int h = 0; h < nHeads; h++) {
      for (int q = 0; q < tq; q++) {
        int last = q + tk - tq;
        int first = shape.firstKey(last);
        for (int k = first; k <= last; k++) {
          double dot = 0;
          for (int i = 0; i < dHead; i++) {
            dot +=
                (double) at(queries, (q * nHeads + h) * dHead + i)
                    * at(keys, (k * shape.nKvHeads() + shape.keyHead(h)) * dHead + i);
          }
          row[k] = shape.rule().of(h, k, dot * shape.scale(), shape.scale());
        }
        double sum = exponentials(shape.rule(), h, row, first, last);
        for (int k = 0; k < tk; k++) {
          set(pattern, (h * tq + q) * tk + k, first <= k && k <= last ? row[k] / sum : 0);
        }
      }
    }
  }

  /** Replaces scores by e^(score - largest), and returns their sum, the sink's included. */
  private static double exponentials(
      ScoreRule rule, int head, double[] scores, int first, int last) {
    double max = Double.NEGATIVE_INFINITY;
    for (int k = first; k <= last; k++) {
      max = Math.max(max, scores[k]);
    }
    double sum = rule.sink(head, max);
    for (int k = first; k <= last; k++) {
      scores[k] = Math.exp(scores[k] - max);
      sum += scores[k];
    }
    return sum;
  }

  static void attend(Tensor pattern, Tensor values, Tensor out) {
    int nHeads = pattern.dim(0);
    int tq = pattern.dim(1);
    int tk = pattern.dim(2);
    int dHead = values.dim(2);
    for (int h = 0; h < nHeads; h++) {
      int kvHead = h / (nHeads / values.dim(0));
      for (int q = 0; q < tq; q++) {
        for (int i = 0; i < dHead; i++) {
          double sum = 0;
          for (int k = 0; k <= q + tk - tq; k++) {
            sum +=
                (double) at(pattern, (h * tq + q) * tk + k)
                    * at(values, (kvHead * tk + k) * dHead + i);
          }
          set(out, (q * nHeads + h) * dHead + i, sum);
        }
      }
    }
  }

  static void attendCached(
      Tensor queries, Tensor keys, Tensor values, int nKeys, AttentionShape shape, Tensor out) {
    int nHeads = shape.nHeads();
    int tq = queries.dim(0);
    int capacity = keys.dim(1);
    int dHead = keys.dim(2);
    double[] row = new double[nKeys];
    for (int h = 0; h < nHeads; h++) {
      int head = shape.keyHead(h) * capacity; // its first key, in rows
      for (int q = 0; q < tq; q++) {
        int query = (q * nHeads + h) * dHead;
        int last = q + nKeys - tq;
        int first = shape.firstKey(last);
        for (int k = first; k <= last; k++) {
          double dot = 0;
          for (int i = 0; i < dHead; i++) {
            dot += (double) at(queries, query + i) * at(keys, (head + k) * dHead + i);
          }
          row[k] = shape.rule().of(h, k, dot * shape.scale(), shape.scale());
        }
        double sum = exponentials(shape.rule(), h, row, first, last);
        for (int i = 0; i < dHead; i++) {
          double mixed = 0;
          for (int k = first; k <= last; k++) {
            mixed += row[k] * at(values, (head + k) * dHead + i);
          }
          set(out, query + i, mixed / sum);
        }
      }
    }
  }
}
