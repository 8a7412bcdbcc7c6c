package dev.limpid.model.load;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.util.OptionalLong;

/** Where the weights of a model's layers are while it is in use. */
public enum LayerStorage {
  /** In memory, if they fit there; else streamed. */
  AUTOMATIC,

  /** In memory, all of them. */
  IN_MEMORY,

  /**
   * In the model's files, from which a layer is read whenever it is needed. The files must stay as
   * they are; numbers that are NaN or infinite are found when their layer is read.
   */
  STREAMED;

  /** As much of the heap as is left for everything else. */
  private static final int REST = 8;

  /** Returns how large the part of the heap for old objects has to be to hold so many bytes. */
  public static long heapFor(long bytes) {
    return bytes / (REST - 1) * REST;
  }

  /**
   * Returns whether layers that take so many bytes should be streamed.
   *
   * @param device the bytes that a device has left for them; empty where they are in the heap
   */
  boolean streams(long bytes, OptionalLong device) {
    return switch (this) {
      case AUTOMATIC -> heapFor(bytes) > (device.isPresent() ? device.getAsLong() : heap(bytes));
      case IN_MEMORY -> false;
      case STREAMED -> true;
    };
  }

  /**
   * Returns the largest part of the heap: collectors with generations keep a third for objects that
   * die young. Asking for the parts takes time, which small models do without.
   */
  private static long heap(long bytes) {
    long all = Runtime.getRuntime().maxMemory();
    if (bytes < all / 3) {
      return all;
    }
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .mapToLong(pool -> pool.getUsage().getMax())
        .max()
        .stream()
        .filter(max -> max > 0)
        .findFirst()
        .orElse(all);
  }
}
