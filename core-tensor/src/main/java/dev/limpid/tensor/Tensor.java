package dev.limpid.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A contiguous, row-major block of numbers with a shape: the one data type of the engine.
 *
 * <p>There are two kinds. Activations are F32 on the heap: {@link #array()} and {@link #offset()}
 * give their storage, which views made by {@link #row}, {@link #rows} and {@link #reshape} share.
 * Weights are read-only views of a mapped file in any {@link DType}; they are read through {@link
 * #copyTo} or {@link #get}, which convert to float.
 *
 * <pre>
 *   shape [2, 3]      array  . . a b c d e f . .      element (i, j) = array[offset + i*3 + j]
 *   offset 2                     ^offset
 * </pre>
 */
public final class Tensor {
  private static final int CHUNK = 1 << 14;

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Shape shape;
  private final DType dtype;
  private final float @Nullable [] floats;
  private final int offset;
  private final @Nullable MemorySegment data;

  private Tensor(
      Shape shape,
      DType dtype,
      float @Nullable [] floats,
      int offset,
      @Nullable MemorySegment data) {
    this.shape = shape;
    this.dtype = dtype;
    this.floats = floats;
    this.offset = offset;
    this.data = data;
  }

  /** Returns a new F32 tensor on the heap, filled with zeros. */
  public static Tensor zeros(int... dims) {
    Shape shape = Shape.of(dims);
    if (shape.size() > Integer.MAX_VALUE - 8) {
      throw new ShapeException("a tensor of shape " + shape + " does not fit one Java array");
    }
    return new Tensor(shape, DType.F32, new float[(int) shape.size()], 0, null);
  }

  /** Returns an F32 tensor over the given values, which are shared, not copied. */
  public static Tensor of(float[] values, int... dims) {
    Shape shape = Shape.of(dims);
    if (shape.size() != values.length) {
      throw new ShapeException(
          "shape mismatch in Tensor.of: " + values.length + " values, shape " + shape);
    }
    return new Tensor(shape, DType.F32, values, 0, null);
  }

  /**
   * Returns a read-only tensor over bytes in little-endian order, shared, not copied.
   *
   * @param data exactly {@code shape.size() * dtype.bytes()} bytes, usually part of a mapped file
   */
  public static Tensor over(MemorySegment data, DType dtype, Shape shape) {
    if (data.byteSize() != Math.multiplyExact(shape.size(), (long) dtype.bytes())) {
      throw new ShapeException(
          "shape mismatch in Tensor.over: %d bytes, shape %s of %s"
              .formatted(data.byteSize(), shape, dtype));
    }
    return new Tensor(shape, dtype, null, 0, data.asReadOnly());
  }

  /** Returns the extents. */
  public Shape shape() {
    return shape;
  }

  /** Returns the element type. */
  public DType dtype() {
    return dtype;
  }

  /** Returns the extent of one axis, counted from the outermost. */
  public int dim(int axis) {
    return shape.dim(axis);
  }

  /** Returns the number of elements. */
  public long size() {
    return shape.size();
  }

  /** Returns whether the elements are floats on the heap, so that {@link #array()} is there. */
  public boolean onHeap() {
    return floats != null;
  }

  /**
   * Returns the storage of a heap tensor; its elements start at {@link #offset()}. Writing to it
   * modifies this tensor and all its views.
   *
   * @throws IllegalStateException if this tensor is a view of a file
   */
  public float[] array() {
    if (floats == null) {
      throw new IllegalStateException(
          "a " + dtype + " tensor over a file has no float array; use copyTo or toFloats");
    }
    return floats;
  }

  /** Returns the index in {@link #array()} of the first element. */
  public int offset() {
    return offset;
  }

  /** Returns the i-th part along the outermost axis, as a view: [a, b, c] gives [b, c]. */
  public Tensor row(int i) {
    Tensor part = rows(i, i + 1);
    return part.withShape(new Shape(shape.dims().subList(1, shape.rank())));
  }

  /** Returns the parts from (inclusive) to (exclusive) along the outermost axis, as a view. */
  public Tensor rows(int from, int to) {
    if (shape.rank() == 0 || from < 0 || to < from || to > shape.dim(0)) {
      throw new ShapeException("rows " + from + " to " + to + " of a tensor of shape " + shape);
    }
    long width = shape.dim(0) == 0 ? 0 : shape.size() / shape.dim(0);
    int[] dims = shape.dims().stream().mapToInt(Integer::intValue).toArray();
    dims[0] = to - from;
    Shape part = Shape.of(dims);
    if (floats != null) {
      return new Tensor(part, dtype, floats, Math.toIntExact(offset + from * width), null);
    }
    long bytes = width * dtype.bytes();
    return new Tensor(part, dtype, null, 0, segment().asSlice(from * bytes, (to - from) * bytes));
  }

  /**
   * Returns a copy of parts along the outermost axis, in the same type: part i of it is part {@code
   * rows[i]} of this tensor.
   */
  public Tensor gather(int[] rows) {
    int[] dims = shape.dims().stream().mapToInt(Integer::intValue).toArray();
    int width = Math.toIntExact(row(0).size());
    dims[0] = rows.length;
    if (floats != null) {
      float[] copy = new float[Math.multiplyExact(rows.length, width)];
      for (int i = 0; i < rows.length; i++) {
        copyTo((long) rows[i] * width, copy, i * width, width);
      }
      return of(copy, dims);
    }
    long bytes = (long) width * dtype.bytes();
    MemorySegment copy = MemorySegment.ofArray(new byte[Math.toIntExact(rows.length * bytes)]);
    for (int i = 0; i < rows.length; i++) {
      MemorySegment.copy(segment(), rows[i] * bytes, copy, i * bytes, bytes);
    }
    return over(copy, dtype, Shape.of(dims));
  }

  /** Returns the same elements under another shape of the same size, as a view. */
  public Tensor reshape(int... dims) {
    Shape other = Shape.of(dims);
    if (other.size() != shape.size()) {
      throw new ShapeException("shape mismatch in reshape: " + shape + " to " + other);
    }
    return withShape(other);
  }

  private Tensor withShape(Shape other) {
    return new Tensor(other, dtype, floats, offset, data);
  }

  /** Returns one element as a float; for readability, not for speed. */
  public float get(int... index) {
    if (index.length != shape.rank()) {
      throw new ShapeException("index " + Arrays.toString(index) + " into shape " + shape);
    }
    long element = 0;
    for (int axis = 0; axis < index.length; axis++) {
      element = element * shape.dim(axis) + Objects.checkIndex(index[axis], dim(axis));
    }
    return floats != null ? floats[offset + (int) element] : fromSegment(element);
  }

  /** Copies {@code count} elements from element {@code from} on into {@code target}, as floats. */
  public void copyTo(long from, float[] target, int at, int count) {
    Objects.checkFromIndexSize(from, count, size());
    if (floats != null) {
      System.arraycopy(floats, (int) (offset + from), target, at, count);
      return;
    }
    MemorySegment segment = segment();
    switch (dtype) {
      case F32 -> MemorySegment.copy(segment, FLOAT, from * 4, target, at, count);
      case F16 -> {
        for (int i = 0; i < count; i++) {
          target[at + i] = Float.float16ToFloat(segment.get(SHORT, (from + i) * 2));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          target[at + i] = Float.intBitsToFloat(segment.get(SHORT, (from + i) * 2) << 16);
        }
      }
      case I64 -> throw new IllegalStateException("I64 elements are ids, not floats: use toInts");
    }
  }

  /**
   * Copies {@code count} elements of an F16 or BF16 tensor over a file into {@code target}, as the
   * 16 bits they are stored in.
   */
  public void copyBitsTo(long from, short[] target, int at, int count) {
    if (dtype != DType.F16 && dtype != DType.BF16) {
      throw new IllegalStateException("only F16 and BF16 have 16 bits, not " + dtype);
    }
    MemorySegment.copy(segment(), SHORT, from * 2, target, at, count);
  }

  /** Returns a copy of all elements as floats. */
  public float[] toFloats() {
    float[] copy = new float[Math.toIntExact(size())];
    copyTo(0, copy, 0, copy.length);
    return copy;
  }

  /** Returns a copy of all elements of an I64 tensor as ints. */
  public int[] toInts() {
    if (dtype != DType.I64) {
      throw new IllegalStateException("not a tensor of ids but of " + dtype);
    }
    MemorySegment segment = segment();
    return IntStream.range(0, Math.toIntExact(size()))
        .map(i -> Math.toIntExact(segment.get(LONG, i * 8L)))
        .toArray();
  }

  /** Returns whether no element is NaN or infinite; ids never are. */
  public boolean allFinite() {
    // The bits of the exponent, in every element of a long.
    long exponent =
        switch (dtype) {
          case F32 -> 0x7f80_0000_7f80_0000L;
          case F16 -> 0x7c00_7c00_7c00_7c00L;
          case BF16 -> 0x7f80_7f80_7f80_7f80L;
          case I64 -> 0;
        };
    MemorySegment elements =
        floats == null
            ? segment()
            : MemorySegment.ofArray(floats).asSlice(offset * 4L, size() * dtype.bytes());
    long[] chunk = new long[(int) Math.min(CHUNK, (elements.byteSize() + 7) / 8)];
    boolean finite = true;
    for (long from = 0; finite && from < elements.byteSize(); from += CHUNK * 8L) {
      long bytes = Math.min(CHUNK * 8L, elements.byteSize() - from);
      int count = (int) ((bytes + 7) / 8);
      chunk[count - 1] = 0; // the last one may be filled in part
      MemorySegment.copy(elements, from, MemorySegment.ofArray(chunk), 0, bytes);
      finite = allFinite(chunk, count, exponent);
    }
    return finite;
  }

  /**
   * Checks several elements at once: an exponent of all ones, and no other, carries into the place
   * of its sign when its lowest bit is added. The loop stands alone, so that it is compiled once.
   */
  private static boolean allFinite(long[] elements, int count, long exponent) {
    long lowest = exponent & ~(exponent << 1);
    long carried = 0;
    for (int i = 0; i < count; i++) {
      carried |= (elements[i] & exponent) + lowest;
    }
    return (carried & (exponent + lowest)) == 0;
  }

  /** Returns an F32 tensor on the heap with the same elements: itself, if it is one already. */
  public Tensor toHeap() {
    if (floats != null) {
      return this;
    }
    return new Tensor(shape, DType.F32, toFloats(), 0, null);
  }

  private float fromSegment(long element) {
    float[] one = new float[1];
    copyTo(element, one, 0, 1);
    return one[0];
  }

  private MemorySegment segment() {
    if (data == null) {
      throw new IllegalStateException("not a tensor over a file");
    }
    return data;
  }

  @Override
  public String toString() {
    return "Tensor" + shape + " " + dtype;
  }
}
