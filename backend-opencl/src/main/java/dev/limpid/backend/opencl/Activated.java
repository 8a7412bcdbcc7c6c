package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.Programs.Kernel;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Activation;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An activation, and a product of its result in the same place.
 *
 * @param times what the result is multiplied with; null for nothing
 */
record Activated(Session session, Activation f, Tensor x, @Nullable Tensor times, Tensor out)
    implements Step {

  @Override
  public Optional<Step> with(Step next) {
    if (next instanceof Multiplied product
        && times == null
        && Step.same(product.a(), out)
        && Step.same(product.out(), out)
        && Step.apart(List.of(out), List.of(product.b()))) {
      return Optional.of(new Activated(session, f, x, product.b(), out));
    }
    return Optional.empty();
  }

  @Override
  public void launch() {
    session
        .launch(new Kernel("activate", "-D" + f + (times == null ? "" : " -DTIMES")))
        .in(x)
        .in(times == null ? x : times)
        .out(out)
        .arg(x.size())
        .each(x.size());
  }
}
