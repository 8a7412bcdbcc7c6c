package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.driver.OpenCl;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A driver without a device, which a test tells what to answer: its functions are called from
 * native code as those of others are. It counts what it gives out and what it gets back, computes
 * nothing, and says of all memory that it holds zeros.
 */
@SuppressWarnings("restricted") // a driver is called from native code
public final class StubDriver {
  static final int PLATFORM_NOT_FOUND = -1001;
  static final int OUT_OF_RESOURCES = -5;
  static final int BUILD_PROGRAM_FAILURE = -11;

  private static final int DEVICE_AVAILABLE = 0x1027;
  private static final int DEVICE_COMPILER = 0x1028;
  private static final int DRIVER_VERSION = 0x102D;
  private static final int DEVICE_VERSION = 0x102F;
  private static final int DEVICE_EXTENSIONS = 0x1030;

  private final Arena arena = Arena.ofAuto();
  private final Map<String, Integer> failures = new HashMap<>();
  private final Map<Integer, Long> numbers = new HashMap<>();
  private final Map<String, MemorySegment> symbols = new HashMap<>();
  private final Set<Long> alive = new HashSet<>();
  private final AtomicLong handles = new AtomicLong(4096);
  private final AtomicLong compiled = new AtomicLong();
  private String version = "OpenCL 3.0 stub";
  private String driver = "1";
  private String log = "";
  private String extensions = "cl_khr_icd";
  private String refused = "\0"; // in no option
  private int nPlatforms = 1;
  private int nDevices = 1;
  private long bufferBytes;

  StubDriver() {
    numbers.put(0x1000, 4L); // a GPU
    numbers.put(0x1002, 100L);
    numbers.put(0x1004, 1024L);
    numbers.put(0x101B, 0L);
    numbers.put(0x101F, 1L << 30);
    numbers.put(0x1023, 48L << 10);
    numbers.put(DEVICE_AVAILABLE, 1L);
    numbers.put(DEVICE_COMPILER, 1L);
  }

  /** Returns the same with so many platforms and, on each, devices. */
  StubDriver with(int platforms, int devices) {
    nPlatforms = platforms;
    nDevices = devices;
    return this;
  }

  /** Lets a function fail from now on; 0 for no longer. */
  StubDriver failing(String function, int code) {
    failures.put(function, code);
    return this;
  }

  StubDriver withoutDevice() {
    numbers.put(DEVICE_AVAILABLE, 0L);
    return this;
  }

  StubDriver withoutCompiler() {
    numbers.put(DEVICE_COMPILER, 0L);
    return this;
  }

  StubDriver withVersion(String other) {
    version = other;
    return this;
  }

  StubDriver withDriver(String other) {
    driver = other;
    return this;
  }

  StubDriver withMemory(long bytes) {
    numbers.put(0x101F, bytes);
    return this;
  }

  /** Lets it be one of NVIDIA's devices. */
  StubDriver withComputeCapability(long major) {
    extensions = "cl_khr_icd cl_nv_device_attribute_query cl_nv_pragma_unroll";
    numbers.put(0x4000, major);
    return this;
  }

  /** Lets programs fail to compile whose options have this among them. */
  StubDriver refusing(String option) {
    refused = option;
    return this;
  }

  StubDriver withLog(String text) {
    log = text;
    return this;
  }

  /** Returns how many objects have been given out and not come back. */
  synchronized int alive() {
    return alive.size();
  }

  /**
   * Returns that when the collector has been there, which no event says; waits a second at most.
   */
  int aliveAtLast() throws InterruptedException {
    for (int i = 0; i < 100 && alive() > 0; i++) {
      System.gc();
      Thread.sleep(10);
    }
    return alive();
  }

  /** Returns the bytes of all buffers that were ever made. */
  synchronized long bufferBytes() {
    return bufferBytes;
  }

  /** Returns how many programs have been compiled from their source. */
  long compiled() {
    return compiled.get();
  }

  /** Returns its functions as the loader of a system finds them. */
  OpenCl load() {
    return OpenCl.of(symbols());
  }

  SymbolLookup symbols() {
    if (symbols.isEmpty()) {
      makeSymbols();
    }
    return name -> Optional.ofNullable(symbols.get(name));
  }

