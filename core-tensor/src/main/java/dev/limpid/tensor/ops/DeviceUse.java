package dev.limpid.tensor.ops;

/**
 * What a device has been asked for so far, by all threads.
 *
 * @param device its name: that of its backend and a number
 * @param launches how many kernels were started
 * @param waits how often someone waited until it was done with what was asked before
 * @param uploadedBytes what was sent there, weights included
 * @param downloads how often something was brought home
 * @param downloadedBytes how much that was
 * @param mostBytes of its memory that were taken at a time
 */
public record DeviceUse(
    String device,
    long launches,
    long waits,
    long uploadedBytes,
    long downloads,
    long downloadedBytes,
    long mostBytes) {

  /** Returns what has been asked for since; the memory is that of all the time. */
  public DeviceUse since(DeviceUse before) {
    return new DeviceUse(
        device,
        launches - before.launches,
        waits - before.waits,
        uploadedBytes - before.uploadedBytes,
        downloads - before.downloads,
        downloadedBytes - before.downloadedBytes,
        mostBytes);
  }
}
