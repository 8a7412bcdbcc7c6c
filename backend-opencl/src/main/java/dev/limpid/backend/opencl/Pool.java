package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.driver.DriverException;
import dev.limpid.backend.opencl.driver.OpenCl;
import dev.limpid.tensor.DeviceException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The memory of a context. What activations leave is kept for those that follow: commands run one
 * after the other, so that the last reader of a block is done before its next writer begins.
 *
 * <p>What nobody references is given back by the collector, which does not see how much it is:
 * where memory runs out, it is called, and waited for.
 */
final class Pool implements Runnable {
  private static final long SMALLEST = 256;

  /** How often the collector is waited for, and how long each time. */
  private static final int PATIENCE = 20;

  private static final long PATIENCE_MILLIS = 10;

  private final OpenCl driver;
  private final OpenClDevice device;
  private final MemorySegment context;
  private final long budget;
  private final Map<Long, Deque<MemorySegment>> free = new HashMap<>();
  private long freeBytes;
  private long usedBytes;
  private long mostBytes;
  private boolean closed;

  /**
   * A part of the memory.
   *
   * @param buffer its handle
   * @param bytes its size
   * @param pooled whether it is kept for others when it is given back
   */
  record Block(MemorySegment buffer, long bytes, boolean pooled) {}

  Pool(OpenCl driver, OpenClDevice device, MemorySegment context, long budget) {
    this.driver = driver;
    this.device = device;
    this.context = context;
    this.budget = budget;
  }

  /** Returns a block for activations, whose bytes are whatever was there before. */
  Block lend(long bytes) {
    long size = roundedUp(bytes);
    synchronized (this) {
      Deque<MemorySegment> blocks = free.get(size);
      if (blocks != null && !blocks.isEmpty()) {
        freeBytes -= size;
        usedBytes += size;
        return new Block(blocks.pop(), size, true);
      }
    }
    return new Block(create(size), size, true);
  }

  /** Returns a block to stay, which no command has used before. */
  Block make(long bytes) {
    long size = Math.max(SMALLEST, bytes);
    return new Block(create(size), size, false);
  }

  /** Takes a block back. */
  void giveBack(Block block) {
    synchronized (this) {
      usedBytes -= block.bytes();
      if (block.pooled() && !closed) {
        free.computeIfAbsent(block.bytes(), size -> new ArrayDeque<>()).push(block.buffer());
        freeBytes += block.bytes();
        return;
      }
    }
    driver.releaseBuffer(block.buffer());
  }

  /** Returns the bytes that are neither lent nor made. */
  synchronized long left() {
    return Math.max(0, budget - usedBytes);
  }

  /** Returns the most bytes that were taken from the driver at a time. */
  synchronized long most() {
    return mostBytes;
  }

  /** Checks that so many bytes are left, once nobody holds what nobody needs. */
  void requireRoom(long bytes, String what) {
    for (int attempt = 0; left() < bytes; attempt++) {
      if (attempt == PATIENCE) {
        throw tooSmall(what + " needs " + mebibytes(bytes));
      }
      collect(attempt);
    }
  }

  private DeviceException tooSmall(String need) {
    return new DeviceException(
        "%s (%s): out of memory: %s, of %s there are %s left; take a shorter prompt or a smaller"
                .formatted(
                    device.name(), device.title(), need, mebibytes(budget), mebibytes(left()))
            + " model, or compute on the processor");
  }

  /** Steps of an eighth of the next smaller power of two: little is lost, and blocks fit again. */
  private static long roundedUp(long bytes) {
    long step = Math.max(SMALLEST, Long.highestOneBit(Math.max(1, bytes)) / 8);
    return (bytes + step - 1) / step * step + (bytes == 0 ? SMALLEST : 0);
  }

  private MemorySegment create(long bytes) {
    for (int attempt = 0; attempt <= PATIENCE; attempt++) {
      if (reserve(bytes)) {
        try {
          return driver.createBuffer(context, bytes);
        } catch (DriverException e) {
          unreserve(bytes);
          if (!e.isOutOfMemory()) {
            throw e;
          }
        }
      }
      if (attempt < PATIENCE) {
        trim();
        collect(attempt);
      }
    }
    throw tooSmall(mebibytes(bytes) + " more are needed");
  }

  private synchronized boolean reserve(long bytes) {
    if (usedBytes + freeBytes + bytes > budget) {
      return false;
    }
    usedBytes += bytes;
    mostBytes = Math.max(mostBytes, usedBytes + freeBytes);
    return true;
  }

  private synchronized void unreserve(long bytes) {
    usedBytes -= bytes;
  }

  /** Gives back to the driver what is kept for others. */
  private void trim() {
    List<MemorySegment> kept = new ArrayList<>();
    synchronized (this) {
      free.values().forEach(kept::addAll);
      free.clear();
      freeBytes = 0;
    }
    kept.forEach(driver::releaseBuffer);
  }

  /** Waits: no event says when the collector has let go of unreachable buffers. */
  private static void collect(int attempt) {
    if (attempt % 5 == 0) {
      System.gc();
    }
    try {
      Thread.sleep(PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String mebibytes(long bytes) {
    return ((bytes + (1 << 20) - 1) >> 20) + " MiB";
  }

  /** Closes the pool: what comes back later is not kept. */
  @Override
  public void run() {
    synchronized (this) {
      closed = true;
    }
    trim();
  }
}