  private void makeSymbols() {
    for (Method method : StubDriver.class.getDeclaredMethods()) {
      if (method.getName().startsWith("cl")) {
        symbols.put(method.getName(), upcall(method));
      }
    }
  }

  private MemorySegment upcall(Method method) {
    try {
      MethodHandle handle = MethodHandles.lookup().unreflect(method).bindTo(this);
      MemoryLayout[] arguments = new MemoryLayout[method.getParameterCount()];
      for (int i = 0; i < arguments.length; i++) {
        arguments[i] = layout(method.getParameterTypes()[i]);
      }
      return Linker.nativeLinker()
          .upcallStub(
              handle, FunctionDescriptor.of(layout(method.getReturnType()), arguments), arena);
    } catch (IllegalAccessException e) {
      throw new LinkageError(method.getName(), e);
    }
  }

  private static MemoryLayout layout(Class<?> type) {
    return type == int.class
        ? ValueLayout.JAVA_INT
        : type == long.class ? ValueLayout.JAVA_LONG : ValueLayout.ADDRESS;
  }

  private int code(String function) {
    return failures.getOrDefault(function, 0);
  }

  /** Gives out an object, or fails. */
  private synchronized MemorySegment create(String function, MemorySegment code) {
    int failure = code(function);
    put(code, ValueLayout.JAVA_INT.byteSize(), failure);
    if (failure != 0) {
      return MemorySegment.NULL;
    }
    long handle = handles.addAndGet(16);
    alive.add(handle);
    return MemorySegment.ofAddress(handle);
  }

  private synchronized int release(String function, MemorySegment handle) {
    if (!alive.remove(handle.address())) {
      return -30; // twice, or never given out
    }
    return code(function);
  }

  private static void put(MemorySegment at, long bytes, long value) {
    if (at.address() == 0) {
      return;
    }
    MemorySegment target = at.reinterpret(bytes);
    if (bytes == 4) {
      target.set(ValueLayout.JAVA_INT, 0, (int) value);
    } else {
      target.set(ValueLayout.JAVA_LONG, 0, value);
    }
  }

  private static int answer(byte[] bytes, long size, MemorySegment value, MemorySegment needed) {
    put(needed, 8, bytes.length);
    if (value.address() != 0) {
      MemorySegment.copy(
          MemorySegment.ofArray(bytes),
          0,
          value.reinterpret(size),
          0,
          Math.min(size, bytes.length));
    }
    return 0;
  }

  private static int answer(String text, long size, MemorySegment value, MemorySegment needed) {
    return answer((text + "\0").getBytes(StandardCharsets.UTF_8), size, value, needed);
  }

  private int ids(
      String function, int count, int there, int none, MemorySegment ids, MemorySegment needed) {
    if (code(function) != 0) {
      return code(function);
    }
    put(needed, 4, there);
    for (int i = 0; i < count; i++) {
      ids.reinterpret(8L * count).setAtIndex(ValueLayout.JAVA_LONG, i, 16L * (i + 1));
    }
    return there == 0 ? none : 0;
  }

  // --- the functions, by the names of OpenCL

  int clGetPlatformIDs(int count, MemorySegment ids, MemorySegment needed) {
    return ids("clGetPlatformIDs", count, nPlatforms, PLATFORM_NOT_FOUND, ids, needed);
  }

  int clGetPlatformInfo(
      MemorySegment platform, int what, long size, MemorySegment value, MemorySegment needed) {
    return answer("A platform", size, value, needed);
  }

  int clGetDeviceIDs(
      MemorySegment platform, long type, int count, MemorySegment ids, MemorySegment needed) {
    return ids("clGetDeviceIDs", count, nDevices, -1, ids, needed);
  }

