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
 *   elements[panel][input][PANEL]    F32: outputs panel * PANEL + 0 .. PANEL-1 of that input
 *   elements[panel][input][VL]       F16, BF16: the bits of two, of output j in the low half and of
 *                                    j + VL in the high half; of finite ones, never those of a NaN
 * </pre>
 *
 * Quantised elements lie in {@link BlockPanels}. Outputs beyond the last are zeros. Inputs [from,
 * from + inputs) of the {@code stride} stored ones belong to this view.
 *
 * @param dtype the type of the elements; quantised ones are F32 when they are read
 * @param elements empty where they are quantised
 * @param blocks the elements of a quantised matrix, else null
 * @param against the same matrix, read as its transpose, or null for one that is read one way
 */
record Panels(
    DType dtype,
    float[] elements,
    @Nullable BlockPanels blocks,
    int stride,
    int from,
    int inputs,
    int outputs,
    @Nullable RightOperand against)
    implements PackedMatrix, RightOperand {

  /** Returns a matrix of zeros, to be filled by the packer. */
  static Panels zeros(DType dtype, int inputs, int outputs) {
    long size = (long) Lanes.panels(outputs) * inputs * width(dtype);
    if (size > Integer.MAX_VALUE - 8) {
      throw new ShapeException(
          "a weight of %d outputs and %d inputs does not fit one Java array"
              .formatted(outputs, inputs));
    }
    return new Panels(dtype, new float[(int) size], null, inputs, 0, inputs, outputs, null);
  }

  /** Returns a matrix of quantised elements. */
  static Panels of(BlockPanels blocks, int outputs) {
    int inputs = blocks.inputs();
    return new Panels(DType.F32, new float[0], blocks, inputs, 0, inputs, outputs, null);
  }

  /** Returns this matrix with what is read against its direction. */
  Panels with(RightOperand transposed) {
    return new Panels(dtype, elements, blocks, stride, from, inputs, outputs, transposed);
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
    if (holdsFloats()) {
      return elements;
    }
    float[] decoded = scratch.floats(Use.DECODED, n * PANEL);
    HalfPrecision.decode(dtype, elements, at(panel, first), n, decoded, 0);
    return decoded;
  }

  /** Writes what {@link #block} returns, as floats, into an array. */
  void widen(int panel, int first, int n, float[] out, int outAt, Scratch scratch) {
    if (hasHalves()) {
      HalfPrecision.decode(dtype, elements, at(panel, first), n, out, outAt);
    } else {
      float[] block = block(panel, first, n, scratch);
      System.arraycopy(block, blockAt(panel, first), out, outAt, n * PANEL);
    }
  }

  @Override
  public boolean readsTogether() {
    return false;
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
    return dtype == DType.F32 ? at(panel, first) : 0;
  }

  @Override
  public int stored(int n) {
    if (blocks != null) {
      return 0; // what is read is a fraction of what is computed with it
    }
    return n * width(dtype) / VL;
  }

  @Override
  public void ask(int panel, int first, int from, int to) {
    Ahead.ask(elements, at(panel, first) + from * VL, to - from);
  }

  /** Returns whether {@link #elements} are what kernels compute with. */
  boolean holdsFloats() {
    return dtype == DType.F32 && blocks == null;
  }

  /** Returns whether there are two in each of {@link #elements}. */
  boolean hasHalves() {
    return dtype != DType.F32;
  }

  /** Returns where in {@link #elements} those of an input of this view start in a panel. */
  int at(int panel, int input) {
    return (panel * stride + from + input) * width(dtype);
  }

  /** Returns how many floats hold an input of a panel. */
  private static int width(DType dtype) {
    return dtype == DType.F32 ? PANEL : VL;
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
    return new Panels(dtype, elements, blocks, stride, from + first, last - first, outputs, null);
  }
}
