package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.Programs.Kernel;
import dev.limpid.tensor.Tensor;
import java.util.Optional;

/** A tensor times a number, which a sum may read. */
record Scaled(Session session, Tensor x, float factor, Tensor out) implements Step {

  @Override
  public Optional<Step> with(Step next) {
    return next instanceof Sum sum ? sum.behind(this) : Optional.empty();
  }

  @Override
  public void launch() {
    session.launch(new Kernel("scale", "")).in(x).arg(factor).out(out).arg(x.size()).each(x.size());
  }
}
