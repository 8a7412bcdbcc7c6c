package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.Programs.Kernel;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Activation;
import dev.limpid.tensor.ops.AttentionShape;
import dev.limpid.tensor.ops.DeviceUse;
import dev.limpid.tensor.ops.KeysAbove;
import dev.limpid.tensor.ops.OpChecks;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.Slope;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.WeightLayout;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The operations on a device: each enqueues a kernel or a few, or waits for the next one to go with
 * it, and comes back at once; what is read from a tensor comes after those before it.
 *
 * <p>Every sum has one order, and no kernel adds to memory that another item adds to: the same bits
 * from run to run on the same device and driver. Threads may share it; their commands run one after
 * the other.
 */
final class OpenClOps implements TensorOps {
  private final Session session;
  private final TensorCores tensorCores;
  private final Uploads uploads;
  private final Weights weights;
  private final Products products;
  private final DeviceAttention attention;
  private final Shares shares;
  private final StrongKeys strongKeys;

  OpenClOps(Session session, TensorCores tensorCores) {
    this.session = session;
    this.tensorCores = tensorCores;
    this.uploads = new Uploads(session);
    this.weights = new Weights(session);
    this.products = new Products(session, tensorCores.split());
    this.attention = new DeviceAttention(session, products, uploads);
    this.shares = new Shares(session);
    this.strongKeys = new StrongKeys(session);
  }

  @Override
  public String name() {
    return OpenClBackend.NAME;
  }

  @Override
  public String description() {
    String device = session.device().provenance();
    return tensorCores.words().isEmpty() ? device : device + ", " + tensorCores.words();
  }

  @Override
  public int threads() {
    return 1;
  }

  // --- memory

  @Override
  public Tensor zeros(int... dims) {
    return session.zeros(dims);
  }

  @Override
  public Tensor resident(Tensor x) {
    return uploads.resident(x);
  }

  @Override
  public void copy(Tensor x, Tensor out) {
    OpChecks.sameShape("copy", x, out);
    uploads.copy(x, out);
  }

  @Override
  public int fewestStacked() {
    return Products.FEW + 1;
  }

  @Override
  public Scope scope() {
    return session.scopes().open();
  }

  @Override
  public boolean allFinite(Tensor x) {
    if (x.memory().isEmpty()) {
      return x.allFinite();
    }
    return session.checks().allFinite(x);
  }

  @Override
  public void requireFinite(Tensor x, Supplier<? extends RuntimeException> otherwise) {
    if (x.memory().isPresent() && session.scopes().isOpen()) {
      session.checks().add(x, otherwise);
    } else if (!allFinite(x)) {
      throw otherwise.get();
    }
  }

  @Override
  public OptionalLong memoryLeft() {
    return OptionalLong.of(session.pool().left());
  }

  @Override
  public void requireRoom(long bytes, String what) {
    session.pool().requireRoom(bytes, what);
  }

  @Override
  public Optional<DeviceUse> deviceUse() {
    return Optional.of(session.use());
  }

  /** Lets an operation wait for the next one; what it reads and writes must be there now. */
  private void later(Step step, @Nullable Tensor... touched) {
    for (Tensor x : touched) {
      if (x != null) {
        session.memory(x).requireOpen();
      }
    }
    session.waiting().add(step);
  }

  // --- weights

  @Override
  public PackedMatrix pack(Tensor weight, WeightLayout layout, int from, int to) {
    OpChecks.pack(weight, layout, from, to);
    return weights.pack(weight, layout, from, to, false);
  }

  @Override
  public PackedMatrix packBothWays(Tensor weight, WeightLayout layout) {
    int outputs = weight.dim(layout == WeightLayout.OUT_IN ? 0 : 1);
    return weights.pack(weight, layout, 0, outputs, true);
  }

  @Override
  public void matmul(Tensor x, PackedMatrix weight, @Nullable Tensor bias, Tensor out) {
    OpChecks.matmul(x, weight, bias, out);
    multiply(x, (OpenClMatrix) weight, false, bias, out);
  }

  @Override
  public void matmulTransposed(Tensor x, PackedMatrix weight, Tensor out) {
    OpChecks.matmulTransposed(x, weight, out);
    multiply(x, (OpenClMatrix) weight, true, null, out);
  }

