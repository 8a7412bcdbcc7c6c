package dev.limpid.benchmarks.compare;

import java.io.IOException;

/** Work that says how long it took. */
interface Timed {
  /** Does the work once; returns seconds. */
  double seconds() throws IOException;

  /** Work of our own, timed from outside. */
  static Timed of(Runnable work) {
    return () -> {
      long began = System.nanoTime();
      work.run();
      return (System.nanoTime() - began) / 1e9;
    };
  }
}
