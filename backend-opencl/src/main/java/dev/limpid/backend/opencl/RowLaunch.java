package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.Programs.Kernel;
import org.jspecify.annotations.Nullable;

/** Norms in front of a sum and behind it, as one launch: a row needs nothing of the others. */
final class RowLaunch {
  private RowLaunch() {}

  /**
   * Enqueues them.
   *
   * @param sum with the norm in front of it, if there is one; or null
   * @param behind the norm of the sum, or of something else where there is none; or null
   */
  static void of(Session session, @Nullable Sum sum, @Nullable Norm behind, Looks looks) {
    @Nullable Norm before = sum == null ? null : sum.before();
    @Nullable Norm any = behind == null ? before : behind;
    if (any == null) {
      throw new IllegalArgumentException("no norm");
    }
    String options =
        "-DPAIR=0 -DCENTRED=%d -DBEFORE=%d -DADDS=%d -DSCALED=%d -DBEHIND=%d %s"
            .formatted(
                any.centred() ? 1 : 0,
                before == null ? 0 : 1,
                sum == null ? 0 : 1,
                sum == null || sum.scaled() == null ? 0 : 1,
                behind == null ? 0 : 1,
                looks.options());
    Launch launch = session.launch(new Kernel("norm", options)).arg(any.width());
    if (before != null) {
      before.addTo(launch);
    }
    if (sum != null) {
      sum.addTo(launch);
    }
    if (behind != null) {
      behind.addTo(launch);
    }
    looks.addTo(launch);
    launch.rows(any.rows());
  }
}
