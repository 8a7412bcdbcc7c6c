package dev.limpid.tensor;

import dev.limpid.tensor.blocks.BlockFormat;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A contiguous, row-major block of numbers with a shape: the one data type of the engine.
 *
 * <p>There are three kinds, which {@link #copyTo}, {@link #toFloats} and {@link #get} read alike,
 * as floats; views made by {@link #row}, {@link #rows} and {@link #reshape} share the memory of
 * what they are made from.
 *
 * <ul>
 *   <li>On the heap: F32, what a processor computes with. {@link #array()} and {@link #offset()}
 *       give the storage.
 *   <li>Over a file: weights as they are stored, in any {@link DType} or in quantised blocks, to be
 *       read alone.
 *   <li>On a device: F32 in {@link DeviceMemory}, what a backend with a memory of its own computes
 *       with. It has no array: {@link #toHeap} brings a copy of it home.
 * </ul>
 *
 * <pre>
 *   shape [2, 3]      array  . . a b c d e f . .      element (i, j) = array[offset + i*3 + j]
 *   offset 2                     ^offset
 * </pre>
 */
public final class Tensor {
  private final Shape shape;
  private final DType dtype;
  private final Storage storage;

  /** The array and the offset of a storage on the heap, which kernels ask for all the time. */
  private final float @Nullable [] floats;

  private final int offset;

  private Tensor(Shape shape, DType dtype, Storage storage) {
    this.shape = shape;
    this.dtype = dtype;
    this.storage = storage;
    if (storage instanceof Storage.Heap(float[] array, int first)) {
      floats = array;
      offset = first;
    } else {
      floats = null;
      offset = 0;
    }
  }

  /** Returns a new F32 tensor on the heap, filled with zeros. */
  public static Tensor zeros(int... dims) {
    Shape shape = Shape.of(dims);
    if (shape.size() > Integer.MAX_VALUE - 8) {
      throw new ShapeException("a tensor of shape " + shape + " does not fit one Java array");
    }
    return heap(new float[(int) shape.size()], shape);
  }

  /** Returns an F32 tensor over the given values, which are shared, not copied. */
  public static Tensor of(float[] values, int... dims) {
    Shape shape = Shape.of(dims);
    if (shape.size() != values.length) {
      throw new ShapeException(
          "shape mismatch in Tensor.of: " + values.length + " values, shape " + shape);
    }
    return heap(values, shape);
  }

  private static Tensor heap(float[] values, Shape shape) {
    return new Tensor(shape, DType.F32, new Storage.Heap(values, 0));
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
    return new Tensor(shape, dtype, new Storage.Mapped(data.asReadOnly(), dtype));
  }

  /**
   * Returns a read-only F32 tensor over quantised blocks, shared, not copied, which is decoded
   * whenever it is read. Parts of it are made of whole blocks.
   *
   * @param data exactly the blocks of {@code shape.size()} elements, usually part of a mapped file
   */
  public static Tensor over(MemorySegment data, BlockFormat format, Shape shape) {
    if (shape.size() % format.elements() != 0 || data.byteSize() != format.bytesOf(shape.size())) {
      throw new ShapeException(
          "shape mismatch in Tensor.over: %d bytes, shape %s of %s"
              .formatted(data.byteSize(), shape, format));
    }
    return new Tensor(shape, DType.F32, new Storage.Blocks(data.asReadOnly(), format));
  }

  /**
   * Returns an F32 tensor over floats on a device, shared, not copied; for backends.
   *
   * @param offset of its first element in the memory, which must hold all of them
   */
  public static Tensor on(DeviceMemory memory, long offset, int... dims) {
    return new Tensor(Shape.of(dims), DType.F32, new Storage.Device(memory, offset));
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
   * @throws IllegalStateException if this tensor is over a file or on a device
   */
  public float[] array() {
    if (floats == null) {
      throw new IllegalStateException(
          storage instanceof Storage.Device(DeviceMemory memory, long _)
              ? "a tensor on " + memory.device() + " has no float array here; use toHeap"
              : "a " + dtype + " tensor over a file has no float array; use copyTo or toFloats");
    }
    return floats;
  }

  /** Returns the index in {@link #array()} of the first element. */
  public int offset() {
    return offset;
  }

  /** Returns the memory of a tensor on a device; empty for others. For the backend that made it. */
  public Optional<DeviceMemory> memory() {
    return storage instanceof Storage.Device device
        ? Optional.of(device.memory())
        : Optional.empty();
  }

  /** Returns the index in {@link #memory()} of the first element. */
  public long memoryOffset() {
    return storage instanceof Storage.Device device ? device.offset() : 0;
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
    return new Tensor(part, dtype, storage.part(from * width, part.size()));
  }

  /**
   * Returns a copy on the heap of parts along the outermost axis, in the same type: part i of it is
   * part {@code rows[i]} of this tensor.
   */
  public Tensor gather(int[] rows) {
    int[] dims = shape.dims().stream().mapToInt(Integer::intValue).toArray();
    int width = Math.toIntExact(row(0).size());
    dims[0] = rows.length;
    if (storage instanceof Storage.Blocks(MemorySegment data, BlockFormat format)) {
      if (width % format.elements() != 0) {
        throw new ShapeException("rows of %d are no whole blocks of %s".formatted(width, format));
      }
      return over(gather(data, format.bytesOf(width), rows), format, Shape.of(dims));
    }
    if (!(storage instanceof Storage.Mapped(MemorySegment data, DType _))) {
      float[] copy = new float[Math.multiplyExact(rows.length, width)];
      for (int i = 0; i < rows.length; i++) {
        copyTo((long) rows[i] * width, copy, i * width, width);
      }
      return of(copy, dims);
    }
    return over(gather(data, (long) width * dtype.bytes(), rows), dtype, Shape.of(dims));
  }

  private static MemorySegment gather(MemorySegment data, long bytes, int[] rows) {
    MemorySegment copy = MemorySegment.ofArray(new byte[Math.toIntExact(rows.length * bytes)]);
    for (int i = 0; i < rows.length; i++) {
      MemorySegment.copy(data, rows[i] * bytes, copy, i * bytes, bytes);
    }
    return copy;
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
    return new Tensor(other, dtype, storage);
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
    if (floats != null) {
      return floats[offset + (int) element];
    }
    float[] one = new float[1];
    copyTo(element, one, 0, 1);
    return one[0];
  }

  /** Copies {@code count} elements from element {@code from} on into {@code target}, as floats. */
  public void copyTo(long from, float[] target, int at, int count) {
    Objects.checkFromIndexSize(from, count, size());
    storage.copyTo(from, target, at, count);
  }

  /**
   * Copies {@code count} elements of an F16 or BF16 tensor over a file into {@code target}, as the
   * 16 bits they are stored in.
   */
  public void copyBitsTo(long from, short[] target, int at, int count) {
    if (dtype != DType.F16 && dtype != DType.BF16) {
      throw new IllegalStateException("only F16 and BF16 have 16 bits, not " + dtype);
    }
    MemorySegment.copy(segment(), Storage.Mapped.SHORT, from * 2, target, at, count);
  }

  /** Returns the format of a tensor over quantised blocks; empty for others. */
  public Optional<BlockFormat> blocks() {
    return storage instanceof Storage.Blocks blocks
        ? Optional.of(blocks.format())
        : Optional.empty();
  }

  /**
   * Copies the bytes of {@code count} blocks of a tensor over quantised blocks, from block {@code
   * first} on, into {@code target}.
   */
  public void copyBlocksTo(long first, byte[] target, int at, int count) {
    if (!(storage instanceof Storage.Blocks blocks)) {
      throw new IllegalStateException("not a tensor over quantised blocks");
    }
    blocks.copyBytesTo(first, target, at, count);
  }

  /**
   * Copies elements from element {@code from} on into memory that is not Java's, as many as it
   * holds: the way to a device. They are as they are stored; quantised ones are decoded.
   */
  public void copyStoredTo(long from, MemorySegment target) {
    long count = target.byteSize() / dtype.bytes();
    Objects.checkFromIndexSize(from, count, size());
    MemorySegment source =
        switch (storage) {
          case Storage.Heap(float[] array, int first) ->
              MemorySegment.ofArray(array).asSlice((first + from) * 4, count * 4);
          case Storage.Mapped(MemorySegment data, DType _) ->
              data.asSlice(from * dtype.bytes(), count * dtype.bytes());
          case Storage.Blocks _, Storage.Device _ -> {
            float[] floats = new float[Math.toIntExact(count)];
            copyTo(from, floats, 0, floats.length);
            yield MemorySegment.ofArray(floats);
          }
        };
    target.copyFrom(source);
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
        .map(i -> Math.toIntExact(segment.get(Storage.Mapped.LONG, i * 8L)))
        .toArray();
  }

  /** Returns whether no element is NaN or infinite; ids never are. */
  public boolean allFinite() {
    return switch (storage) {
      case Storage.Heap(float[] array, int first) ->
          FiniteCheck.allFinite(array, first, Math.toIntExact(first + size()));
      case Storage.Mapped(MemorySegment data, DType _) -> FiniteCheck.allFinite(data, dtype);
      case Storage.Device _ -> toHeap().allFinite();
      case Storage.Blocks blocks -> blocks.allFinite();
    };
  }

  /** Returns an F32 tensor on the heap with the same elements: itself, if it is one already. */
  public Tensor toHeap() {
    return onHeap() ? this : heap(toFloats(), shape);
  }

  private MemorySegment segment() {
    if (storage instanceof Storage.Mapped(MemorySegment data, DType _)) {
      return data;
    }
    throw new IllegalStateException("not a tensor over a file");
  }

  @Override
  public String toString() {
    return "Tensor" + shape + " " + dtype;
  }
}
