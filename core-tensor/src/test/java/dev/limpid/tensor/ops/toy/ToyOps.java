package dev.limpid.tensor.ops.toy;

import dev.limpid.tensor.Shape;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Activation;
import dev.limpid.tensor.ops.AttentionShape;
import dev.limpid.tensor.ops.DeviceUse;
import dev.limpid.tensor.ops.KeysAbove;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.Slope;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.WeightLayout;
import dev.limpid.tensor.spi.Scopes;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The operations on a device that is none: memory of its own, in which another implementation
 * computes. Every float that crosses is counted, and a tensor on the heap where one on the device
 * is needed is an error, so nothing slips past the seam.
 */
public final class ToyOps implements TensorOps {
  private final TensorOps inner;
  private final Transfers transfers = new Transfers();
  private final Scopes scopes = new Scopes();

  /** Creates the device; {@code inner} computes with tensors on the heap. */
  public ToyOps(TensorOps inner) {
    this.inner = inner;
  }

  /** Returns what has crossed so far. */
  public Transfers transfers() {
    return transfers;
  }

  @Override
  public String name() {
    return "toy";
  }

  @Override
  public String description() {
    return "a memory of its own, with " + inner.description();
  }

  @Override
  public int threads() {
    return inner.threads();
  }

  // --- memory

  @Override
  public Tensor zeros(int... dims) {
    ToyMemory memory = allocate(dims);
    scopes.own(memory);
    return Tensor.on(memory, 0, dims);
  }

  private ToyMemory allocate(int... dims) {
    return new ToyMemory(Math.toIntExact(Shape.of(dims).size()), transfers);
  }

  @Override
  public Tensor resident(Tensor x) {
    if (x.memory().isPresent()) {
      inside(x);
      return x;
    }
    int[] dims = x.shape().dims().stream().mapToInt(Integer::intValue).toArray();
    Tensor resident = Tensor.on(allocate(dims), 0, dims);
    copy(x, resident);
    return resident;
  }

  @Override
  public void copy(Tensor x, Tensor out) {
    inner.copy(insideOrElsewhere(x), inside(out));
    transfers.upload(x.memory().isPresent() ? 0 : x.size());
  }

  @Override
  public Optional<DeviceUse> deviceUse() {
    return Optional.of(
        new DeviceUse(
            "toy:0",
            0,
            transfers.downloads(),
            transfers.uploaded() * Float.BYTES,
            transfers.downloads(),
            transfers.downloaded() * Float.BYTES,
            0));
  }

  @Override
  public Scope scope() {
    return scopes.open();
  }

  @Override
  public boolean allFinite(Tensor x) {
    return inner.allFinite(insideOrElsewhere(x));
  }

  /** Returns what a tensor is to the implementation inside; it must lie on this device. */
  private Tensor inside(Tensor x) {
    if (x.memory().orElse(null) instanceof ToyMemory memory) {
      return memory.inside(x);
    }
    throw new IllegalArgumentException(x + " is not on toy:0: bring it there by resident");
  }

  private Tensor insideOrElsewhere(Tensor x) {
    return x.memory().isPresent() ? inside(x) : x;
  }

  private @Nullable Tensor insideOrNull(@Nullable Tensor x) {
    return x == null ? null : inside(x);
  }

  // --- weights

  @Override
  public PackedMatrix pack(Tensor weight, WeightLayout layout, int from, int to) {
    PackedMatrix packed = inner.pack(weight, layout, from, to);
    transfers.upload((long) packed.inputs() * packed.outputs());
    return new ToyMatrix(packed);
  }

  @Override
  public PackedMatrix packBothWays(Tensor weight, WeightLayout layout) {
    transfers.upload(weight.size());
    return new ToyMatrix(inner.packBothWays(weight, layout));
  }

  @Override
  public void matmul(Tensor x, PackedMatrix weight, @Nullable Tensor bias, Tensor out) {
    inner.matmul(inside(x), ((ToyMatrix) weight).inside(), insideOrNull(bias), inside(out));
  }

  @Override
  public void matmulTransposed(Tensor x, PackedMatrix weight, Tensor out) {
    inner.matmulTransposed(inside(x), ((ToyMatrix) weight).inside(), inside(out));
  }

  // --- rows

  @Override
  public void embed(Tensor table, int[] ids, Tensor out) {
    inner.embed(insideOrElsewhere(table), ids, inside(out));
    transfers.upload(table.memory().isPresent() ? 0 : out.size());
  }

  @Override
  public void layerNorm(
      Tensor x, @Nullable Tensor gain, @Nullable Tensor bias, float epsilon, Tensor out) {
    inner.layerNorm(inside(x), insideOrNull(gain), insideOrNull(bias), epsilon, inside(out));
  }

  @Override
  public void rmsNorm(Tensor x, Tensor gain, float epsilon, Tensor out) {
    inner.rmsNorm(inside(x), inside(gain), epsilon, inside(out));
  }

  @Override
  public void normScales(Tensor x, boolean centred, float epsilon, Tensor out) {
    inner.normScales(inside(x), centred, epsilon, inside(out));
  }

