package dev.limpid.tensor;

/** Thrown when a device fails, or cannot do what is asked of it; says in a line what and why. */
public class DeviceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message that names the device and says what to do. */
  public DeviceException(String message) {
    super(message);
  }

  /** Creates the exception with what it comes from. */
  public DeviceException(String message, Throwable cause) {
    super(message, cause);
  }
}
