package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.PANEL;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.ShapeException;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.vector.Scratch.Use;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A weight matrix W [out, in], cut into panels of {@link Lanes#PANEL} outputs: the kernels read
 * every panel from front to back.
 *
 * <pre>
 *   floats[panel][input][PANEL]    F32: outputs panel * PANEL + 0 .. PANEL-1 of that input
 *   halves[panel][input][VL]       F16, BF16: output j in the low, output j + VL in the high half
 * </pre>
 *
 * Quantised elements lie in {@link BlockPanels}. Outputs beyond the last are zeros. Inputs [from,
 * from + inputs) of the {@code stride} stored ones belong to this view.
 *
 * @param dtype the type of the elements; quantised ones are F32 when they are read
 * @param floats the elements of an F32 matrix, else empty
 * @param halves the elements of an F16 or BF16 matrix, else empty
 * @param blocks the elements of a quantised matrix, else null
 * @param against the same matrix, read as its transpose, or null for one that is read one way
 */
record Panels(
    DType dtype,
    float[] floats,
    int[] halves,
    @Nullable BlockPanels blocks,
    int stride,
    int from,
    int inputs,
    int outputs,
    @Nullable RightOperand against)
    implements PackedMatrix, RightOperand {

  /** Returns a matrix of zeros, to be filled by the packer. */
  static Panels zeros(DType dtype, int inputs, int outputs) {
    int width = dtype == DType.F32 ? PANEL : VL;
    long size = (long) Lanes.panels(outputs) * inputs * width;
    if (size > Integer.MAX_VALUE - 8) {
      throw new ShapeException(
          "a weight of %d outputs and %d inputs does not fit one Java array"
              .formatted(outputs, inputs));
    }
    boolean full = dtype == DType.F32;
    float[] floats = new float[full ? (int) size : 0];
    int[] halves = new int[full ? 0 : (int) size];
    return new Panels(dtype, floats, halves, null, inputs, 0, inputs, outputs, null);
  }

  /** Returns a matrix of quantised elements. */
  static Panels of(BlockPanels blocks, int outputs) {
    int inputs = blocks.inputs();
    return new Panels(
        DType.F32, new float[0], new int[0], blocks, inputs, 0, inputs, outputs, null);
  }

  /** Returns this matrix with what is read against its direction. */
  Panels with(RightOperand transposed) {
    return new Panels(dtype, floats, halves, blocks, stride, from, inputs, outputs, transposed);
  }

  /** Returns what is read against the direction of a matrix packed both ways. */
  RightOperand requireAgainst() {
    return Objects.requireNonNull(against);
  }

  /** Returns the transpose: the copy where there is one, else this matrix, turned as it is read. */
  RightOperand turned() {
    return against == null ? new TurnedPanels(this) : against;
  }

  @Override
  public float[] block(int panel, int first, int n, Scratch scratch) {
    if (blocks != null) {
      int begin = blocks.start(from + first);
      int end = Math.min(stride, blocks.start(from + first + n + blocks.format().part() - 1));
      return blocks.widen(panel, begin, end, scratch);
    }
    if (dtype == DType.F32) {
      return floats;
    }
    float[] decoded = scratch.floats(Use.DECODED, n * PANEL);
    HalfPrecision.decode(dtype, halves, halvesAt(panel, first), n, decoded);
    return decoded;
  }

  @Override
  public int grain() {
    return blocks == null ? 2 : blocks.format().part();
  }

  @Override
  public int blockAt(int panel, int first) {
    if (blocks != null) {
      return (from + first - blocks.start(from + first)) * PANEL;
    }
    return dtype == DType.F32 ? floatsAt(panel, first) : 0;
  }

  @Override
  public int stored(int n) {
    if (blocks != null) {
      return 0; // what is read is a fraction of what is computed with it
    }
    return dtype == DType.F32 ? 2 * n : n;
  }

  @Override
  public void ask(int panel, int first, int from, int to) {
    if (blocks != null) {
      return;
    }
    if (dtype == DType.F32) {
      Ahead.ask(floats, floatsAt(panel, first) + from * VL, to - from);
    } else {
      Ahead.ask(halves, halvesAt(panel, first) + from * VL, to - from);
    }
  }

  /** Returns where in {@link #floats} the elements of an input of this view start in a panel. */
  int floatsAt(int panel, int input) {
    return (panel * stride + from + input) * PANEL;
  }

  /** Returns whether two elements lie in each of {@link #halves}. */
  boolean hasHalves() {
    return halves.length > 0;
  }

  /** Returns where in {@link #halves} the elements of an input of this view start in a panel. */
  int halvesAt(int panel, int input) {
    return (panel * stride + from + input) * VL;
  }

  @Override
  public boolean bothWays() {
    return against != null;
  }

  @Override
  public long bytes() {
    long own = blocks == null ? PackedMatrix.super.bytes() : blocks.bytes((long) inputs * outputs);
    return own + (against instanceof Panels copy ? copy.bytes() : 0);
  }

  @Override
  public Panels inputs(int first, int last) {
    if (first < 0 || last < first || last > inputs) {
      throw new ShapeException("inputs " + first + " to " + last + " of " + inputs);
    }
    return new Panels(
        dtype, floats, halves, blocks, stride, from + first, last - first, outputs, null);
  }
}
