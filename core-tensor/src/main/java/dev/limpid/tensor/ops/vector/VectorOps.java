package dev.limpid.tensor.ops.vector;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Activation;
import dev.limpid.tensor.ops.OpChecks;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.WeightLayout;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The operations in the Vector API, on several threads: the fast implementation for CPUs.
 *
 * <p>Results do not depend on the number of threads, only on the vector width.
 */
public final class VectorOps implements TensorOps {
  private final WorkerPool pool;

  /** Creates the operations on as many threads as there are processors. */
  public VectorOps() {
    this(Runtime.getRuntime().availableProcessors());
  }

  /** Creates the operations on that many threads, the calling one included. */
  public VectorOps(int threads) {
    pool = new WorkerPool(threads);
  }

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public String description() {
    return "Vector API, %d-bit vectors, %s"
        .formatted(
            Lanes.FLOATS.vectorBitSize(),
            pool.threads() == 1 ? "1 thread" : pool.threads() + " threads");
  }

  @Override
  public PackedMatrix pack(Tensor weight, WeightLayout layout, int from, int to) {
    OpChecks.pack(weight, layout, from, to);
    return PanelPacker.pack(weight, layout, from, to, pool);
  }

  @Override
  public void matmul(Tensor x, PackedMatrix weight, @Nullable Tensor bias, Tensor out) {
    OpChecks.matmul(x, weight, bias, out);
    if (x.dim(0) == 1) {
      RowProduct.run(x, (Panels) weight, bias, out, pool);
    } else {
      MatrixProduct.run(x, (Panels) weight, bias, out, pool);
    }
  }

  @Override
  public void layerNorm(
      Tensor x, @Nullable Tensor gain, @Nullable Tensor bias, float epsilon, Tensor out) {
    OpChecks.norm("layerNorm", x, gain, bias, out);
    Rowwise.layerNorm(x, gain, bias, epsilon, out, pool);
  }

  @Override
  public void rmsNorm(Tensor x, Tensor gain, float epsilon, Tensor out) {
    OpChecks.norm("rmsNorm", x, gain, null, out);
    Rowwise.rmsNorm(x, gain, epsilon, out, pool);
  }

  @Override
  public void rotate(Tensor x, int dHead, Tensor cos, Tensor sin) {
    OpChecks.rotate(x, dHead, cos, sin);
    Rowwise.rotate(x, dHead, cos, sin, pool);
  }

  @Override
  public void causalPattern(
      Tensor queries,
      Tensor keys,
      int nHeads,
      int nKvHeads,
      float scale,
      int window,
      Tensor pattern) {
    OpChecks.causalPattern(queries, keys, nHeads, nKvHeads, window, pattern);
    CausalAttention.pattern(queries, keys, nHeads, nKvHeads, scale, window, pattern, pool);
  }

  @Override
  public void attend(Tensor pattern, Tensor values, Tensor out) {
    OpChecks.attend(pattern, values, out);
    CausalAttention.attend(pattern, values, out, pool);
  }

  @Override
  public void attendCached(
      Tensor queries,
      Tensor keys,
      Tensor values,
      int nKeys,
      int nHeads,
      float scale,
      int window,
      Tensor out) {
    OpChecks.attendCached(queries, keys, values, nKeys, nHeads, window, out);
    if (queries.dim(0) < TileKernel.LOW) {
      CachedAttention.run(queries, keys, values, nKeys, nHeads, scale, window, out, pool);
    } else {
      CachedTiles.run(queries, keys, values, nKeys, nHeads, scale, window, out, pool);
    }
  }

  @Override
  public void activate(Activation f, Tensor x, Tensor out) {
    OpChecks.sameShape("activate", x, out);
    Elementwise.activate(f, x, out, pool);
  }

  @Override
  public void multiply(Tensor a, Tensor b, Tensor out) {
    OpChecks.sameShape("multiply", a, b);
    OpChecks.sameShape("multiply", a, out);
    Elementwise.multiply(a, b, out, pool);
  }

  @Override
  public void add(Tensor a, Tensor b, Tensor out) {
    OpChecks.sameShape("add", a, b);
    OpChecks.sameShape("add", a, out);
    Elementwise.add(a, b, out, pool);
  }

  @Override
  public void proximity(Tensor part, Tensor whole, Tensor out) {
    OpChecks.proximity(part, whole, out);
    Rowwise.proximity(part, whole, out, pool);
  }

  @Override
  public void attentionProximity(
      Tensor pattern,
      Tensor values,
      PackedMatrix projection,
      PackedMatrix projectionTransposed,
      Tensor whole,
      Tensor out) {
    OpChecks.attentionProximity(pattern, values, projection, projectionTransposed, whole, out);
    if (whole.dim(0) > 1 && whole.dim(0) <= DirectProximity.LONGEST) {
      DirectProximity.run(pattern, values, (Panels) projection, whole, out, pool);
    } else {
      AttentionProximity.run(
          pattern, values, (Panels) projection, (Panels) projectionTransposed, whole, out, pool);
    }
  }

  @Override
  public int[] topK(Tensor x, int k) {
    Tensor heap = x.toHeap();
    return TopK.of(heap.array(), heap.offset(), Math.toIntExact(heap.size()), k);
  }

  @Override
  public void forEach(int count, IntConsumer piece) {
    pool.run(count, (item, scratch) -> piece.accept(item));
  }
}
