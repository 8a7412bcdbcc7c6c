package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.Programs.Kernel;
import dev.limpid.tensor.Tensor;

/** A product, element by element. */
record Multiplied(Session session, Tensor a, Tensor b, Tensor out) implements Step {
  @Override
  public void launch() {
    session.launch(new Kernel("multiply", "")).in(a).in(b).out(out).arg(a.size()).each(a.size());
  }
}
