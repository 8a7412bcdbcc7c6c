package dev.limpid.tensor.ops;

import dev.limpid.tensor.Tensor;
import java.util.List;

/**
 * Operations of {@link TensorOps} that come with a plain form, loops on the heap: few models need
 * them, and none of these for long. An implementation whose tensors lie elsewhere has its own, so
 * that nothing is brought home for them.
 */
public interface PlainOps {
  /** Writes x into out, as {@link TensorOps#copy}. */
  void copy(Tensor x, Tensor out);

  /**
   * Writes what {@link TensorOps#layerNorm} or {@link TensorOps#rmsNorm} multiplies every row with,
   * beside the gain, into out: 1 / sqrt(variance(x) + epsilon), or 1 / sqrt(mean(x^2) + epsilon).
   *
   * @param x [T, D]
   * @param centred whether means are subtracted, as layerNorm does
   * @param out [T], modified
   */
  default void normScales(Tensor x, boolean centred, float epsilon, Tensor out) {
    OpChecks.normScales(x, out);
    copy(ReferenceRows.normScales(x.toHeap(), centred, epsilon), out);
  }

  /**
   * Writes rows of a table, each times a number, into out: out[t] = factors[t] table[ids[t]].
   *
   * @param table [V, D]
   * @param factors [T]
   * @param out [T, D], modified; not the table itself
   * @throws IndexOutOfBoundsException if an id is not in [0, V)
   */
  default void embedScaled(Tensor table, int[] ids, float[] factors, Tensor out) {
    OpChecks.embedScaled(table, ids, factors, out);
    copy(ReferenceRows.embedScaled(table.toHeap(), ids, factors), out);
  }

  /**
   * Writes every row of x times the same factors into out: out[t, i] = x[t, i] factors[i].
   *
   * @param x [T, D]
   * @param factors D numbers, in any shape
   * @param out [T, D], modified; may be x itself
   */
  default void multiplyRows(Tensor x, Tensor factors, Tensor out) {
    OpChecks.multiplyRows(x, factors, out);
    copy(ReferenceRows.multiplyRows(x.toHeap(), factors.toHeap()), out);
  }

  /**
   * Writes sums of k rows, and of what else belongs to them, into out: out[t] = sum over others of
   * other[t] + sum over j of terms[t, j].
   *
   * @param terms [T, k, D]
   * @param others at most two, each [T, D]
   * @param out [T, D], modified; none of the others
   */
  default void sumTerms(Tensor terms, List<Tensor> others, Tensor out) {
    OpChecks.sumTerms(terms, others, out);
    List<Tensor> here = others.stream().map(Tensor::toHeap).toList();
    copy(ReferenceRows.sumTerms(terms.toHeap(), here), out);
  }

  /**
   * Writes x cut off at -limit and limit into out, element by element.
   *
   * @param out same shape as x, modified; may be x itself
   */
  default void clip(Tensor x, float limit, Tensor out) {
    OpChecks.sameShape("clip", x, out);
    copy(ReferenceRows.clip(x.toHeap(), limit), out);
  }

  /**
   * Writes (u + 1) g sigmoid(alpha g) into out, element by element, with g = min(gate, limit) and u
   * = up cut off at -limit and limit.
   *
   * @param up same shape as the gate
   * @param out same shape, modified; may be one of the two
   */
  default void clampedGate(Tensor gate, Tensor up, double limit, double alpha, Tensor out) {
    OpChecks.sameShape("clampedGate", gate, up);
    OpChecks.sameShape("clampedGate", gate, out);
    copy(ReferenceRows.clampedGate(gate.toHeap(), up.toHeap(), limit, alpha), out);
  }
}
