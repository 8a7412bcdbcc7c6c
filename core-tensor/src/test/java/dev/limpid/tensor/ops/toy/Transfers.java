package dev.limpid.tensor.ops.toy;

import java.util.concurrent.atomic.AtomicLong;

/** How many floats went into the memory of a device, and how many came back. */
public final class Transfers {
  private final AtomicLong uploaded = new AtomicLong();
  private final AtomicLong downloaded = new AtomicLong();
  private final AtomicLong downloads = new AtomicLong();

  Transfers() {}

  void upload(long floats) {
    uploaded.addAndGet(floats);
  }

  void download(long floats) {
    downloads.addAndGet(floats == 0 ? 0 : 1);
    downloaded.addAndGet(floats);
  }

  /** Returns the floats that were brought to the device, weights included. */
  public long uploaded() {
    return uploaded.get();
  }

  /** Returns how often floats were brought from the device to the heap. */
  public long downloads() {
    return downloads.get();
  }

  /** Returns the floats that were brought from the device to the heap. */
  public long downloaded() {
    return downloaded.get();
  }
}
