/** The operations on devices that have a driver for OpenCL. */
module dev.limpid.backend.opencl {
  requires static transitive org.jspecify;
  requires transitive dev.limpid.tensor;

  provides dev.limpid.tensor.spi.BackendProvider with
      dev.limpid.backend.opencl.OpenClBackend;
}
