package dev.limpid.tensor.ops;

import dev.limpid.tensor.Tensor;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The operations a transformer and its attribution are written in: the one seam between models and
 * hardware.
 *
 * <p>Letters as in {@code docs/notation.md}: T positions, D model width, H query heads, K key/value
 * heads, d head width. All activations are F32 heap tensors; every argument is checked at entry and
 * a misfit is a {@link dev.limpid.tensor.ShapeException}. An {@code out} tensor is modified, all
 * other arguments are not, unless said. Implementations may be shared between threads, and give the
 * same bits from run to run for the same number of threads.
 */
public interface TensorOps {

  /** Returns the name by which this implementation is chosen, such as {@code vector}. */
  String name();

  /** Returns what it runs on in words, for people: vector width, threads, device. */
  String description();

  /**
   * Brings outputs {@code from} (inclusive) to {@code to} (exclusive) of a weight matrix into the
   * form {@link #matmul} reads: a copy, which needs the weight no more. F16 and BF16 elements stay
   * in half precision.
   *
   * @param weight [out, in] or [in, out] as {@code layout} says; any float type; not modified
   */
  PackedMatrix pack(Tensor weight, WeightLayout layout, int from, int to);

  /** Brings a whole weight matrix into the form {@link #matmul} reads. */
  default PackedMatrix pack(Tensor weight, WeightLayout layout) {
    return pack(weight, layout, 0, weight.dim(layout == WeightLayout.OUT_IN ? 0 : 1));
  }

  /**
   * Writes x W^T + b into out.
   *
   * @param x [T, in]
   * @param weight W, [out, in] before packing
   * @param bias b, [out], or null for none
   * @param out [T, out], modified
   */
  void matmul(Tensor x, PackedMatrix weight, @Nullable Tensor bias, Tensor out);

  /**
   * Writes rows of a table into out: out[t] = table[ids[t]].
   *
   * @param table [V, D], any float type
   * @param out [T, D], modified
   * @throws IndexOutOfBoundsException if an id is not in [0, V)
   */
  default void embed(Tensor table, int[] ids, Tensor out) {
    OpChecks.embed(table, ids, out);
    int width = table.dim(1);
    for (int t = 0; t < ids.length; t++) {
      table.copyTo((long) ids[t] * width, out.array(), out.offset() + t * width, width);
    }
  }

  /**
   * Writes (x - mean) / sqrt(variance + epsilon) * gain + bias into out, row by row.
   *
   * @param x [T, D]
   * @param gain [D], or null for ones
   * @param bias [D], or null for zeros
   * @param out [T, D], modified; may be x itself
   */
  void layerNorm(Tensor x, @Nullable Tensor gain, @Nullable Tensor bias, float epsilon, Tensor out);

  /**
   * Writes x / sqrt(mean(x^2) + epsilon) * gain into out, row by row.
   *
   * @param x [T, D]
   * @param gain [D]
   * @param out [T, D], modified; may be x itself
   */
  void rmsNorm(Tensor x, Tensor gain, float epsilon, Tensor out);

  /**
   * Rotates every head of x in place by position-dependent angles, in the half-rotated form of the
   * Hugging Face checkpoints: with h = r/2, for i &lt; h, the pair (x[i], x[i+h]) becomes (x[i] c -
   * x[i+h] s, x[i+h] c + x[i] s).
   *
   * @param x [T, heads * d], modified
   * @param cos [T, h], the cosines c; only the first r = 2h elements of each head are rotated
   * @param sin [T, h], the sines s
   */
  void rotate(Tensor x, int dHead, Tensor cos, Tensor sin);