  @Override
  public void embedScaled(Tensor table, int[] ids, float[] factors, Tensor out) {
    inner.embedScaled(inside(table), ids, factors, inside(out));
  }

  @Override
  public void multiplyRows(Tensor x, Tensor factors, Tensor out) {
    inner.multiplyRows(inside(x), inside(factors), inside(out));
  }

  @Override
  public void sumTerms(Tensor terms, List<Tensor> others, Tensor out) {
    inner.sumTerms(inside(terms), others.stream().map(this::inside).toList(), inside(out));
  }

  @Override
  public void rotate(Tensor x, int dHead, Tensor cos, Tensor sin) {
    inner.rotate(inside(x), dHead, inside(cos), inside(sin));
  }

  // --- attention

  @Override
  public void splitHeads(Tensor x, Tensor out, int first) {
    inner.splitHeads(inside(x), inside(out), first);
  }

  @Override
  public void causalPattern(Tensor queries, Tensor keys, AttentionShape shape, Tensor pattern) {
    inner.causalPattern(inside(queries), inside(keys), shape, inside(pattern));
  }

  @Override
  public void attend(Tensor pattern, Tensor values, Tensor out) {
    inner.attend(inside(pattern), inside(values), inside(out));
  }

  @Override
  public void attendCached(
      Tensor queries, Tensor keys, Tensor values, int nKeys, AttentionShape shape, Tensor out) {
    inner.attendCached(inside(queries), inside(keys), inside(values), nKeys, shape, inside(out));
  }

  // --- elements

  @Override
  public void activate(Activation f, Tensor x, Tensor out) {
    inner.activate(f, inside(x), inside(out));
  }

  @Override
  public void multiply(Tensor a, Tensor b, Tensor out) {
    inner.multiply(inside(a), inside(b), inside(out));
  }

  @Override
  public void add(Tensor a, Tensor b, Tensor out) {
    inner.add(inside(a), inside(b), inside(out));
  }

  @Override
  public void subtract(Tensor a, Tensor b, Tensor out) {
    inner.subtract(inside(a), inside(b), inside(out));
  }

  @Override
  public void scale(Tensor a, float factor, Tensor out) {
    inner.scale(inside(a), factor, inside(out));
  }

  @Override
  public void clip(Tensor x, float limit, Tensor out) {
    inner.clip(inside(x), limit, inside(out));
  }

  @Override
  public void clampedGate(Tensor gate, Tensor up, double limit, double alpha, Tensor out) {
    inner.clampedGate(inside(gate), inside(up), limit, alpha, inside(out));
  }

  // --- gradients

  @Override
  public void layerNormBackward(
      Tensor x, @Nullable Tensor gain, float epsilon, boolean frozen, Tensor gradient, Tensor out) {
    inner.layerNormBackward(
        inside(x), insideOrNull(gain), epsilon, frozen, inside(gradient), inside(out));
  }

  @Override
  public void rmsNormBackward(
      Tensor x, Tensor gain, float epsilon, boolean frozen, Tensor gradient, Tensor out) {
    inner.rmsNormBackward(inside(x), inside(gain), epsilon, frozen, inside(gradient), inside(out));
  }

  @Override
  public void slope(Activation f, Slope slope, Tensor x, Tensor out) {
    inner.slope(f, slope, inside(x), inside(out));
  }

  @Override
  public void patternBackward(Tensor gradient, Tensor values, Tensor out) {
    inner.patternBackward(inside(gradient), inside(values), inside(out));
  }

  @Override
  public void attendTransposed(Tensor pattern, Tensor rows, Tensor out) {
    inner.attendTransposed(inside(pattern), inside(rows), inside(out));
  }

  @Override
  public void softmaxBackward(Tensor pattern, Tensor gradient, float scale, Tensor out) {
    inner.softmaxBackward(inside(pattern), inside(gradient), scale, inside(out));
  }

  // --- contributions

  @Override
  public void proximity(Tensor part, Tensor whole, Tensor out) {
    inner.proximity(inside(part), inside(whole), inside(out));
  }

  @Override
  public void attentionProximity(
      Tensor pattern, Tensor values, PackedMatrix projection, Tensor whole, Tensor out) {
    PackedMatrix inProjection = ((ToyMatrix) projection).inside();
    inner.attentionProximity(
        inside(pattern), inside(values), inProjection, inside(whole), inside(out));
  }

  @Override
  public void normaliseParts(
      @Nullable Tensor terms, List<Tensor> others, Tensor whole, float floor, Tensor cancelling) {
    List<Tensor> inOthers = others.stream().map(this::inside).toList();
    inner.normaliseParts(insideOrNull(terms), inOthers, inside(whole), floor, inside(cancelling));
  }

  @Override
  public KeysAbove keysAbove(Tensor terms, float threshold) {
    KeysAbove above = inner.keysAbove(inside(terms), threshold);
    transfers.download(above.rows().length);
    transfers.download(above.keys().length + (long) above.terms().length);
    return above;
  }

  // --- selection

  @Override
  public int[] topK(Tensor x, int k) {
    int[] top = inner.topK(insideOrElsewhere(x), k);
    transfers.download(x.memory().isPresent() ? top.length : 0);
    return top;
  }
}
