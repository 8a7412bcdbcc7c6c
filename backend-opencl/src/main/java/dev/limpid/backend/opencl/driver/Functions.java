package dev.limpid.backend.opencl.driver;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Where the functions of one loader are, and what becomes of the errors that they return.
 *
 * @param addresses of all of them
 * @param where what errors name
 */
record Functions(Map<Function, MemorySegment> addresses, String where) {

  /** Finds them in a library. */
  static Functions of(SymbolLookup library) {
    Map<Function, MemorySegment> addresses = new EnumMap<>(Function.class);
    for (Function function : Function.values()) {
      MemorySegment address =
          library
              .find(function.symbol())
              .orElseThrow(() ->
                  new NoDriverException(
                      "the OpenCL loader has no function "
                          + function.symbol()
                          + ": it is older than OpenCL 1.2; update it"));
      addresses.put(function, address);
    }
    return new Functions(addresses, "OpenCL");
  }

  MemorySegment at(Function function) {
    return Objects.requireNonNull(addresses.get(function));
  }

  /** Throws what a code says, if it is one of an error. */
  void check(Function function, int code) {
    if (code != 0) {
      throw new DriverException(where, function.symbol(), code);
    }
  }

  /** Returns what to throw where a call ended by that. */
  DriverException failed(Function function, Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    if (e instanceof DriverException known) {
      return known;
    }
    throw new IllegalStateException(function.symbol() + " was called wrongly", e);
  }

  /** Calls a function that takes one handle. */
  void call(Function function, MemorySegment handle) {
    try {
      check(function, (int) Calls.INT_P.invokeExact(at(function), handle));
    } catch (Throwable e) {
      throw failed(function, e);
    }
  }

  /** Returns what drivers write as text, which may end before the bytes do. */
  static String text(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8).strip();
  }
}
