package dev.limpid.tensor.ops.vector;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Activation;
import dev.limpid.tensor.ops.AttentionBlock;
import dev.limpid.tensor.ops.AttentionShape;
import dev.limpid.tensor.ops.OpChecks;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.Slope;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.WeightLayout;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The operations in the Vector API, on several threads: the fast implementation for CPUs.
 *
 * <p>Results do not depend on the number of threads, only on the vector width.
 */
public final class VectorOps implements TensorOps {
  /** Elements whose exponents one thread looks at together. */
  private static final long PIECE = 1 << 19;

  private static final Tensor NO_TERMS = Tensor.zeros(0, 0);

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
  public int threads() {
    return pool.threads();
  }

  // --- memory

  @Override
  public Tensor zeros(int... dims) {
    return Tensor.zeros(dims);
  }

  @Override
  public Tensor resident(Tensor x) {
    return x.toHeap();
  }

  @Override
  public void copy(Tensor x, Tensor out) {
    OpChecks.sameShape("copy", x, out);
    x.copyTo(0, out.array(), out.offset(), Math.toIntExact(x.size()));
  }

  /**
   * Operations within a piece find the pool busy, and run on the thread that they are called by.
   */
  @Override
  public void pieces(int count, IntConsumer work) {
    pool.run(count, (piece, scratch) -> work.accept(piece));
  }

  @Override
  public Scope scope() {
    return Scope.ENDLESS;
  }

  /** The first to touch the pages of a large model, which takes most of the time of loading it. */
  @Override
  public boolean allFinite(Tensor x) {
    if (x.size() <= PIECE) {
      return x.allFinite();
    }
    int rows = Math.toIntExact(Math.max(1, PIECE / (x.size() / x.dim(0))));
    AtomicBoolean finite = new AtomicBoolean(true);
    pool.run(
        Math.ceilDiv(x.dim(0), rows),
        (piece, scratch) -> {
          int from = piece * rows;
          if (!x.rows(from, Math.min(from + rows, x.dim(0))).allFinite()) {
            finite.set(false);
          }
        });
    return finite.get();
  }

  // --- weights

  @Override
  public PackedMatrix pack(Tensor weight, WeightLayout layout, int from, int to) {
    OpChecks.pack(weight, layout, from, to);
    return PanelPacker.pack(weight, layout, from, to, pool);
  }

  @Override
  public PackedMatrix packBothWays(Tensor weight, WeightLayout layout) {
    Panels packed = (Panels) pack(weight, layout);
    // Quantised elements are turned when they are widened: floats would take eight times as much.
    return packed.with(
        packed.blocks() == null
            ? (Panels) pack(weight, layout.transposed())
            : new TurnedPanels(packed));
  }

  @Override
  public void matmul(Tensor x, PackedMatrix weight, @Nullable Tensor bias, Tensor out) {
    OpChecks.matmul(x, weight, bias, out);
    multiply(x, (Panels) weight, bias, out);
  }

  @Override
  public void matmulTransposed(Tensor x, PackedMatrix weight, Tensor out) {
    OpChecks.matmulTransposed(x, weight, out);
    Panels panels = (Panels) weight;
    RightOperand turned = panels.turned();
    if (!(turned instanceof TurnedPanels)) {
      multiply(x, turned, null, out);
    } else if (x.dim(0) == 1) {
      TurnedRowProduct.run(x, panels, out, pool);
    } else if (TransposedProduct.isBetter(x.dim(0), panels)) {
      TransposedProduct.run(x, panels, out, pool);
    } else {
      MatrixProduct.run(x, turned, null, out, pool);
    }
  }

  private void multiply(Tensor x, RightOperand weight, @Nullable Tensor bias, Tensor out) {
    if (x.dim(0) == 1 && weight instanceof Panels panels) {
      RowProduct.run(x, panels, bias, out, pool);
    } else {
      MatrixProduct.run(x, weight, bias, out, pool);
    }
  }

  // --- rows

