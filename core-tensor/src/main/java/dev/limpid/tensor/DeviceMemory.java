package dev.limpid.tensor;

/**
 * A block of floats that is not on the heap but where a backend computes, made by that backend.
 *
 * <p>A {@link Tensor} made by {@link Tensor#on} lies in one. Reading and writing cross from one
 * memory to the other, which takes its time: once for many elements, not often for a few.
 */
public interface DeviceMemory extends AutoCloseable {
  /** Returns where it is, in a name that people know the device by, such as {@code cuda:0}. */
  String device();

  /**
   * Copies {@code count} floats from element {@code from} of this memory on into {@code to}, from
   * index {@code at} on.
   *
   * @throws IllegalStateException if this memory is closed
   */
  void read(long from, float[] to, int at, int count);

  /**
   * Copies {@code count} floats of {@code from}, from index {@code first} on, into this memory,
   * from element {@code at} on.
   *
   * @throws IllegalStateException if this memory is closed
   */
  void write(long at, float[] from, int first, int count);

  /** Gives the memory back; whoever reads or writes it later is told so. */
  @Override
  void close();
}
