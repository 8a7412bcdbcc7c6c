package dev.limpid.backend.opencl.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** What a loader tells of drivers and their devices. */
public final class Platforms {
  private static final MemorySegment NULL = MemorySegment.NULL;
  private static final long ALL_DEVICES = 0xFFFF_FFFFL;

  private final Functions functions;

  Platforms(Functions functions) {
    this.functions = functions;
  }

  /** Returns the platforms, none where there is no driver. */
  public List<MemorySegment> all() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(JAVA_INT);
      int code =
          (int) Calls.INT_IPP.invokeExact(functions.at(Function.GET_PLATFORM_IDS), 0, NULL, count);
      int n = count.get(JAVA_INT, 0);
      if (code == ErrorCode.PLATFORM_NOT_FOUND || (code == 0 && n == 0)) {
        return List.of();
      }
      functions.check(Function.GET_PLATFORM_IDS, code);
      MemorySegment ids = arena.allocate(ADDRESS, n);
      functions.check(
          Function.GET_PLATFORM_IDS,
          (int) Calls.INT_IPP.invokeExact(functions.at(Function.GET_PLATFORM_IDS), n, ids, count));
      return handles(ids, n);
    } catch (Throwable e) {
      throw functions.failed(Function.GET_PLATFORM_IDS, e);
    }
  }

  /** Returns the devices of a platform, of all types. */
  public List<MemorySegment> devices(MemorySegment platform) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(JAVA_INT);
      MemorySegment function = functions.at(Function.GET_DEVICE_IDS);
      int code = (int) Calls.INT_PLIPP.invokeExact(function, platform, ALL_DEVICES, 0, NULL, count);
      int n = count.get(JAVA_INT, 0);
      if (code == ErrorCode.DEVICE_NOT_FOUND || (code == 0 && n == 0)) {
        return List.of();
      }
      functions.check(Function.GET_DEVICE_IDS, code);
      MemorySegment ids = arena.allocate(ADDRESS, n);
      functions.check(
          Function.GET_DEVICE_IDS,
          (int) Calls.INT_PLIPP.invokeExact(function, platform, ALL_DEVICES, n, ids, count));
      return handles(ids, n);
    } catch (Throwable e) {
      throw functions.failed(Function.GET_DEVICE_IDS, e);
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
    return Functions.text(info(Function.GET_PLATFORM_INFO, platform, what));
  }

  /** Returns a text about a device. */
  public String deviceText(MemorySegment device, int what) {
    return Functions.text(info(Function.GET_DEVICE_INFO, device, what));
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
      functions.check(
          function,
          (int) Calls.INT_PILPP.invokeExact(functions.at(function), of, what, 0L, NULL, size));
      long n = size.get(JAVA_LONG, 0);
      MemorySegment value = arena.allocate(Math.max(1, n), 8);
      functions.check(
          function,
          (int) Calls.INT_PILPP.invokeExact(functions.at(function), of, what, n, value, NULL));
      return value.asSlice(0, n).toArray(JAVA_BYTE);
    } catch (Throwable e) {
      throw functions.failed(function, e);
    }
  }
}