  int clGetDeviceInfo(
      MemorySegment device, int what, long size, MemorySegment value, MemorySegment needed) {
    Long number = numbers.get(what);
    if (number == null) {
      String text =
          switch (what) {
            case DEVICE_VERSION -> version;
            case DRIVER_VERSION -> driver;
            case DEVICE_EXTENSIONS -> extensions;
            default -> "A stub";
          };
      return answer(text, size, value, needed);
    }
    byte[] bytes = new byte[8];
    MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, number);
    return answer(bytes, size, value, needed);
  }

  MemorySegment clCreateContext(
      MemorySegment properties,
      int count,
      MemorySegment devices,
      MemorySegment notify,
      MemorySegment data,
      MemorySegment code) {
    return create("clCreateContext", code);
  }

  MemorySegment clCreateCommandQueue(
      MemorySegment context, MemorySegment device, long properties, MemorySegment code) {
    return create("clCreateCommandQueue", code);
  }

  MemorySegment clCreateBuffer(
      MemorySegment context, long flags, long bytes, MemorySegment host, MemorySegment code) {
    bufferBytes += bytes;
    return create("clCreateBuffer", code);
  }

  MemorySegment clCreateProgramWithSource(
      MemorySegment context,
      int count,
      MemorySegment texts,
      MemorySegment lengths,
      MemorySegment code) {
    compiled.incrementAndGet();
    return create("clCreateProgramWithSource", code);
  }

  MemorySegment clCreateProgramWithBinary(
      MemorySegment context,
      int count,
      MemorySegment devices,
      MemorySegment lengths,
      MemorySegment binaries,
      MemorySegment status,
      MemorySegment code) {
    return create("clCreateProgramWithBinary", code);
  }

  int clBuildProgram(
      MemorySegment program,
      int count,
      MemorySegment devices,
      MemorySegment options,
      MemorySegment notify,
      MemorySegment data) {
    boolean isRefused = options.reinterpret(Short.MAX_VALUE).getString(0).contains(refused);
    return isRefused ? BUILD_PROGRAM_FAILURE : code("clBuildProgram");
  }

  int clGetProgramInfo(
      MemorySegment program, int what, long size, MemorySegment value, MemorySegment needed) {
    if (what == 0x1165) {
      put(value, 8, 3);
    } else {
      MemorySegment binary = value.reinterpret(8).get(ValueLayout.ADDRESS, 0).reinterpret(3);
      binary.copyFrom(MemorySegment.ofArray(new byte[] {1, 2, 3}));
    }
    return code("clGetProgramInfo");
  }

  int clGetProgramBuildInfo(
      MemorySegment program,
      MemorySegment device,
      int what,
      long size,
      MemorySegment value,
      MemorySegment needed) {
    return answer(log, size, value, needed);
  }

  MemorySegment clCreateKernel(MemorySegment program, MemorySegment name, MemorySegment code) {
    return create("clCreateKernel", code);
  }

  int clSetKernelArg(MemorySegment kernel, int index, long size, MemorySegment value) {
    return code("clSetKernelArg");
  }

  int clEnqueueNDRangeKernel(
      MemorySegment queue,
      MemorySegment kernel,
      int dimensions,
      MemorySegment offset,
      MemorySegment global,
      MemorySegment local,
      int count,
      MemorySegment events,
      MemorySegment event) {
    return code("clEnqueueNDRangeKernel");
  }

  int clEnqueueReadBuffer(
      MemorySegment queue,
      MemorySegment buffer,
      int wait,
      long from,
      long bytes,
      MemorySegment to,
      int count,
      MemorySegment events,
      MemorySegment event) {
    to.reinterpret(bytes).fill((byte) 0);
    return code("clEnqueueReadBuffer");
  }

  int clEnqueueWriteBuffer(
      MemorySegment queue,
      MemorySegment buffer,
      int wait,
      long at,
      long bytes,
      MemorySegment from,
      int count,
      MemorySegment events,
      MemorySegment event) {
    return code("clEnqueueWriteBuffer");
  }

  int clEnqueueFillBuffer(
      MemorySegment queue,
      MemorySegment buffer,
      MemorySegment pattern,
      long patternBytes,
      long from,
      long bytes,
      int count,
      MemorySegment events,
      MemorySegment event) {
    return code("clEnqueueFillBuffer");
  }

  int clFlush(MemorySegment queue) {
    return code("clFlush");
  }

  int clReleaseContext(MemorySegment context) {
    return release("clReleaseContext", context);
  }

  int clReleaseCommandQueue(MemorySegment queue) {
    return release("clReleaseCommandQueue", queue);
  }

  int clReleaseMemObject(MemorySegment buffer) {
    return release("clReleaseMemObject", buffer);
  }

  int clReleaseProgram(MemorySegment program) {
    return release("clReleaseProgram", program);
  }

  int clReleaseKernel(MemorySegment kernel) {
    return release("clReleaseKernel", kernel);
  }
}