  private void multiply(
      Tensor x, OpenClMatrix weight, boolean turned, @Nullable Tensor bias, Tensor out) {
    RowProduct.Factor factor = new RowProduct.Factor(weight, turned, bias, out);
    later(new RowProduct(products, x, List.of(factor)), x, bias, out);
  }

  // --- rows

  @Override
  public void embed(Tensor table, int[] ids, Tensor out) {
    OpChecks.embed(table, ids, out);
    if (table.memory().isEmpty()) {
      copy(table.gather(ids), out);
    } else {
      uploads.embed(table, ids, null, out);
    }
  }

  @Override
  public void embedScaled(Tensor table, int[] ids, float[] factors, Tensor out) {
    OpChecks.embedScaled(table, ids, factors, out);
    uploads.embed(table, ids, factors, out);
  }

  @Override
  public void layerNorm(
      Tensor x, @Nullable Tensor gain, @Nullable Tensor bias, float epsilon, Tensor out) {
    OpChecks.norm("layerNorm", x, gain, bias, out);
    later(normed(true, x, gain, bias, epsilon, out, null), x, gain, bias, out);
  }

  @Override
  public void rmsNorm(Tensor x, Tensor gain, float epsilon, Tensor out) {
    OpChecks.norm("rmsNorm", x, gain, null, out);
    later(normed(false, x, gain, null, epsilon, out, null), x, gain, out);
  }

  @Override
  public void normScales(Tensor x, boolean centred, float epsilon, Tensor out) {
    OpChecks.normScales(x, out);
    later(normed(centred, x, null, null, epsilon, null, out), x, out);
  }

  private Normed normed(
      boolean centred,
      Tensor x,
      @Nullable Tensor gain,
      @Nullable Tensor bias,
      float epsilon,
      @Nullable Tensor out,
      @Nullable Tensor scales) {
    return new Normed(session, new Norm(centred, x, gain, bias, epsilon, out, scales));
  }

  @Override
  public void rotate(Tensor x, int dHead, Tensor cos, Tensor sin) {
    OpChecks.rotate(x, dHead, cos, sin);
    later(new Rotation(session, List.of(x), dHead, cos, sin), x, cos, sin);
  }

  // --- attention

  @Override
  public void splitHeads(Tensor x, Tensor out, int first) {
    OpChecks.splitHeads(x, out, first);
    later(new HeadSplit(session, List.of(new HeadSplit.Move(x, out)), first), x, out);
  }

  @Override
  public void causalPattern(Tensor queries, Tensor keys, AttentionShape shape, Tensor pattern) {
    OpChecks.causalPattern(queries, keys, shape, pattern);
    attention.causalPattern(queries, keys, shape, pattern);
  }

  @Override
  public void attend(Tensor pattern, Tensor values, Tensor out) {
    OpChecks.attend(pattern, values, out);
    attention.attend(pattern, values, out);
  }

  @Override
  public void attendCached(
      Tensor queries, Tensor keys, Tensor values, int nKeys, AttentionShape shape, Tensor out) {
    OpChecks.attendCached(queries, keys, values, nKeys, shape, out);
    attention.attendCached(queries, keys, values, nKeys, shape, out);
  }

  // --- elements

  @Override
  public void activate(Activation f, Tensor x, Tensor out) {
    OpChecks.sameShape("activate", x, out);
    later(new Activated(session, f, x, null, out), x, out);
  }

  @Override
  public void multiply(Tensor a, Tensor b, Tensor out) {
    requireOneShape("multiply", a, b, out);
    later(new Multiplied(session, a, b, out), a, b, out);
  }

  @Override
  public void multiplyRows(Tensor x, Tensor factors, Tensor out) {
    OpChecks.multiplyRows(x, factors, out);
    later(new RowsMultiplied(session, x, factors, out), x, factors, out);
  }

  @Override
  public void add(Tensor a, Tensor b, Tensor out) {
    requireOneShape("add", a, b, out);
    later(new Sum(session, a, b, out), a, b, out);
  }

