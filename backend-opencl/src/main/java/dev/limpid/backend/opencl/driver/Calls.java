package dev.limpid.backend.opencl.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;

/**
 * How functions of OpenCL take their arguments. A letter stands for each: p a pointer or handle, i
 * an int, l a long or a size; the address of the function comes before them.
 */
final class Calls {
  static final MethodHandle INT_P = returningInt(ADDRESS);
  static final MethodHandle INT_IPP = returningInt(JAVA_INT, ADDRESS, ADDRESS);
  static final MethodHandle INT_PILPP =
      returningInt(ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS);
  static final MethodHandle INT_PLIPP =
      returningInt(ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS);
  static final MethodHandle INT_PPILPP =
      returningInt(ADDRESS, ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS);
  static final MethodHandle INT_PIPPPP =
      returningInt(ADDRESS, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  static final MethodHandle INT_PILP = returningInt(ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS);
  static final MethodHandle INT_PPIPPPIPP =
      returningInt(
          ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
  static final MethodHandle INT_PPILLPIPP =
      returningInt(
          ADDRESS, ADDRESS, JAVA_INT, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
  static final MethodHandle INT_PPPLLLIPP =
      returningInt(
          ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS);
  static final MethodHandle POINTER_PIPPPP =
      returningPointer(ADDRESS, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  static final MethodHandle POINTER_PPLP = returningPointer(ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
  static final MethodHandle POINTER_PLLPP =
      returningPointer(ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS);
  static final MethodHandle POINTER_PIPPP =
      returningPointer(ADDRESS, JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
  static final MethodHandle POINTER_PIPPPPP =
      returningPointer(ADDRESS, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  static final MethodHandle POINTER_PPP = returningPointer(ADDRESS, ADDRESS, ADDRESS);

  private Calls() {}

  private static MethodHandle returningInt(MemoryLayout... arguments) {
    return handle(FunctionDescriptor.of(JAVA_INT, arguments));
  }

  private static MethodHandle returningPointer(MemoryLayout... arguments) {
    return handle(FunctionDescriptor.of(ADDRESS, arguments));
  }

  @SuppressWarnings("restricted") // calling drivers is what this package is for
  private static MethodHandle handle(FunctionDescriptor descriptor) {
    return Linker.nativeLinker().downcallHandle(descriptor);
  }
}
