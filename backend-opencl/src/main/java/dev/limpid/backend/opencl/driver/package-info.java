/** Drivers of OpenCL, found and called at run time; start with OpenCl. */
@NullMarked
package dev.limpid.backend.opencl.driver;

import org.jspecify.annotations.NullMarked;