  @Override
  public void subtract(Tensor a, Tensor b, Tensor out) {
    requireOneShape("subtract", a, b, out);
    Kernel kernel = new Kernel("subtract", "");
    session.launch(kernel).in(a).in(b).out(out).arg(a.size()).each(a.size());
  }

  private static void requireOneShape(String operation, Tensor a, Tensor b, Tensor out) {
    OpChecks.sameShape(operation, a, b);
    OpChecks.sameShape(operation, a, out);
  }

  @Override
  public void scale(Tensor a, float factor, Tensor out) {
    OpChecks.sameShape("scale", a, out);
    later(new Scaled(session, a, factor, out), a, out);
  }

  @Override
  public void sumTerms(Tensor terms, List<Tensor> others, Tensor out) {
    OpChecks.sumTerms(terms, others, out);
    shares.sumTerms(terms, others, out);
  }

  @Override
  public void clip(Tensor x, float limit, Tensor out) {
    OpChecks.sameShape("clip", x, out);
    later(new Clipped(session, List.of(new Clipped.Part(x, out)), limit), x, out);
  }

  @Override
  public void clampedGate(Tensor gate, Tensor up, double limit, double alpha, Tensor out) {
    requireOneShape("clampedGate", gate, up, out);
    session
        .launch(new Kernel("clamped_gate", ""))
        .in(gate)
        .in(up)
        .arg((float) limit)
        .arg((float) alpha)
        .out(out)
        .arg(out.size())
        .each(out.size());
  }

  // --- gradients

  @Override
  public void layerNormBackward(
      Tensor x, @Nullable Tensor gain, float epsilon, boolean frozen, Tensor gradient, Tensor out) {
    OpChecks.normBackward("layerNormBackward", x, gain, gradient, out);
    new NormBackward(true, x, gain, epsilon, frozen).run(session, gradient, out);
  }

  @Override
  public void rmsNormBackward(
      Tensor x, Tensor gain, float epsilon, boolean frozen, Tensor gradient, Tensor out) {
    OpChecks.normBackward("rmsNormBackward", x, gain, gradient, out);
    new NormBackward(false, x, gain, epsilon, frozen).run(session, gradient, out);
  }

  @Override
  public void slope(Activation f, Slope slope, Tensor x, Tensor out) {
    OpChecks.sameShape("slope", x, out);
    String options = "-D%s -DTANGENT=%d".formatted(f, slope == Slope.TANGENT ? 1 : 0);
    session.launch(new Kernel("slope", options)).in(x).out(out).arg(x.size()).each(x.size());
  }

  @Override
  public void patternBackward(Tensor gradient, Tensor values, Tensor out) {
    OpChecks.patternBackward(gradient, values, out);
    attention.patternBackward(gradient, values, out);
  }

  @Override
  public void attendTransposed(Tensor pattern, Tensor rows, Tensor out) {
    OpChecks.attendTransposed(pattern, rows, out);
    attention.attendTransposed(pattern, rows, out);
  }

  @Override
  public void softmaxBackward(Tensor pattern, Tensor gradient, float scale, Tensor out) {
    OpChecks.softmaxBackward(pattern, gradient, out);
    attention.softmaxBackward(pattern, gradient, scale, out);
  }

  // --- contributions

  @Override
  public void proximity(Tensor part, Tensor whole, Tensor out) {
    OpChecks.proximity(part, whole, out);
    shares.proximity(part, whole, out);
  }

  @Override
  public void attentionProximity(
      Tensor pattern, Tensor values, PackedMatrix projection, Tensor whole, Tensor out) {
    OpChecks.attentionProximity(pattern, values, projection, whole, out);
    attention.proximity(pattern, values, (OpenClMatrix) projection, whole, out);
  }

  @Override
  public void normaliseParts(
      @Nullable Tensor terms, List<Tensor> others, Tensor whole, float floor, Tensor cancelling) {
    OpChecks.normaliseParts(terms, others, whole, floor, cancelling);
    shares.normalise(terms, others, whole, floor, cancelling);
  }

  @Override
  public KeysAbove keysAbove(Tensor terms, float threshold) {
    return strongKeys.above(terms, OpChecks.keysAbove(terms), threshold);
  }

  // --- selection

  @Override
  public int[] topK(Tensor x, int k) {
    return Largest.of(x.toFloats(), k);
  }
}