  @Override
  public void embed(Tensor table, int[] ids, Tensor out) {
    OpChecks.embed(table, ids, out);
    int width = table.dim(1);
    for (int t = 0; t < ids.length; t++) {
      table.copyTo((long) ids[t] * width, out.array(), out.offset() + t * width, width);
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

  // --- attention

  @Override
  public void splitHeads(Tensor x, Tensor out, int first) {
    OpChecks.splitHeads(x, out, first);
    Rowwise.splitHeads(x, out, first, pool);
  }

  @Override
  public void causalPattern(Tensor queries, Tensor keys, AttentionShape shape, Tensor pattern) {
    OpChecks.causalPattern(queries, keys, shape, pattern);
    CausalAttention.pattern(queries, keys, shape, pattern, pool);
  }

  @Override
  public void attend(Tensor pattern, Tensor values, Tensor out) {
    OpChecks.attend(pattern, values, out);
    CausalAttention.attend(pattern, values, out, pool);
  }

  @Override
  public void attendCached(
      Tensor queries, Tensor keys, Tensor values, int nKeys, AttentionShape shape, Tensor out) {
    OpChecks.attendCached(queries, keys, values, nKeys, shape, out);
    if (queries.dim(0) < TileKernel.LOW) {
      CachedAttention.run(queries, keys, values, nKeys, shape, out, pool);
    } else {
      CachedTiles.run(queries, keys, values, nKeys, shape, out, pool);
    }
  }

  // --- elements

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
  public void subtract(Tensor a, Tensor b, Tensor out) {
    OpChecks.sameShape("subtract", a, b);
    OpChecks.sameShape("subtract", a, out);
    Elementwise.subtract(a, b, out, pool);
  }

  @Override
  public void scale(Tensor a, float factor, Tensor out) {
    OpChecks.sameShape("scale", a, out);
    Elementwise.scale(a, factor, out, pool);
  }

  // --- gradients

  @Override
  public void layerNormBackward(
      Tensor x, @Nullable Tensor gain, float epsilon, boolean frozen, Tensor gradient, Tensor out) {
    OpChecks.normBackward("layerNormBackward", x, gain, gradient, out);
    new NormBackward(true, gain, epsilon, frozen).run(x, gradient, out, pool);
  }

  @Override
  public void rmsNormBackward(
      Tensor x, Tensor gain, float epsilon, boolean frozen, Tensor gradient, Tensor out) {
    OpChecks.normBackward("rmsNormBackward", x, gain, gradient, out);
    new NormBackward(false, gain, epsilon, frozen).run(x, gradient, out, pool);
  }

  @Override
  public void slope(Activation f, Slope slope, Tensor x, Tensor out) {
    OpChecks.sameShape("slope", x, out);
    Slopes.write(f, slope, x, out, pool);
  }

  @Override
  public void patternBackward(Tensor gradient, Tensor values, Tensor out) {
    OpChecks.patternBackward(gradient, values, out);
    AttentionBackward.pattern(gradient, values, out, pool);
  }

  @Override
  public void attendTransposed(Tensor pattern, Tensor rows, Tensor out) {
    OpChecks.attendTransposed(pattern, rows, out);
    AttentionBackward.transposed(pattern, rows, out, pool);
  }

  @Override
  public void softmaxBackward(Tensor pattern, Tensor gradient, float scale, Tensor out) {
    OpChecks.softmaxBackward(pattern, gradient, out);
    AttentionBackward.softmax(pattern, gradient, scale, out, pool);
  }

  // --- contributions

  @Override
  public void proximity(Tensor part, Tensor whole, Tensor out) {
    OpChecks.proximity(part, whole, out);
    Rowwise.proximity(part, whole, out, pool);
  }

  @Override
  public void attentionProximity(
      Tensor pattern, Tensor values, PackedMatrix projection, Tensor whole, Tensor out) {
    attentionProximity(List.of(new AttentionBlock(pattern, values, whole, out)), projection);
  }

  @Override
  public void attentionProximity(List<AttentionBlock> prompts, PackedMatrix projection) {
    for (AttentionBlock of : prompts) {
      OpChecks.attentionProximity(of.pattern(), of.values(), projection, of.whole(), of.out());
    }
    Panels weight = (Panels) projection;
    DirectProximity.run(prompts.stream().filter(DirectProximity::suits).toList(), weight, pool);
    AttentionProximity.run(
        prompts.stream().filter(p -> !DirectProximity.suits(p)).toList(), weight, pool);
  }

  @Override
  public void normaliseParts(
      @Nullable Tensor terms, List<Tensor> others, Tensor whole, float floor, Tensor cancelling) {
    OpChecks.normaliseParts(terms, others, whole, floor, cancelling);
    NodeParts parts = new NodeParts(terms == null ? NO_TERMS : terms, others, whole);
    float[] flags = cancelling.array();
    int first = cancelling.offset();
    pool.run(whole.dim(0), (t, scratch) -> flags[first + t] = parts.normalise(t, floor) ? 0 : 1);
  }

  // --- selection

  @Override
  public int[] topK(Tensor x, int k) {
    Tensor heap = x.toHeap();
    return TopK.of(heap.array(), heap.offset(), Math.toIntExact(heap.size()), k);
  }
}
