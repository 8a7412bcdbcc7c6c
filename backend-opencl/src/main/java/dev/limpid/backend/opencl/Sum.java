package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.Programs.Kernel;
import dev.limpid.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A sum of two tensors, such as a new state, which a norm may read.
 *
 * @param scaled whose result b is; null if it is there already
 * @param before the norm whose result b is; null if it is there already
 * @param looks at the sum, or beside it
 */
record Sum(
    Session session,
    Tensor a,
    Tensor b,
    Tensor out,
    @Nullable Scaled scaled,
    @Nullable Norm before,
    Looks looks)
    implements Step {

  Sum(Session session, Tensor a, Tensor b, Tensor out) {
    this(session, a, b, out, null, null, Looks.NONE);
  }

  @Override
  public Optional<Step> with(Step next) {
    if (next instanceof Look look) {
      return looks
          .with(look, out, written())
          .map(all -> new Sum(session, a, b, out, scaled, before, all));
    }
    if (next instanceof Normed normed
        && normed.isPlain()
        && looks.isEmpty()
        && isNormedBy(normed.norm())) {
      return Optional.of(new Normed(session, this, normed.norm(), Looks.NONE));
    }
    return Optional.empty();
  }

  private boolean isNormedBy(Norm norm) {
    return (before == null || before.centred() == norm.centred())
        && Step.same(norm.x(), out)
        && Step.apart(written(), norm.learned())
        && Step.apart(norm.written(), read());
  }

  /** Returns the sum of a and of what a norm writes, which is b; empty if it is not. */
  Optional<Step> behind(Norm norm) {
    return norm.out() != null
            && isPlain()
            && Step.same(b, norm.out())
            && Step.apart(norm.written(), List.of(a))
            && Step.apart(List.of(out), Step.both(norm.written(), norm.read()))
        ? Optional.of(new Sum(session, a, b, out, null, norm, looks))
        : Optional.empty();
  }

  /** Returns the sum of a and of what is scaled, which is b; empty if it is not. */
  Optional<Step> behind(Scaled times) {
    return isPlain()
            && Step.same(b, times.out())
            && Step.apart(List.of(times.out()), List.of(a))
            && Step.apart(List.of(out), List.of(times.x(), times.out()))
        ? Optional.of(new Sum(session, a, b, out, times, null, looks))
        : Optional.empty();
  }

  private boolean isPlain() {
    return scaled == null && before == null && looks.isEmpty();
  }

  /** Returns all that is read that is not written here. */
  private List<Tensor> read() {
    List<Tensor> read = new ArrayList<>(List.of(a, scaled == null ? b : scaled.x()));
    if (before != null) {
      read.addAll(before.read());
    }
    return read;
  }

  /** Returns all that is written. */
  List<Tensor> written() {
    List<Tensor> written = new ArrayList<>(List.of(out));
    if (scaled != null) {
      written.add(scaled.out());
    }
    if (before != null) {
      written.addAll(before.written());
    }
    return written;
  }

  /** Adds the sum itself to a launch, as kernels declare it by SUM. */
  void addTo(Launch launch) {
    launch.in(a);
    if (scaled == null) {
      launch.in(b);
    } else {
      launch.in(scaled.x()).arg(scaled.factor()).out(scaled.out());
    }
    launch.out(out);
  }

  @Override
  public void launch() {
    if (before != null) {
      RowLaunch.of(session, this, null, looks);
      return;
    }
    String options = "-DSCALED=%d %s".formatted(scaled == null ? 0 : 1, looks.options());
    Launch launch = session.launch(new Kernel("add", options));
    addTo(launch);
    launch.arg(out.size());
    looks.addTo(launch);
    launch.each(out.size());
  }
}
