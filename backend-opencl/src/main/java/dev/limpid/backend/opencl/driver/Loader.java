package dev.limpid.backend.opencl.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Locale;

/**
 * The library that finds the drivers of a machine: the "ICD loader", which reads {@code
 * OCL_ICD_VENDORS} and its kin by itself.
 *
 * @param names of files, of which the first that there is is taken
 * @param advice how to get one
 */
public record Loader(List<String> names, String advice) {

  /** Copies the names. */
  public Loader {
    names = List.copyOf(names);
  }

  /** Returns how the library is called on this system. */
  public static Loader ofSystem() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    if (system.contains("win")) {
      return new Loader(List.of("OpenCL.dll"), "install the driver of the graphics card");
    }
    if (system.contains("mac")) {
      return new Loader(
          List.of("/System/Library/Frameworks/OpenCL.framework/OpenCL"), "macOS brings it");
    }
    return new Loader(
        List.of("libOpenCL.so.1", "libOpenCL.so"),
        "install one (Debian: ocl-icd-libopencl1) and the driver of the device");
  }

  /**
   * Loads the library.
   *
   * @throws NoDriverException if there is none
   */
  @SuppressWarnings("restricted") // calling drivers is what this package is for
  public OpenCl load() {
    if (ValueLayout.ADDRESS.byteSize() != 8) {
      throw new NoDriverException("OpenCL is called on systems of 64 bits only");
    }
    for (String name : names) {
      try {
        return OpenCl.of(SymbolLookup.libraryLookup(name, Arena.global()));
      } catch (IllegalArgumentException e) {
        // The next name, or none.
      }
    }
    throw new NoDriverException(
        "there is no OpenCL loader (" + String.join(" or ", names) + "): " + advice);
  }
}
