package dev.limpid.tensor.ops;

import dev.limpid.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The operations a transformer and its attribution are written in: the one seam between models and
 * hardware.
 *
 * <p>Letters as in {@code docs/notation.md}: T positions, D model width, H query heads, K key/value
 * heads, d head width. Every argument is checked at entry and a misfit is a {@link
 * dev.limpid.tensor.ShapeException}. An {@code out} tensor is modified, all other arguments are
 * not, unless said. Implementations may be shared between threads, and give the same bits from run
 * to run, whatever the number of threads.
 *
 * <p>All tensors are F32 and lie where the implementation computes, unless said: on the heap for
 * processors, in {@link dev.limpid.tensor.DeviceMemory} for others. The caller makes them by {@link
 * #zeros}, brings in others by {@link #resident}, and reads results by {@link Tensor#toHeap}; a
 * {@link #scope} ends what it no longer needs.
 */
public interface TensorOps extends PlainOps {
  /** The share of |y|_1 above which parts of y count, as {@link #normaliseParts} says. */
  double CANCELLING = 1e-6;

  /** Returns the name by which this implementation is chosen, such as {@code vector}. */
  String name();

  /** Returns what it runs on in words, for people: vector width, threads, device. */
  String description();

  /** Returns the number of threads of this machine that share the work. */
  int threads();

  // --- memory

  /** Returns a new tensor of zeros where this implementation computes; it ends with its scope. */
  Tensor zeros(int... dims);

  /**
   * Returns a tensor with the same elements where this implementation computes. It is made once to
   * stay, as weights do: it belongs to no scope and lives as long as it is referenced.
   *
   * @param x any float type, wherever it lies; returned as it is if it lies there already
   */
  Tensor resident(Tensor x);

  /**
   * Writes x into out.
   *
   * @param x any float type, wherever it lies
   * @param out same shape as x, modified
   */
  @Override
  void copy(Tensor x, Tensor out);

  /**
   * Returns the fewest rows from which on a product gives each row the same bits however many there
   * are: fewer may go through kernels of their own, whose sums are in another order.
   */
  default int fewestStacked() {
    return 2;
  }

  /**
   * Does independent pieces of work, each some operations on a part of what there is: at once, by
   * the threads that share the work, or one after the other. What a piece throws is thrown here.
   */
  default void pieces(int count, IntConsumer work) {
    for (int piece = 0; piece < count; piece++) {
      work.accept(piece);
    }
  }

  /** Opens a scope around what this thread makes next; to be closed by the same thread. */
  Scope scope();

  /**
   * Returns whether no element is NaN or infinite.
   *
   * @param x any type, wherever it lies
   */
  boolean allFinite(Tensor x);

  /**
   * Sees to it that no element is NaN or infinite: throws what {@code otherwise} makes, at once;
   * or, where results are computed behind the caller's back, at the latest when this thread next
   * reads one, or closes its outermost scope.
   *
   * @param x any type, wherever it lies
   */
  default void requireFinite(Tensor x, Supplier<? extends RuntimeException> otherwise) {
    if (!allFinite(x)) {
      throw otherwise.get();
    }
  }

  /**
   * Returns how many bytes of a memory of its own are left for weights and activations; empty where
   * it computes in Java's heap.
   */
  default OptionalLong memoryLeft() {
    return OptionalLong.empty();
  }

  /**
   * Checks that so many bytes can be made before they are, where there is a memory of its own.
   *
   * @param what they are for, in words
   * @throws dev.limpid.tensor.DeviceException if they cannot: with the need and what there is
   */
  default void requireRoom(long bytes, String what) {}

  /** Returns what a device has been asked for so far; empty where it computes in Java's heap. */
  default Optional<DeviceUse> deviceUse() {
    return Optional.empty();
  }

  // --- weights

  /**
   * Brings outputs {@code from} (inclusive) to {@code to} (exclusive) of a weight matrix into the
   * form {@link #matmul} reads: a copy, which needs the weight no more. F16 and BF16 elements stay
   * in half precision, and quantised ones quantised, where that saves memory.
   *
   * @param weight [out, in] or [in, out] as {@code layout} says; any float type, on the heap or in
   *     a file; not modified
   */
  PackedMatrix pack(Tensor weight, WeightLayout layout, int from, int to);

  /** Brings a whole weight matrix into the form {@link #matmul} reads. */
  default PackedMatrix pack(Tensor weight, WeightLayout layout) {
    return pack(weight, layout, 0, weight.dim(layout == WeightLayout.OUT_IN ? 0 : 1));
  }

  /**
   * Brings a whole weight matrix into the form that both {@link #matmul} and {@link
   * #matmulTransposed} read fastest; it takes twice the memory, unless elements are quantised.
   *
   * @param weight as in {@link #pack}
   */
  PackedMatrix packBothWays(Tensor weight, WeightLayout layout);

  /**
   * Writes x W^T + b into out. A row gets the same bits whatever the others are, and however many,
   * from {@link #fewestStacked} rows on.
   *
   * @param x [T, in]
   * @param weight W, [out, in] before packing
   * @param bias b, [out], or null for none
   * @param out [T, out], modified
   */
  void matmul(Tensor x, PackedMatrix weight, @Nullable Tensor bias, Tensor out);

  /**
   * Writes x W into out: what {@link #matmul} makes of the transposed weight.
   *
   * @param x [n, out]
   * @param weight W, [out, in] before packing, in whatever form; one of {@link #packBothWays} is
   *     read faster
   * @param out [n, in], modified
   */
  void matmulTransposed(Tensor x, PackedMatrix weight, Tensor out);

  // --- rows

  /**
   * Writes rows of a table into out: out[t] = table[ids[t]].
   *
   * @param table [V, D], any float type, wherever it lies
   * @param out [T, D], modified
   * @throws IndexOutOfBoundsException if an id is not in [0, V)
   */
  void embed(Tensor table, int[] ids, Tensor out);

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

  // --- attention

  /**
   * Writes the heads of x, which lie side by side, one after the other into out: out[h, first + i]
   * = x[i, h].
   *
   * @param x [n, K * d]
   * @param out [K, T, d], modified at positions {@code first} to {@code first} + n alone
   */
  void splitHeads(Tensor x, Tensor out, int first);

  /**
   * Writes the attention probabilities softmax(q k^T * scale) under the causal mask into pattern.
   *
   * <p>Queries are the last Tq of Tk positions: query i sees its own key i + Tk - Tq and those
   * before it, up to {@link AttentionShape#window} of them.
   *
   * @param queries [Tq, H * d]
   * @param keys [Tk, K * d]
   * @param pattern [H, Tq, Tk], modified; exactly 0 where masked; rows sum to 1
   */
  void causalPattern(Tensor queries, Tensor keys, AttentionShape shape, Tensor pattern);

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
   * <p>Query i sees its own key i + nKeys - Tq and those before it, up to {@link
   * AttentionShape#window} of them.
   *
   * @param queries [Tq, H * d]
   * @param keys [K, capacity, d], of which the first {@code nKeys} of each head are read
   * @param values [K, capacity, d], likewise
   * @param out [Tq, H * d], modified
   */
  void attendCached(
      Tensor queries, Tensor keys, Tensor values, int nKeys, AttentionShape shape, Tensor out);

  // --- elements

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

  /** Writes a - b into out, element by element; all of one shape; out may be a or b. */
  void subtract(Tensor a, Tensor b, Tensor out);

  /** Writes factor * a into out, element by element; of one shape; out may be a. */
  void scale(Tensor a, float factor, Tensor out);

  // --- gradients: how a number changes with what an operation reads, from how it changes with what
  // the operation writes. That of matmul is matmulTransposed, that of rotate rotates back.

  /**
   * Writes the gradient in x of {@link #layerNorm} into out, row by row, with a = gain * gradient:
   *
   * <pre>
   *   (a - mean(a) - n mean(a n)) / sigma,   n = (x - mean(x)) / sigma,
   *                                          sigma = sqrt(variance(x) + epsilon)
   * </pre>
   *
   * @param x [T, D] what was normed
   * @param gain [D], or null for ones
   * @param frozen whether sigma counts as a constant: then n mean(a n) falls away
   * @param gradient [T, D] in what the norm writes
   * @param out [T, D], modified; may be the gradient itself
   */
  void layerNormBackward(
      Tensor x, @Nullable Tensor gain, float epsilon, boolean frozen, Tensor gradient, Tensor out);

  /**
   * Writes the gradient in x of {@link #rmsNorm} into out, row by row, with a = gain * gradient:
   *
   * <pre>
   *   (a - n mean(a n)) / r,   n = x / r,   r = sqrt(mean(x^2) + epsilon)
   * </pre>
   *
   * @param x [T, D] what was normed
   * @param gain [D]
   * @param frozen whether r counts as a constant: then n mean(a n) falls away
   * @param gradient [T, D] in what the norm writes
   * @param out [T, D], modified; may be the gradient itself
   */
  void rmsNormBackward(
      Tensor x, Tensor gain, float epsilon, boolean frozen, Tensor gradient, Tensor out);

  /**
   * Writes how steep f is at x into out, element by element: times the gradient in f(x), it is the
   * gradient in x.
   *
   * @param out same shape as x, modified; may be x itself
   */
  void slope(Activation f, Slope slope, Tensor x, Tensor out);

  /**
   * Writes the gradient in the pattern of {@link #attend} into out: out[h, q, k] = &lt;gradient[q,
   * h], values[h / (H / K), k]&gt; for k up to the query's own key, 0 beyond.
   *
   * <p>That in the values is {@link #attendTransposed} of the pattern and the same gradient.
   *
   * @param gradient [Tq, H * d] in what attention mixed
   * @param values [K, Tk, d]
   * @param out [H, Tq, Tk], modified
   */
  void patternBackward(Tensor gradient, Tensor values, Tensor out);

  /**
   * Writes sum over q, and over the heads h that read key head g, of pattern[h, q, k] rows[q, h]
   * into out[k, g]: {@link #attend} the other way, from queries to keys.
   *
   * @param pattern [H, Tq, Tk], lower triangular as {@link #causalPattern} writes it
   * @param rows [Tq, H * d]
   * @param out [Tk, K * d], modified
   */
  void attendTransposed(Tensor pattern, Tensor rows, Tensor out);

  /**
   * Writes the gradient in the products of queries and keys of {@link #causalPattern} into out, row
   * by row: out[h, q, k] = scale pattern[h, q, k] (gradient[h, q, k] - sum over j of pattern[h, q,
   * j] gradient[h, q, j]).
   *
   * <p>From there, the gradient in the queries is {@link #attend} of out and the keys by head, that
   * in the keys {@link #attendTransposed} of out and the queries.
   *
   * @param pattern [H, Tq, Tk] the probabilities
   * @param gradient [H, Tq, Tk] in the probabilities
   * @param scale what products of queries and keys were multiplied with
   * @param out [H, Tq, Tk], modified; may be the gradient itself
   */
  void softmaxBackward(Tensor pattern, Tensor gradient, float scale, Tensor out);

  // --- contributions

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
   * @param projection W_O, by {@link #packBothWays}: inputs H * d, outputs D
   * @param whole [T, D]
   * @param out [H, T (T + 1) / 2], modified
   */
  void attentionProximity(
      Tensor pattern, Tensor values, PackedMatrix projection, Tensor whole, Tensor out);

  /**
   * The same for several prompts at one block, each with the bits that it gets alone: what does not
   * depend on the prompt may be done once for all.
   *
   * @param projection W_O, by {@link #packBothWays}: inputs H * d, outputs D
   */
  default void attentionProximity(List<AttentionBlock> prompts, PackedMatrix projection) {
    pieces(
        prompts.size(),
        i -> {
          AttentionBlock of = prompts.get(i);
          attentionProximity(of.pattern(), of.values(), projection, of.whole(), of.out());
        });
  }

  /**
   * Makes shares of the proximities p of the parts of every y = whole[t], in place: each becomes
   * max(p, floor) / sum over the parts of y of max(p, floor).
   *
   * <p>Where the positive ones sum to {@link #CANCELLING} |y|_1 or less, the parts only cancel one
   * another: all become 0.
   *
   * @param terms [H, T (T + 1) / 2], none negative, modified: column pair(t, k) is a part of y for
   *     all k &lt;= t; null where there are none
   * @param others further parts, each [T], modified
   * @param whole [T, D]
   * @param floor at least 0
   * @param cancelling [T], modified: 1 where the parts cancel, 0 elsewhere
   */
  void normaliseParts(
      @Nullable Tensor terms, List<Tensor> others, Tensor whole, float floor, Tensor cancelling);

  /**
   * Returns of every query q the keys k &lt; q whose terms sum over heads to more than a threshold,
   * and q itself, with their terms: what routes are made of, brought home without the rest.
   *
   * <p>Sums are in float: a key whose sum is the threshold but for rounding may be there or not.
   *
   * @param terms [H, T (T + 1) / 2], as {@link #normaliseParts} makes them
   */
  default KeysAbove keysAbove(Tensor terms, float threshold) {
    return KeysAbove.of(terms.toHeap(), threshold);
  }

  // --- selection

  /**
   * Returns the indices of the k largest elements, largest first; of equal elements the lower index
   * comes first.
   *
   * @param x [n], wherever it lies
   */
  int[] topK(Tensor x, int k);
}
