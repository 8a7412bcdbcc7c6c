package dev.limpid.backend.opencl.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Programs and their kernels: what a driver makes of source. */
public final class Compiler {
  private static final MemorySegment NULL = MemorySegment.NULL;
  private static final int PROGRAM_BINARY_SIZES = 0x1165;
  private static final int PROGRAM_BINARIES = 0x1166;
  private static final int PROGRAM_BUILD_LOG = 0x1183;

  private final Functions functions;

  Compiler(Functions functions) {
    this.functions = functions;
  }

  /** Creates a program from its source. */
  public MemorySegment createProgram(MemorySegment context, String source) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(ADDRESS, arena.allocateFrom(source));
      MemorySegment code = arena.allocate(JAVA_INT);
      MemorySegment program =
          (MemorySegment)
              Calls.POINTER_PIPPP.invokeExact(
                  functions.at(Function.CREATE_PROGRAM_WITH_SOURCE), context, 1, text, NULL, code);
      functions.check(Function.CREATE_PROGRAM_WITH_SOURCE, code.get(JAVA_INT, 0));
      return program;
    } catch (Throwable e) {
      throw functions.failed(Function.CREATE_PROGRAM_WITH_SOURCE, e);
    }
  }

  /** Creates a program from what {@link #binary} returned. */
  public MemorySegment createProgram(MemorySegment context, MemorySegment device, byte[] binary) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment devices = arena.allocateFrom(ADDRESS, device);
      MemorySegment lengths = arena.allocateFrom(JAVA_LONG, binary.length);
      MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, binary);
      MemorySegment binaries = arena.allocateFrom(ADDRESS, bytes);
      MemorySegment status = arena.allocate(JAVA_INT);
      MemorySegment code = arena.allocate(JAVA_INT);
      MemorySegment program =
          (MemorySegment)
              Calls.POINTER_PIPPPPP.invokeExact(
                  functions.at(Function.CREATE_PROGRAM_WITH_BINARY),
                  context,
                  1,
                  devices,
                  lengths,
                  binaries,
                  status,
                  code);
      functions.check(Function.CREATE_PROGRAM_WITH_BINARY, code.get(JAVA_INT, 0));
      return program;
    } catch (Throwable e) {
      throw functions.failed(Function.CREATE_PROGRAM_WITH_BINARY, e);
    }
  }

  /**
   * Compiles a program.
   *
   * @throws DriverException if it does not compile: {@link #buildLog} says why
   */
  public void build(MemorySegment program, MemorySegment device, String options) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment devices = arena.allocateFrom(ADDRESS, device);
      functions.check(
          Function.BUILD_PROGRAM,
          (int)
              Calls.INT_PIPPPP.invokeExact(
                  functions.at(Function.BUILD_PROGRAM),
                  program,
                  1,
                  devices,
                  arena.allocateFrom(options),
                  NULL,
                  NULL));
    } catch (Throwable e) {
      throw functions.failed(Function.BUILD_PROGRAM, e);
    }
  }

  /** Returns what the compiler said. */
  public String buildLog(MemorySegment program, MemorySegment device) {
    MemorySegment function = functions.at(Function.GET_PROGRAM_BUILD_INFO);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(JAVA_LONG);
      functions.check(
          Function.GET_PROGRAM_BUILD_INFO,
          (int)
              Calls.INT_PPILPP.invokeExact(
                  function, program, device, PROGRAM_BUILD_LOG, 0L, NULL, size));
      long n = size.get(JAVA_LONG, 0);
      MemorySegment log = arena.allocate(Math.max(1, n));
      functions.check(
          Function.GET_PROGRAM_BUILD_INFO,
          (int)
              Calls.INT_PPILPP.invokeExact(
                  function, program, device, PROGRAM_BUILD_LOG, n, log, NULL));
      return Functions.text(log.asSlice(0, n).toArray(JAVA_BYTE));
    } catch (Throwable e) {
      throw functions.failed(Function.GET_PROGRAM_BUILD_INFO, e);
    }
  }

  /** Returns what the compiler made of a program of one device. */
  public byte[] binary(MemorySegment program) {
    MemorySegment function = functions.at(Function.GET_PROGRAM_INFO);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(JAVA_LONG);
      functions.check(
          Function.GET_PROGRAM_INFO,
          (int)
              Calls.INT_PILPP.invokeExact(function, program, PROGRAM_BINARY_SIZES, 8L, size, NULL));
      MemorySegment bytes = arena.allocate(Math.max(1, size.get(JAVA_LONG, 0)));
      MemorySegment binaries = arena.allocateFrom(ADDRESS, bytes);
      functions.check(
          Function.GET_PROGRAM_INFO,
          (int)
              Calls.INT_PILPP.invokeExact(function, program, PROGRAM_BINARIES, 8L, binaries, NULL));
      return bytes.asSlice(0, size.get(JAVA_LONG, 0)).toArray(JAVA_BYTE);
    } catch (Throwable e) {
      throw functions.failed(Function.GET_PROGRAM_INFO, e);
    }
  }

  /** Creates a kernel of a program that has been compiled. */
  public MemorySegment createKernel(MemorySegment program, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment code = arena.allocate(JAVA_INT);
      MemorySegment kernel =
          (MemorySegment)
              Calls.POINTER_PPP.invokeExact(
                  functions.at(Function.CREATE_KERNEL), program, arena.allocateFrom(name), code);
      functions.check(Function.CREATE_KERNEL, code.get(JAVA_INT, 0));
      return kernel;
    } catch (Throwable e) {
      throw functions.failed(Function.CREATE_KERNEL, e);
    }
  }

  /** Gives back a program. */
  public void releaseProgram(MemorySegment program) {
    functions.call(Function.RELEASE_PROGRAM, program);
  }

  /** Gives back a kernel. */
  public void releaseKernel(MemorySegment kernel) {
    functions.call(Function.RELEASE_KERNEL, kernel);
  }
}
