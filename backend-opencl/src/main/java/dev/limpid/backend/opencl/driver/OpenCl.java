package dev.limpid.backend.opencl.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

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
  private static final int PROGRAM_BINARY_SIZES = 0x1165;
  private static final int PROGRAM_BINARIES = 0x1166;
  private static final int PROGRAM_BUILD_LOG = 0x1183;
  private static final long ALL_DEVICES = 0xFFFF_FFFFL;

  private final Map<Function, MemorySegment> functions;
  private final String where;

  private OpenCl(Map<Function, MemorySegment> functions, String where) {
    this.functions = functions;
    this.where = where;
  }

  /**
   * Finds the functions in a library.
   *
   * @throws NoDriverException if one is missing
   */
  public static OpenCl of(SymbolLookup library) {
    Map<Function, MemorySegment> functions = new EnumMap<>(Function.class);
    for (Function function : Function.values()) {
      MemorySegment address =
          library
              .find(function.symbol())
              .orElseThrow(() ->
                  new NoDriverException(
                      "the OpenCL loader has no function "
                          + function.symbol()
                          + ": it is older than OpenCL 1.2; update it"));
      functions.put(function, address);
    }
    return new OpenCl(functions, "OpenCL");
  }

  /** Returns the same functions, whose errors name a device. */
  public OpenCl on(String device) {
    return new OpenCl(functions, device);
  }

  private MemorySegment at(Function function) {
    return Objects.requireNonNull(functions.get(function));
  }

  private void check(Function function, int code) {
    if (code != 0) {
      throw new DriverException(where, function.symbol(), code);
    }
  }

  private DriverException failed(Function function, Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    if (e instanceof DriverException known) {
      return known;
    }
    throw new IllegalStateException(function.symbol() + " was called wrongly", e);
  }

  // --- platforms and devices

  /** Returns the platforms, none where there is no driver. */
  public List<MemorySegment> platforms() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(JAVA_INT);
      int code = (int) Calls.INT_IPP.invokeExact(at(Function.GET_PLATFORM_IDS), 0, NULL, count);
      int n = count.get(JAVA_INT, 0);
      if (code == ErrorCode.PLATFORM_NOT_FOUND || (code == 0 && n == 0)) {
        return List.of();
      }
      check(Function.GET_PLATFORM_IDS, code);
      MemorySegment ids = arena.allocate(ADDRESS, n);
      check(
          Function.GET_PLATFORM_IDS,
          (int) Calls.INT_IPP.invokeExact(at(Function.GET_PLATFORM_IDS), n, ids, count));
      return handles(ids, n);
    } catch (Throwable e) {
      throw failed(Function.GET_PLATFORM_IDS, e);
    }
  }

  /** Returns the devices of a platform, of all types. */
  public List<MemorySegment> devices(MemorySegment platform) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(JAVA_INT);
      MemorySegment function = at(Function.GET_DEVICE_IDS);
      int code = (int) Calls.INT_PLIPP.invokeExact(function, platform, ALL_DEVICES, 0, NULL, count);
      int n = count.get(JAVA_INT, 0);
      if (code == ErrorCode.DEVICE_NOT_FOUND || (code == 0 && n == 0)) {
        return List.of();
      }
      check(Function.GET_DEVICE_IDS, code);
      MemorySegment ids = arena.allocate(ADDRESS, n);
      check(
          Function.GET_DEVICE_IDS,
          (int) Calls.INT_PLIPP.invokeExact(function, platform, ALL_DEVICES, n, ids, count));
      return handles(ids, n);
    } catch (Throwable e) {
      throw failed(Function.GET_DEVICE_IDS, e);
    }
  }

  private static List<MemorySegment> handles(MemorySegment ids, int n) {
    List<MemorySegment> handles = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      handles.add(ids.getAtIndex(ADDRESS, i));
    }
    return handles;
  }

  /** Returns a text about a platform. */
  public String platformText(MemorySegment platform, int what) {
    return text(info(Function.GET_PLATFORM_INFO, platform, what));
  }

  /** Returns a text about a device. */
  public String deviceText(MemorySegment device, int what) {
    return text(info(Function.GET_DEVICE_INFO, device, what));
  }

  /** Returns a number about a device, of 4 or 8 bytes. */
  public long deviceNumber(MemorySegment device, int what) {
    byte[] bytes = info(Function.GET_DEVICE_INFO, device, what);
    MemorySegment number = MemorySegment.ofArray(bytes);
    return bytes.length == 4
        ? Integer.toUnsignedLong(number.get(ValueLayout.JAVA_INT_UNALIGNED, 0))
        : number.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
  }

  private byte[] info(Function function, MemorySegment of, int what) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(JAVA_LONG);
      check(function, (int) Calls.INT_PILPP.invokeExact(at(function), of, what, 0L, NULL, size));
      long n = size.get(JAVA_LONG, 0);
      MemorySegment value = arena.allocate(Math.max(1, n), 8);
      check(function, (int) Calls.INT_PILPP.invokeExact(at(function), of, what, n, value, NULL));
      return value.asSlice(0, n).toArray(JAVA_BYTE);
    } catch (Throwable e) {
      throw failed(function, e);
    }
  }

  private static String text(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8).strip();
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
                  at(Function.CREATE_CONTEXT), properties, 1, devices, NULL, NULL, code);
      check(Function.CREATE_CONTEXT, code.get(JAVA_INT, 0));
      return context;
    } catch (Throwable e) {
      throw failed(Function.CREATE_CONTEXT, e);
    }
  }

  /** Creates a queue whose commands run one after the other. */
  public MemorySegment createQueue(MemorySegment context, MemorySegment device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment code = arena.allocate(JAVA_INT);
      MemorySegment queue =
          (MemorySegment)
              Calls.POINTER_PPLP.invokeExact(
                  at(Function.CREATE_COMMAND_QUEUE), context, device, 0L, code);
      check(Function.CREATE_COMMAND_QUEUE, code.get(JAVA_INT, 0));
      return queue;
    } catch (Throwable e) {
      throw failed(Function.CREATE_COMMAND_QUEUE, e);
    }
  }

  /** Creates memory that kernels read and write. */
  public MemorySegment createBuffer(MemorySegment context, long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment code = arena.allocate(JAVA_INT);
      MemorySegment buffer =
          (MemorySegment)
              Calls.POINTER_PLLPP.invokeExact(
                  at(Function.CREATE_BUFFER), context, 1L, bytes, NULL, code);
      check(Function.CREATE_BUFFER, code.get(JAVA_INT, 0));
      return buffer;
    } catch (Throwable e) {
      throw failed(Function.CREATE_BUFFER, e);
    }
  }

  /** Gives back a context. */
  public void releaseContext(MemorySegment context) {
    call(Function.RELEASE_CONTEXT, context);
  }

  /** Gives back a queue, when all is done that is in it. */
  public void releaseQueue(MemorySegment queue) {
    call(Function.RELEASE_COMMAND_QUEUE, queue);
  }

  /** Gives back memory, when all is done that uses it. */
  public void releaseBuffer(MemorySegment buffer) {
    call(Function.RELEASE_MEMORY, buffer);
  }

  /** Gives back a program. */
  public void releaseProgram(MemorySegment program) {
    call(Function.RELEASE_PROGRAM, program);
  }

  /** Gives back a kernel. */
  public void releaseKernel(MemorySegment kernel) {
    call(Function.RELEASE_KERNEL, kernel);
  }

  /** Sees to it that what is in a queue begins. */
  public void flush(MemorySegment queue) {
    call(Function.FLUSH, queue);
  }

  private void call(Function function, MemorySegment handle) {
    try {
      check(function, (int) Calls.INT_P.invokeExact(at(function), handle));
    } catch (Throwable e) {
      throw failed(function, e);
    }
  }

  // --- programs

  /** Creates a program from its source. */
  public MemorySegment createProgram(MemorySegment context, String source) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(ADDRESS, arena.allocateFrom(source));
      MemorySegment code = arena.allocate(JAVA_INT);
      MemorySegment program =
          (MemorySegment)
              Calls.POINTER_PIPPP.invokeExact(
                  at(Function.CREATE_PROGRAM_WITH_SOURCE), context, 1, text, NULL, code);
      check(Function.CREATE_PROGRAM_WITH_SOURCE, code.get(JAVA_INT, 0));
      return program;
    } catch (Throwable e) {
      throw failed(Function.CREATE_PROGRAM_WITH_SOURCE, e);
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
                  at(Function.CREATE_PROGRAM_WITH_BINARY),
                  context,
                  1,
                  devices,
                  lengths,
                  binaries,
                  status,
                  code);
      check(Function.CREATE_PROGRAM_WITH_BINARY, code.get(JAVA_INT, 0));
      return program;
    } catch (Throwable e) {
      throw failed(Function.CREATE_PROGRAM_WITH_BINARY, e);
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
      check(
          Function.BUILD_PROGRAM,
          (int)
              Calls.INT_PIPPPP.invokeExact(
                  at(Function.BUILD_PROGRAM),
                  program,
                  1,
                  devices,
                  arena.allocateFrom(options),
                  NULL,
                  NULL));
    } catch (Throwable e) {
      throw failed(Function.BUILD_PROGRAM, e);
    }
  }

  /** Returns what the compiler said. */
  public String buildLog(MemorySegment program, MemorySegment device) {
    MemorySegment function = at(Function.GET_PROGRAM_BUILD_INFO);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(JAVA_LONG);
      check(
          Function.GET_PROGRAM_BUILD_INFO,
          (int)
              Calls.INT_PPILPP.invokeExact(
                  function, program, device, PROGRAM_BUILD_LOG, 0L, NULL, size));
      long n = size.get(JAVA_LONG, 0);
      MemorySegment log = arena.allocate(Math.max(1, n));
      check(
          Function.GET_PROGRAM_BUILD_INFO,
          (int)
              Calls.INT_PPILPP.invokeExact(
                  function, program, device, PROGRAM_BUILD_LOG, n, log, NULL));
      return text(log.asSlice(0, n).toArray(JAVA_BYTE));
    } catch (Throwable e) {
      throw failed(Function.GET_PROGRAM_BUILD_INFO, e);
    }
  }

  /** Returns what the compiler made of a program of one device. */
  public byte[] binary(MemorySegment program) {
    MemorySegment function = at(Function.GET_PROGRAM_INFO);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(JAVA_LONG);
      check(
          Function.GET_PROGRAM_INFO,
          (int)
              Calls.INT_PILPP.invokeExact(function, program, PROGRAM_BINARY_SIZES, 8L, size, NULL));
      MemorySegment bytes = arena.allocate(Math.max(1, size.get(JAVA_LONG, 0)));
      MemorySegment binaries = arena.allocateFrom(ADDRESS, bytes);
      check(
          Function.GET_PROGRAM_INFO,
          (int)
              Calls.INT_PILPP.invokeExact(function, program, PROGRAM_BINARIES, 8L, binaries, NULL));
      return bytes.asSlice(0, size.get(JAVA_LONG, 0)).toArray(JAVA_BYTE);
    } catch (Throwable e) {
      throw failed(Function.GET_PROGRAM_INFO, e);
    }
  }

  /** Creates a kernel of a program that has been compiled. */
  public MemorySegment createKernel(MemorySegment program, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment code = arena.allocate(JAVA_INT);
      MemorySegment kernel =
          (MemorySegment)
              Calls.POINTER_PPP.invokeExact(
                  at(Function.CREATE_KERNEL), program, arena.allocateFrom(name), code);
      check(Function.CREATE_KERNEL, code.get(JAVA_INT, 0));
      return kernel;
    } catch (Throwable e) {
      throw failed(Function.CREATE_KERNEL, e);
    }
  }

  // --- commands

  /** Sets an argument of a kernel; one thread at a time. */
  public void argument(MemorySegment kernel, int index, MemorySegment value, long bytes) {
    try {
      check(
          Function.SET_KERNEL_ARG,
          (int)
              Calls.INT_PILP.invokeExact(at(Function.SET_KERNEL_ARG), kernel, index, bytes, value));
    } catch (Throwable e) {
      throw failed(Function.SET_KERNEL_ARG, e);
    }
  }

  /**
   * Enqueues a kernel with the arguments it has now.
   *
   * @param sizes three of all work and, behind them, three of a group
   */
  public void enqueue(MemorySegment queue, MemorySegment kernel, MemorySegment sizes) {
    try {
      check(
          Function.ENQUEUE_KERNEL,
          (int)
              Calls.INT_PPIPPPIPP.invokeExact(
                  at(Function.ENQUEUE_KERNEL),
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
      throw failed(Function.ENQUEUE_KERNEL, e);
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
      check(
          function,
          (int)
              Calls.INT_PPILLPIPP.invokeExact(
                  at(function), queue, buffer, waits, at, host.byteSize(), host, 0, NULL, NULL));
    } catch (Throwable e) {
      throw failed(function, e);
    }
  }

  /** Enqueues zeros for the first bytes of a buffer, a multiple of four. */
  public void zero(MemorySegment queue, MemorySegment buffer, long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pattern = arena.allocate(JAVA_INT);
      check(
          Function.ENQUEUE_FILL,
          (int)
              Calls.INT_PPPLLLIPP.invokeExact(
                  at(Function.ENQUEUE_FILL), queue, buffer, pattern, 4L, 0L, bytes, 0, NULL, NULL));
    } catch (Throwable e) {
      throw failed(Function.ENQUEUE_FILL, e);
    }
  }
}
