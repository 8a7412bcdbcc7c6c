/**
 * The operations on devices that have a driver for OpenCL; start with {@link
 * dev.limpid.backend.opencl.OpenClOps}.
 *
 * <p>The driver is called through {@code dev.limpid.backend.opencl.driver}. Every operation has a
 * source file of its own among the resources, in OpenCL C 1.2.
 */
@NullMarked
package dev.limpid.backend.opencl;

import org.jspecify.annotations.NullMarked;
