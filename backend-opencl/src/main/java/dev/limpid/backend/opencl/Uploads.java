package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.Programs.Kernel;
import dev.limpid.tensor.DType;
import dev.limpid.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** Brings tensors to a device, and the numbers that say which rows of them are meant. */
record Uploads(Session session) {

  /** Returns x on the device, to stay. */
  Tensor resident(Tensor x) {
    if (x.memory().isPresent()) {
      session.memory(x); // on another device it is refused
      return x;
    }
    OpenClMemory memory = session.stay(x.size() * Float.BYTES);
    Tensor out = Tensor.on(memory, 0, dims(x));
    if (x.dtype() == DType.F32) {
      session.upload(x, memory.forWriting(), 0, true);
    } else {
      widen(x, out);
    }
    return out;
  }

  private static int[] dims(Tensor x) {
    return x.shape().dims().stream().mapToInt(Integer::intValue).toArray();
  }

  private void widen(Tensor x, Tensor out) {
    // Memory that no command has used: nobody waits for those before.
    try (OpenClMemory stored = session.stay((x.size() + 1) / 2 * Float.BYTES)) {
      session.upload(x, stored.forWriting(), 0, true);
      session
          .launch(new Kernel("widen", "-DTYPE=" + (x.dtype() == DType.F16 ? 1 : 2)))
          .in(Tensor.on(stored, 0, Math.toIntExact(stored.size())))
          .out(out)
          .arg(x.size())
          .each(x.size());
    }
  }

  /** Writes x, wherever it lies, into out. */
  void copy(Tensor x, Tensor out) {
    if (x.memory().isPresent()) {
      session.launch(new Kernel("copy", "")).in(x).out(out).arg(x.size()).each(x.size());
    } else if (x.dtype() == DType.F32) {
      OpenClMemory memory = session.memory(out);
      boolean whole = memory.size() == x.size();
      MemorySegment buffer = whole ? memory.forWriting() : memory.forReading();
      session.upload(x, buffer, out.memoryOffset() * 4, false);
    } else {
      widen(x, out);
    }
  }

  /**
   * Writes rows of a table on the device into out.
   *
   * @param factors what each is multiplied with; null for nothing
   */
  void embed(Tensor table, int[] ids, float @Nullable [] factors, Tensor out) {
    int n = ids.length;
    int all = factors == null ? n : 2 * n;
    // Memory that no command has used: nobody waits for those before.
    try (OpenClMemory memory = session.stay(all * (long) Integer.BYTES);
        Arena arena = Arena.ofConfined()) {
      MemorySegment staged = arena.allocate(ValueLayout.JAVA_INT, all);
      MemorySegment.copy(ids, 0, staged, ValueLayout.JAVA_INT, 0, n);
      if (factors != null) {
        MemorySegment.copy(factors, 0, staged, ValueLayout.JAVA_FLOAT, n * 4L, n);
      }
      session.upload(staged, memory.forWriting(), 0);
      session
          .launch(new Kernel("embed", factors == null ? "" : "-DSCALED"))
          .in(table)
          .in(Tensor.on(memory, 0, all))
          .arg(n)
          .out(out)
          .arg(table.dim(1))
          .arg(out.size())
          .each(out.size());
    }
  }
}
