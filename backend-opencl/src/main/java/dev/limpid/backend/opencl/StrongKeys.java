package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.Programs.Kernel;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.KeysAbove;

/** The choice of keys above a threshold: they are counted, then brought home side by side. */
record StrongKeys(Session session) {

  /**
   * Returns them.
   *
   * @param terms [H, T (T + 1) / 2]
   * @param nPositions T
   */
  KeysAbove above(Tensor terms, int nPositions, float threshold) {
    int nHeads = terms.dim(0);
    int[] rows = new int[nPositions + 1];
    try (OpenClMemory counts = session.scratch(nPositions)) {
      launch("count_keys", terms, threshold, counts, nPositions).rows(nPositions);
      float[] counted = new float[nPositions];
      counts.read(0, counted, 0, nPositions);
      for (int q = 0; q < nPositions; q++) {
        rows[q + 1] = rows[q] + Float.floatToRawIntBits(counted[q]);
      }
      int n = rows[nPositions];
      // The place of a key, then its terms.
      int width = 1 + nHeads;
      try (OpenClMemory found = session.scratch((long) n * width)) {
        launch("gather_keys", terms, threshold, counts, nPositions)
            .out(Tensor.on(found, 0, n, width))
            .rows(nPositions);
        float[] read = new float[n * width];
        found.read(0, read, 0, read.length);
        return taken(rows, read, n, nHeads);
      }
    }
  }

  private Launch launch(
      String name, Tensor terms, float threshold, OpenClMemory counts, int nPositions) {
    Launch launch = session.launch(new Kernel(name, "")).in(terms).arg(terms.dim(0)).arg(threshold);
    Tensor each = Tensor.on(counts, 0, nPositions);
    return name.equals("count_keys") ? launch.out(each) : launch.in(each);
  }

  private static KeysAbove taken(int[] rows, float[] read, int n, int nHeads) {
    int[] keys = new int[n];
    float[] terms = new float[n * nHeads];
    for (int i = 0; i < n; i++) {
      keys[i] = Float.floatToRawIntBits(read[i * (1 + nHeads)]);
      System.arraycopy(read, i * (1 + nHeads) + 1, terms, i * nHeads, nHeads);
    }
    return new KeysAbove(rows, keys, terms);
  }
}