  /**
   * Writes the attention probabilities softmax(q k^T * scale) under the causal mask into pattern.
   *
   * <p>Queries are the last Tq of Tk positions: query i sees its own key i + Tk - Tq and the {@code
   * window} - 1 keys before it, as far as there are so many. Query head h reads key head h / (H /
   * K) (grouped-query attention).
   *
   * @param queries [Tq, H * d]
   * @param keys [Tk, K * d]
   * @param window how many keys a query sees at most, at least 1; Tk or more for all up to its own
   * @param pattern [H, Tq, Tk], modified; exactly 0 where masked; rows sum to 1
   */
  void causalPattern(
      Tensor queries,
      Tensor keys,
      int nHeads,
      int nKvHeads,
      float scale,
      int window,
      Tensor pattern);

  /**
   * Writes sum over k of pattern[h, q, k] values[h / (H / K), k] into out[q, h].
   *
   * @param pattern [H, Tq, Tk], lower triangular as {@link #causalPattern} writes it
   * @param values [K, Tk, d]
   * @param out [Tq, H * d], modified
   */
  void attend(Tensor pattern, Tensor values, Tensor out);

  /**
   * Writes attention of the last Tq of {@code nKeys} positions over a cache into out, without
   * keeping the probabilities: what {@link #attend} makes of the pattern of {@link #causalPattern}.
   *
   * <p>Query i sees its own key i + nKeys - Tq and the {@code window} - 1 keys before it, as far as
   * there are so many.
   *
   * @param queries [Tq, H * d]
   * @param keys [K, capacity, d], of which the first {@code nKeys} of each head are read
   * @param values [K, capacity, d], likewise
   * @param window how many keys a query sees at most, at least 1
   * @param out [Tq, H * d], modified
   */
  void attendCached(
      Tensor queries,
      Tensor keys,
      Tensor values,
      int nKeys,
      int nHeads,
      float scale,
      int window,
      Tensor out);

  /**
   * Writes f(x) into out, element by element.
   *
   * @param out same shape as x, modified; may be x itself
   */
  void activate(Activation f, Tensor x, Tensor out);

  /** Writes a * b into out, element by element; all of one shape; out may be a or b. */
  void multiply(Tensor a, Tensor b, Tensor out);

  /** Writes a + b into out, element by element; all of one shape; out may be a or b. */
  void add(Tensor a, Tensor b, Tensor out);

  /**
   * Writes the L1 proximity of every part to its whole into out, row by row: out[t] = |y|_1 - |y -
   * z|_1 with y = whole[t], z = part[t] (Ferrando et al. 2022).
   *
   * @param part z, [T, D]
   * @param whole y, [T, D]
   * @param out [T], modified; may be negative
   */
  void proximity(Tensor part, Tensor whole, Tensor out);

  /**
   * Writes the L1 proximity of every term of an attention block to its whole into out, exactly:
   *
   * <pre>
   *   out[h, pair(q, k)] = max(0, |y|_1 - |y - z|_1),   y = whole[q],
   *   z = pattern[h, q, k] * values[h / (H/K), k] W_O^h,   pair(q, k) = q (q + 1) / 2 + k,  k &lt;= q
   * </pre>
   *
   * The terms are never stored: the memory used beside the arguments is O(T * (D + H * d)) a
   * thread.
   *
   * @param pattern [H, T, T], lower triangular, not negative
   * @param values [K, T, d], without the value bias
   * @param projection W_O: inputs H * d, outputs D
   * @param projectionTransposed the same weight packed in the transposed layout
   * @param whole [T, D]
   * @param out [H, T (T + 1) / 2], modified
   */
  void attentionProximity(
      Tensor pattern,
      Tensor values,
      PackedMatrix projection,
      PackedMatrix projectionTransposed,
      Tensor whole,
      Tensor out);

  /**
   * Returns the indices of the k largest elements, largest first; of equal elements the lower index
   * comes first.
   *
   * @param x [n]
   */
  int[] topK(Tensor x, int k);

  /**
   * Runs independent pieces of work, numbered from 0, each once, on as many threads as this
   * implementation has; returns when all are done.
   */
  default void forEach(int count, IntConsumer piece) {
    for (int i = 0; i < count; i++) {
      piece.accept(i);
    }
  }
}
