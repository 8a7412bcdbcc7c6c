package dev.limpid.backend.opencl.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;

/**
 * The functions of one loader, as Java methods: what comes back as an error code is thrown.
 *
 * <p>Handles are {@link MemorySegment}s without a size. Safe to share between threads as OpenCL
 * says: all but {@link #argument} on one kernel.
 */
public final class OpenCl {
  private static final MemorySegment NULL = MemorySegment.NULL;
  private static final int TRUE = 1;
  private static final int FALSE = 0;
  private static final long CONTEXT_PLATFORM = 0x1084;

  private final Functions functions;

  private OpenCl(Functions functions) {
    this.functions = functions;
  }

  /**
   * Finds the functions in a library.
   *
   * @throws NoDriverException if one is missing
   */
  public static OpenCl of(SymbolLookup library) {
    return new OpenCl(Functions.of(library));
  }

  /** Returns the same functions, whose errors name a device. */
  public OpenCl on(String device) {
    return new OpenCl(new Functions(functions.addresses(), device));
  }

  /** Returns those that tell which devices there are. */
  public Platforms platforms() {
    return new Platforms(functions);
  }

  /** Returns those that make kernels of source. */
  public Compiler compiler() {
    return new Compiler(functions);
  }

  // --- contexts and queues

  /** Creates a context of one device. */
  public MemorySegment createContext(MemorySegment platform, MemorySegment device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment properties = arena.allocate(JAVA_LONG, 3);
      properties.setAtIndex(JAVA_LONG, 0, CONTEXT_PLATFORM);
      properties.setAtIndex(JAVA_LONG, 1, platform.address());
      MemorySegment devices = arena.allocateFrom(ADDRESS, device);
      MemorySegment code = arena.allocate(JAVA_INT);
      MemorySegment context =
          (MemorySegment)
              Calls.POINTER_PIPPPP.invokeExact(
                  functions.at(Function.CREATE_CONTEXT), properties, 1, devices, NULL, NULL, code);
      functions.check(Function.CREATE_CONTEXT, code.get(JAVA_INT, 0));
      return context;
    } catch (Throwable e) {
      throw functions.failed(Function.CREATE_CONTEXT, e);
    }
  }

  /** Creates a queue whose commands run one after the other. */
  public MemorySegment createQueue(MemorySegment context, MemorySegment device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment code = arena.allocate(JAVA_INT);
      MemorySegment queue =
          (MemorySegment)
              Calls.POINTER_PPLP.invokeExact(
                  functions.at(Function.CREATE_COMMAND_QUEUE), context, device, 0L, code);
      functions.check(Function.CREATE_COMMAND_QUEUE, code.get(JAVA_INT, 0));
      return queue;
    } catch (Throwable e) {
      throw functions.failed(Function.CREATE_COMMAND_QUEUE, e);
    }
  }

  /** Creates memory that kernels read and write. */
  public MemorySegment createBuffer(MemorySegment context, long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment code = arena.allocate(JAVA_INT);
      MemorySegment buffer =
          (MemorySegment)
              Calls.POINTER_PLLPP.invokeExact(
                  functions.at(Function.CREATE_BUFFER), context, 1L, bytes, NULL, code);
      functions.check(Function.CREATE_BUFFER, code.get(JAVA_INT, 0));
      return buffer;
    } catch (Throwable e) {
      throw functions.failed(Function.CREATE_BUFFER, e);
    }
  }

  /** Gives back a context. */
  public void releaseContext(MemorySegment context) {
    functions.call(Function.RELEASE_CONTEXT, context);
  }

  /** Gives back a queue, when all is done that is in it. */
  public void releaseQueue(MemorySegment queue) {
    functions.call(Function.RELEASE_COMMAND_QUEUE, queue);
  }

  /** Gives back memory, when all is done that uses it. */
  public void releaseBuffer(MemorySegment buffer) {
    functions.call(Function.RELEASE_MEMORY, buffer);
  }

  /** Sees to it that what is in a queue begins. */
  public void flush(MemorySegment queue) {
    functions.call(Function.FLUSH, queue);
  }

  // --- commands

  /** Sets an argument of a kernel; one thread at a time. */
  public void argument(MemorySegment kernel, int index, MemorySegment value, long bytes) {
    try {
      functions.check(
          Function.SET_KERNEL_ARG,
          (int)
              Calls.INT_PILP.invokeExact(
                  functions.at(Function.SET_KERNEL_ARG), kernel, index, bytes, value));
    } catch (Throwable e) {
      throw functions.failed(Function.SET_KERNEL_ARG, e);
    }
  }

  /**
   * Enqueues a kernel with the arguments it has now.
   *
   * @param sizes three of all work and, behind them, three of a group
   */
  public void enqueue(MemorySegment queue, MemorySegment kernel, MemorySegment sizes) {
    try {
      functions.check(
          Function.ENQUEUE_KERNEL,
          (int)
              Calls.INT_PPIPPPIPP.invokeExact(
                  functions.at(Function.ENQUEUE_KERNEL),
                  queue,
                  kernel,
                  3,
                  NULL,
                  sizes,
                  sizes.asSlice(24),
                  0,
                  NULL,
                  NULL));
    } catch (Throwable e) {
      throw functions.failed(Function.ENQUEUE_KERNEL, e);
    }
  }

  /** Copies from a buffer to native memory, and waits for it. */
  public void read(MemorySegment queue, MemorySegment buffer, long from, MemorySegment to) {
    transfer(Function.ENQUEUE_READ, queue, buffer, from, to, TRUE);
  }

  /**
   * Begins to copy from a buffer to native memory: it is there when the next thing that this queue
   * is asked for has been waited for, and must not be given back before.
   */
  public void readLater(MemorySegment queue, MemorySegment buffer, MemorySegment to) {
    transfer(Function.ENQUEUE_READ, queue, buffer, 0, to, FALSE);
  }

  /** Copies native memory into a buffer, and waits for it. */
  public void write(MemorySegment queue, MemorySegment buffer, long at, MemorySegment from) {
    transfer(Function.ENQUEUE_WRITE, queue, buffer, at, from, TRUE);
  }

  private void transfer(
      Function function,
      MemorySegment queue,
      MemorySegment buffer,
      long at,
      MemorySegment host,
      int waits) {
    try {
      functions.check(
          function,
          (int)
              Calls.INT_PPILLPIPP.invokeExact(
                  functions.at(function),
                  queue,
                  buffer,
                  waits,
                  at,
                  host.byteSize(),
                  host,
                  0,
                  NULL,
                  NULL));
    } catch (Throwable e) {
      throw functions.failed(function, e);
    }
  }

  /** Enqueues zeros for the first bytes of a buffer, a multiple of four. */
  public void zero(MemorySegment queue, MemorySegment buffer, long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pattern = arena.allocate(JAVA_INT);
      functions.check(
          Function.ENQUEUE_FILL,
          (int)
              Calls.INT_PPPLLLIPP.invokeExact(
                  functions.at(Function.ENQUEUE_FILL),
                  queue,
                  buffer,
                  pattern,
                  4L,
                  0L,
                  bytes,
                  0,
                  NULL,
                  NULL));
    } catch (Throwable e) {
      throw functions.failed(Function.ENQUEUE_FILL, e);
    }
  }
}
