package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.driver.OpenCl;
import dev.limpid.backend.opencl.driver.Platforms;
import dev.limpid.tensor.spi.BackendDevice;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A device of a driver.
 *
 * @param name such as {@code opencl:0}
 * @param platform its handle
 * @param handle its own handle
 * @param title what its maker calls it
 * @param platformTitle what its driver's maker calls the platform
 * @param driver the version of the driver
 * @param kind what it is
 * @param memory bytes in all
 * @param units how many groups it works on at once
 * @param groupSize the largest group
 * @param localMemory bytes that a group shares
 * @param roundsDivisions whether it can round quotients and roots correctly
 * @param computeCapability the number by which NVIDIA counts what its devices can do, 0 for others
 * @param unusableBecause why it cannot be used; empty if it can
 */
record OpenClDevice(
    String name,
    MemorySegment platform,
    MemorySegment handle,
    String title,
    String platformTitle,
    String driver,
    Kind kind,
    long memory,
    long units,
    long groupSize,
    long localMemory,
    boolean roundsDivisions,
    long computeCapability,
    Optional<String> unusableBecause) {

  private static final int PLATFORM_NAME = 0x0902;
  private static final int TYPE = 0x1000;
  private static final int MAX_COMPUTE_UNITS = 0x1002;
  private static final int MAX_WORK_GROUP_SIZE = 0x1004;
  private static final int SINGLE_FP_CONFIG = 0x101B;
  private static final int GLOBAL_MEM_SIZE = 0x101F;
  private static final int LOCAL_MEM_SIZE = 0x1023;
  private static final int AVAILABLE = 0x1027;
  private static final int COMPILER_AVAILABLE = 0x1028;
  private static final int NAME = 0x102B;
  private static final int DRIVER_VERSION = 0x102D;
  private static final int VERSION = 0x102F;
  private static final int EXTENSIONS = 0x1030;
  private static final int COMPUTE_CAPABILITY_MAJOR_NV = 0x4000;
  private static final int CORRECTLY_ROUNDED_DIVIDE_SQRT = 1 << 7;

  /** What a device is; those that come first are the first to be taken. */
  enum Kind {
    GPU,
    ACCELERATOR,
    PROCESSOR
  }

  /** Returns all devices of all platforms, GPUs first. */
  static List<OpenClDevice> all(OpenCl driver) {
    List<OpenClDevice> found = new ArrayList<>();
    Platforms platforms = driver.platforms();
    for (MemorySegment platform : platforms.all()) {
      for (MemorySegment device : platforms.devices(platform)) {
        found.add(of(platforms, platform, device));
      }
    }
    found.sort(Comparator.comparing(OpenClDevice::kind));
    List<OpenClDevice> numbered = new ArrayList<>();
    for (OpenClDevice device : found) {
      numbered.add(device.named(OpenClBackend.NAME + ":" + numbered.size()));
    }
    return numbered;
  }

  private static OpenClDevice of(
      Platforms platforms, MemorySegment platform, MemorySegment device) {
    long type = platforms.deviceNumber(device, TYPE);
    String version = platforms.deviceText(device, VERSION);
    Optional<String> unusable = Optional.empty();
    if (platforms.deviceNumber(device, AVAILABLE) == 0) {
      unusable = Optional.of("its driver says that it is not available");
    } else if (platforms.deviceNumber(device, COMPILER_AVAILABLE) == 0) {
      unusable = Optional.of("its driver has no compiler");
    } else if (version.startsWith("OpenCL 1.0") || version.startsWith("OpenCL 1.1")) {
      unusable = Optional.of("it has " + version + ", and 1.2 is needed");
    }
    return new OpenClDevice(
        OpenClBackend.NAME,
        platform,
        device,
        platforms.deviceText(device, NAME),
        platforms.platformText(platform, PLATFORM_NAME),
        platforms.deviceText(device, DRIVER_VERSION),
        (type & 4) != 0 ? Kind.GPU : (type & 2) != 0 ? Kind.PROCESSOR : Kind.ACCELERATOR,
        platforms.deviceNumber(device, GLOBAL_MEM_SIZE),
        platforms.deviceNumber(device, MAX_COMPUTE_UNITS),
        platforms.deviceNumber(device, MAX_WORK_GROUP_SIZE),
        platforms.deviceNumber(device, LOCAL_MEM_SIZE),
        (platforms.deviceNumber(device, SINGLE_FP_CONFIG) & CORRECTLY_ROUNDED_DIVIDE_SQRT) != 0,
        computeCapability(platforms, device),
        unusable);
  }

  /** NVIDIA's drivers tell by it what a device can do; 0 for others. */
  private static long computeCapability(Platforms platforms, MemorySegment device) {
    boolean isTold =
        List.of(platforms.deviceText(device, EXTENSIONS).split(" "))
            .contains("cl_nv_device_attribute_query");
    return isTold ? platforms.deviceNumber(device, COMPUTE_CAPABILITY_MAJOR_NV) : 0;
  }

  private OpenClDevice named(String number) {
    return new OpenClDevice(
        number,
        platform,
        handle,
        title,
        platformTitle,
        driver,
        kind,
        memory,
        units,
        groupSize,
        localMemory,
        roundsDivisions,
        computeCapability,
        unusableBecause);
  }

  /** Returns what people are told of it. */
  BackendDevice description() {
    return new BackendDevice(
        name,
        title,
        platformTitle + ", driver " + driver,
        memory,
        kind == Kind.PROCESSOR,
        unusableBecause);
  }

  /** Returns what results say they were computed on. */
  String provenance() {
    return "%s, %s, %s, driver %s, kernels %d"
        .formatted(name, title, platformTitle, driver, Programs.KERNEL_SET);
  }
}
