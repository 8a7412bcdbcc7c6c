package dev.limpid.benchmarks.compare;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** OpenBLAS through the foreign-function interface; here to be timed beside, and nowhere else. */
final class OpenBlas {
  private static final int ROW_MAJOR = 101;
  private static final int NO_TRANSPOSE = 111;
  private static final int TRANSPOSE = 112;

  private final MethodHandle sgemm;

  /**
   * Loads the library.
   *
   * @param library such as {@code libopenblas.so.0}
   * @throws IllegalArgumentException if it is not there
   */
  @SuppressWarnings("restricted") // calls into a native library, on purpose
  OpenBlas(String library, int threads) {
    Linker linker = Linker.nativeLinker();
    SymbolLookup symbols = SymbolLookup.libraryLookup(library, Arena.global());
    ValueLayout.OfInt i = ValueLayout.JAVA_INT;
    ValueLayout.OfFloat f = ValueLayout.JAVA_FLOAT;
    var p = ValueLayout.ADDRESS;
    sgemm =
        linker.downcallHandle(
            symbols.findOrThrow("cblas_sgemm"),
            FunctionDescriptor.ofVoid(i, i, i, i, i, i, f, p, i, p, i, f, p, i));
    MethodHandle setThreads =
        linker.downcallHandle(
            symbols.findOrThrow("openblas_set_num_threads"), FunctionDescriptor.ofVoid(i));
    try {
      setThreads.invokeExact(threads);
    } catch (Throwable e) {
      throw new IllegalStateException("openblas_set_num_threads failed", e);
    }
  }

  /**
   * Writes x W into out; all row-major.
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
    try {
      sgemm.invokeExact(
          ROW_MAJOR,
          NO_TRANSPOSE,
          transposed ? TRANSPOSE : NO_TRANSPOSE,
          t,
          out,
          in,
          1f,
          x,
          in,
          w,
          transposed ? in : out,
          0f,
          y,
          out);
    } catch (Throwable e) {
      throw new IllegalStateException("cblas_sgemm failed", e);
    }
  }
}
