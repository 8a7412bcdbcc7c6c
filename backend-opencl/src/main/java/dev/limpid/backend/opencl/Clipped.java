package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.Programs.Kernel;
import dev.limpid.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * What is cut off at a limit: queries, keys and values.
 *
 * @param parts as many as kernels take, none of which reads what another writes
 */
record Clipped(Session session, List<Part> parts, float limit) implements Step {
  private static final int MOST = 3;

  /** What is cut off, and where that goes. */
  record Part(Tensor x, Tensor out) {
    private boolean isBeside(Part other) {
      return Step.apart(List.of(out), List.of(other.x, other.out))
          && Step.apart(List.of(other.out), List.of(x));
    }
  }

  @Override
  public Optional<Step> with(Step next) {
    if (next instanceof Clipped other
        && parts.size() + other.parts.size() <= MOST
        && limit == other.limit
        && parts.stream().allMatch(part -> other.parts.stream().allMatch(part::isBeside))) {
      return Optional.of(new Clipped(session, Step.both(parts, other.parts), limit));
    }
    return Optional.empty();
  }

  @Override
  public void launch() {
    Launch launch = session.launch(new Kernel("clip", "-DPARTS=" + parts.size())).arg(limit);
    long all = 0;
    for (Part part : parts) {
      launch.in(part.x).out(part.out).arg(part.x.size());
      all += part.x.size();
    }
    launch.each(all);
  }
}
