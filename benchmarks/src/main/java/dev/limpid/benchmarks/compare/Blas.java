package dev.limpid.benchmarks.compare;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * A BLAS through the foreign-function interface; here to be timed beside, and nowhere else. Called
 * as Fortran does, which is the interface that torch's libraries show.
 *
 * @param name what rows call it
 */
record Blas(String name, MethodHandle sgemm) {
  /** Where the arguments of one call are; each is passed by its address. */
  private static final MemorySegment ARGUMENTS = Arena.global().allocate(64);

  private static final ValueLayout.OfByte LETTER = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfInt NUMBER = ValueLayout.JAVA_INT;

  /**
   * Loads OpenBLAS.
   *
   * @param library such as {@code libopenblas.so.0}
   * @throws IllegalArgumentException if it is not there
   */
  static Blas open(String library, int threads) {
    return load("OpenBLAS", library, "openblas_set_num_threads", threads);
  }

  /**
   * Loads Intel's library that torch computes with.
   *
   * @param library torch's {@code libtorch_cpu.so}
   * @throws IllegalArgumentException if it is not there
   */
  static Blas ofTorch(String library, int threads) {
    return load("torch's MKL", library, "MKL_Set_Num_Threads_Local", threads);
  }

  @SuppressWarnings("restricted") // calls into a native library, on purpose
  private static Blas load(String name, String library, String setThreads, int threads) {
    Linker linker = Linker.nativeLinker();
    SymbolLookup symbols = SymbolLookup.libraryLookup(library, Arena.global());
    var p = ValueLayout.ADDRESS;
    MethodHandle sgemm =
        linker.downcallHandle(
            symbols.findOrThrow("sgemm_"),
            FunctionDescriptor.ofVoid(p, p, p, p, p, p, p, p, p, p, p, p, p));
    MethodHandle set =
        linker.downcallHandle(symbols.findOrThrow(setThreads), FunctionDescriptor.ofVoid(NUMBER));
    try {
      set.invokeExact(threads);
    } catch (Throwable e) {
      throw new IllegalStateException(setThreads + " failed", e);
    }
    return new Blas(name, sgemm);
  }

  /**
   * Writes x W into y; all row-major, which is the transpose of what a BLAS knows.
   *
   * @param x [t, in]
   * @param w [in, out], or [out, in] if transposed
   */
  void multiply(
      int t,
      int in,
      int out,
      MemorySegment x,
      MemorySegment w,
      boolean transposed,
      MemorySegment y) {
    MemorySegment ofW = ARGUMENTS.asSlice(0);
    MemorySegment ofX = ARGUMENTS.asSlice(1);
    ofW.set(LETTER, 0, (byte) (transposed ? 'T' : 'N'));
    ofX.set(LETTER, 0, (byte) 'N');
    MemorySegment outputs = number(8, out);
    MemorySegment rows = number(12, t);
    MemorySegment inputs = number(16, in);
    MemorySegment rowOfW = transposed ? inputs : outputs;
    MemorySegment one = number(20, Float.floatToRawIntBits(1));
    MemorySegment zero = number(24, Float.floatToRawIntBits(0));
    try {
      sgemm.invokeExact(
          ofW, ofX, outputs, rows, inputs, one, w, rowOfW, x, inputs, zero, y, outputs);
    } catch (Throwable e) {
      throw new IllegalStateException("sgemm failed", e);
    }
  }

  private static MemorySegment number(int at, int value) {
    MemorySegment number = ARGUMENTS.asSlice(at);
    number.set(NUMBER, 0, value);
    return number;
  }
}
