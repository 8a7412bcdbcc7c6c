package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.driver.Compiler;
import dev.limpid.backend.opencl.driver.DriverException;
import dev.limpid.tensor.DeviceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The kernels of a context, compiled when they are first asked for. Not safe to share: the session
 * sees to it that one thread asks at a time.
 */
final class Programs {
  /** Counted up with every change of a kernel that changes results. */
  static final int KERNEL_SET = 1;

  private static final String COMMON = "common.cl";

  private final Compiler compiler;
  private final OpenClDevice device;
  private final MemorySegment context;
  private final ProgramCache cache;
  private final Handles handles;
  private final Map<Kernel, MemorySegment> kernels = new HashMap<>();

  /**
   * A kernel, which has the name of its file.
   *
   * @param name of both
   * @param options more definitions for the compiler, such as {@code -DTYPE=1}
   */
  record Kernel(String name, String options) {}

  Programs(
      Compiler compiler,
      OpenClDevice device,
      MemorySegment context,
      ProgramCache cache,
      Handles handles) {
    this.compiler = compiler;
    this.device = device;
    this.context = context;
    this.cache = cache;
    this.handles = handles;
  }

  /** Returns a kernel, compiled if it is needed for the first time. */
  MemorySegment get(Kernel kernel) {
    MemorySegment known = kernels.get(kernel);
    if (known != null) {
      return known;
    }
    MemorySegment program = program(kernel);
    handles.onClose(() -> compiler.releaseProgram(program));
    MemorySegment made = compiler.createKernel(program, kernel.name());
    handles.onClose(() -> compiler.releaseKernel(made));
    kernels.put(kernel, made);
    return made;
  }

  private MemorySegment program(Kernel kernel) {
    String source = resource(COMMON) + resource(kernel.name() + ".cl");
    String options =
        "-cl-std=CL1.2 -DGROUP="
            + Tiles.of(device).group()
            + (device.roundsDivisions() ? " -cl-fp32-correctly-rounded-divide-sqrt" : "")
            + (kernel.options().isEmpty() ? "" : " " + kernel.options());
    String key =
        String.join("\n", device.title(), device.platformTitle(), device.driver(), options, source);
    Optional<MemorySegment> stored = cache.get(key).flatMap(binary -> load(binary, options));
    if (stored.isPresent()) {
      return stored.get();
    }
    MemorySegment program = compiler.createProgram(context, source);
    try {
      compiler.build(program, device.handle(), options);
    } catch (DriverException e) {
      String log = compiler.buildLog(program, device.handle());
      compiler.releaseProgram(program);
      throw new DeviceException(
          "%s (%s): the kernel %s does not compile; a newer driver may help: %s"
              .formatted(device.name(), device.title(), kernel.name(), firstError(log)),
          new DeviceException(log, e));
    }
    store(key, program);
    return program;
  }

  private void store(String key, MemorySegment program) {
    try {
      cache.put(key, compiler.binary(program));
    } catch (DriverException e) {
      // A driver that does not give it away compiles it again the next time.
    }
  }

  /** A driver may refuse what it wrote itself, after an update that kept its name. */
  private Optional<MemorySegment> load(byte[] binary, String options) {
    try {
      MemorySegment program = compiler.createProgram(context, device.handle(), binary);
      try {
        compiler.build(program, device.handle(), options);
        return Optional.of(program);
      } catch (DriverException e) {
        compiler.releaseProgram(program);
        return Optional.empty();
      }
    } catch (DriverException e) {
      return Optional.empty();
    }
  }

  private static String firstError(String log) {
    return log.lines()
        .filter(line -> line.contains("error"))
        .findFirst()
        .or(() -> log.lines().filter(line -> !line.isBlank()).findFirst())
        .orElse("the compiler does not say why");
  }

  private static String resource(String name) {
    try (InputStream in = Programs.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
