package dev.limpid.backend.opencl.driver;

import dev.limpid.tensor.DeviceException;

/** Thrown when a function of a driver returns an error. */
public final class DriverException extends DeviceException {
  private static final long serialVersionUID = 1L;

  private final int code;

  DriverException(String where, String function, int code) {
    super(
        where
            + ": "
            + function
            + " failed with "
            + ErrorCode.name(code)
            + "; try again, or compute on the processor");
    this.code = code;
  }

  /** Returns whether there was not memory enough. */
  public boolean isOutOfMemory() {
    return code == ErrorCode.MEM_OBJECT_ALLOCATION_FAILURE
        || code == ErrorCode.OUT_OF_RESOURCES
        || code == ErrorCode.OUT_OF_HOST_MEMORY
        || code == ErrorCode.INVALID_BUFFER_SIZE;
  }
}
