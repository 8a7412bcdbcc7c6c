package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.Programs.Kernel;
import dev.limpid.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * A look for numbers that are none, in one tensor or in two.
 *
 * @param looks at most two
 */
record Look(Session session, List<At> looks) implements Step {
  /** Elements that an item looks at, at least. */
  private static final long EACH = 16;

  private static final int MOST_ITEMS = 1 << 16;

  /** Where to look, and the flag to set. */
  record At(Tensor x, OpenClMemory flags, int flag) {
    /** Adds both to a launch. */
    void addTo(Launch launch) {
      Tensor all = Tensor.on(flags, 0, Math.toIntExact(flags.size()));
      launch.in(x).in(all, flag);
    }
  }

  @Override
  public Optional<Step> with(Step next) {
    if (next instanceof Look other && looks.size() + other.looks.size() == 2) {
      return Optional.of(new Look(session, List.of(looks.getFirst(), other.looks.getFirst())));
    }
    return Optional.empty();
  }

  @Override
  public void launch() {
    Launch launch = session.launch(new Kernel("all_finite", "-DPARTS=" + looks.size()));
    long most = 0;
    for (At at : looks) {
      at.addTo(launch);
      launch.arg(at.x.size());
      most = Math.max(most, at.x.size());
    }
    launch.each(Math.min((most + EACH - 1) / EACH, MOST_ITEMS));
  }
}
