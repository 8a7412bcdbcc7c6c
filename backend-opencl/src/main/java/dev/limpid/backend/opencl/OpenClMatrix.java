package dev.limpid.backend.opencl;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.ShapeException;
import dev.limpid.tensor.ops.PackedMatrix;

/**
 * A weight as it was stored: element (output, input) lies at {@code first + output * ofOutput +
 * input * ofInput} of the memory, counted in elements of its type.
 *
 * @param memory shared by all parts of a weight
 * @param stored how elements lie in it
 */
record OpenClMatrix(
    OpenClMemory memory,
    Stored stored,
    long first,
    int ofOutput,
    int ofInput,
    int outputs,
    int inputs,
    boolean bothWays)
    implements PackedMatrix {

  @Override
  public DType dtype() {
    return stored.dtype();
  }

  @Override
  public long bytes() {
    return stored.bytes((long) outputs * inputs);
  }

  @Override
  public OpenClMatrix inputs(int from, int to) {
    if (from < 0 || to < from || to > inputs) {
      throw new ShapeException("inputs " + from + " to " + to + " of " + inputs);
    }
    return new OpenClMatrix(
        memory,
        stored,
        first + (long) from * ofInput,
        ofOutput,
        ofInput,
        outputs,
        to - from,
        false);
  }
}
