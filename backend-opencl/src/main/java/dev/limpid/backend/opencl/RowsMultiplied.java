package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.Programs.Kernel;
import dev.limpid.tensor.Tensor;

/**
 * Rows that are multiplied with the same factors, such as what a norm of heads learned of each.
 *
 * @param x [n, w]
 * @param factors w numbers
 */
record RowsMultiplied(Session session, Tensor x, Tensor factors, Tensor out) implements Step {
  @Override
  public void launch() {
    session
        .launch(new Kernel("multiply_rows", ""))
        .in(x)
        .in(factors)
        .arg(x.dim(1))
        .out(out)
        .arg(x.size())
        .each(x.size());
  }
}
