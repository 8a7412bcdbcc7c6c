package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.Programs.Kernel;
import dev.limpid.tensor.Tensor;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are normed, of a tensor or of a sum that is written as well.
 *
 * @param centred whether means are subtracted
 * @param sum whose result x is; null if it is there already
 */
record Norm(
    Session session,
    boolean centred,
    Tensor x,
    @Nullable Tensor gain,
    @Nullable Tensor bias,
    float epsilon,
    Tensor out,
    @Nullable Sum sum)
    implements Step {

  /** Returns the same norm of a sum that is still to be written. */
  Norm of(Sum added) {
    return new Norm(session, centred, x, gain, bias, epsilon, out, added);
  }

  /** Returns gain and bias, as far as they are there. */
  List<Tensor> learned() {
    return Stream.of(gain, bias).filter(Objects::nonNull).toList();
  }

  @Override
  public void launch() {
    String options =
        "-DHAS_GAIN=%d -DHAS_BIAS=%d -DADDS=%d"
            .formatted(gain == null ? 0 : 1, bias == null ? 0 : 1, sum == null ? 0 : 1);
    Launch launch = session.launch(new Kernel(centred ? "layer_norm" : "rms_norm", options));
    if (sum == null) {
      launch.in(x);
    } else {
      launch.in(sum.a()).in(sum.b()).out(x);
    }
    launch
        .in(gain == null ? x : gain)
        .in(bias == null ? x : bias)
        .arg(epsilon)
        .out(out)
        .arg(x.dim(1))
        .rows(x.dim(0));
  }
}
