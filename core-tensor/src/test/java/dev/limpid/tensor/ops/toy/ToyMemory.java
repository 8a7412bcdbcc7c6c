package dev.limpid.tensor.ops.toy;

import dev.limpid.tensor.DeviceMemory;
import dev.limpid.tensor.Tensor;
import java.util.Arrays;

/** One allocation of the toy device: an array that nobody else sees. */
final class ToyMemory implements DeviceMemory {
  private final float[] floats;
  private final Transfers transfers;
  private volatile boolean closed;

  ToyMemory(int size, Transfers transfers) {
    floats = new float[size];
    this.transfers = transfers;
  }

  @Override
  public String device() {
    return "toy:0";
  }

  @Override
  public void read(long from, float[] to, int at, int count) {
    transfers.download(count);
    System.arraycopy(open(), Math.toIntExact(from), to, at, count);
  }

  @Override
  public void write(long at, float[] from, int first, int count) {
    transfers.upload(count);
    System.arraycopy(from, first, open(), Math.toIntExact(at), count);
  }

  /** Returns what a tensor in this memory is to the device itself. */
  Tensor inside(Tensor x) {
    int from = Math.toIntExact(x.memoryOffset());
    int[] dims = x.shape().dims().stream().mapToInt(Integer::intValue).toArray();
    float[] all = open();
    return Tensor.of(all, all.length).rows(from, from + Math.toIntExact(x.size())).reshape(dims);
  }

  private float[] open() {
    if (closed) {
      throw new IllegalStateException("this memory of toy:0 ended with its scope");
    }
    return floats;
  }

  /** Spoils the floats as well, for whoever still has a view of them. */
  @Override
  public void close() {
    closed = true;
    Arrays.fill(floats, Float.NaN);
  }
}
