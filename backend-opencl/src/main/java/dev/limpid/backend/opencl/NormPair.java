package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.Programs.Kernel;
import java.util.Optional;

/** Rows of two tensors that are normed side by side, such as queries and keys. */
record NormPair(Session session, Norm first, Norm second) implements Step {

  @Override
  public Optional<Step> with(Step next) {
    if (next instanceof RowsMultiplied gains) {
      return first
          .withGains(gains)
          .filter(changed -> changed.isBeside(second))
          .<Step>map(changed -> new NormPair(session, changed, second))
          .or(() ->
              second
                  .withGains(gains)
                  .filter(first::isBeside)
                  .map(changed -> new NormPair(session, first, changed)));
    }
    return Optional.empty();
  }

  @Override
  public void launch() {
    String options = "-DPAIR=1 -DLOOKS=0 -DCENTRED=%d".formatted(first.centred() ? 1 : 0);
    Launch launch = session.launch(new Kernel("norm", options)).arg(first.width());
    first.addTo(launch);
    second.addTo(launch);
    launch.arg((long) first.rows()).arg(second.width()).rows((long) first.rows() + second.rows());
  }
}
