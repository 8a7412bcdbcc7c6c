package dev.limpid.backend.opencl;

import dev.limpid.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

/**
 * One kernel with its arguments, in the order of its source. A tensor is two of them: the memory it
 * lies in, and the place of its first element.
 */
final class Launch {
  private static final int MOST = 64;

  private final Session session;
  private final Programs.Kernel kernel;
  private final long[] values = new long[MOST];
  private final int[] bytes = new int[MOST];

  /** What must not be given back before the kernel is in the queue. */
  private final List<Object> held = new ArrayList<>();

  private int count;

  Launch(Session session, Programs.Kernel kernel) {
    this.session = session;
    this.kernel = kernel;
  }

  /** Adds a tensor that is read, or written in part. */
  Launch in(Tensor x) {
    return in(x, 0);
  }

  /** Adds a tensor that is read from an element on. */
  Launch in(Tensor x, long from) {
    return memory(memory(x).forReading(), x.memoryOffset() + from);
  }

  /** Adds a tensor of which every element is written, and none read. */
  Launch out(Tensor x) {
    OpenClMemory memory = memory(x);
    boolean whole = x.size() == memory.size();
    return memory(whole ? memory.forWriting() : memory.forReading(), x.memoryOffset());
  }

  /** Adds a weight. */
  Launch in(OpenClMatrix weight) {
    held.add(weight.memory());
    return memory(weight.memory().forReading(), weight.first()).arg(weight.stored().pairs());
  }

  /** Adds memory and the place of the first element in it. */
  private Launch memory(MemorySegment buffer, long at) {
    return add(buffer.address(), 8).add(at, 8);
  }

  Launch arg(int value) {
    return add(value, 4);
  }

  Launch arg(boolean value) {
    return add(value ? 1 : 0, 4);
  }

  Launch arg(long value) {
    return add(value, 8);
  }

  Launch arg(float value) {
    return add(Float.floatToRawIntBits(value), 4);
  }

  private Launch add(long value, int size) {
    values[count] = value;
    bytes[count++] = size;
    return this;
  }

  private OpenClMemory memory(Tensor x) {
    OpenClMemory memory = session.memory(x);
    held.add(memory);
    return memory;
  }

  /** Enqueues it for so many elements, one work item each. */
  void each(long elements) {
    int group = Tiles.of(session.device()).group();
    if (elements > 0) {
      run((elements + group - 1) / group, 1, 1, group, 1);
    }
  }

  /** Enqueues it for so many rows, a group each. */
  void rows(long rows) {
    if (rows > 0) {
      run(rows, 1, 1, Tiles.of(session.device()).group(), 1);
    }
  }

  /** Enqueues it for a box of groups of so many work items. */
  void run(long groupsX, long groupsY, long groupsZ, int itemsX, int itemsY) {
    long[] work = {groupsX * itemsX, groupsY * itemsY, groupsZ, itemsX, itemsY, 1};
    try {
      session.enqueue(kernel, values, bytes, count, work);
    } finally {
      Reference.reachabilityFence(held);
    }
  }
}
