package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.Programs.Kernel;
import dev.limpid.tensor.Tensor;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are normed, of a tensor or of a sum that is written as well, and what scales them.
 *
 * @param centred whether means are subtracted
 * @param out the normed rows; null if only the scales are asked for
 * @param scales what every row is multiplied with, [n]; null if nobody asks
 * @param sum whose result x is; null if it is there already
 */
record Norm(
    Session session,
    boolean centred,
    Tensor x,
    @Nullable Tensor gain,
    @Nullable Tensor bias,
    float epsilon,
    @Nullable Tensor out,
    @Nullable Tensor scales,
    @Nullable Sum sum)
    implements Step {

  /** Returns the same norm of a sum that is still to be written. */
  Norm of(Sum added) {
    return new Norm(session, centred, x, gain, bias, epsilon, out, scales, added);
  }

  /** Returns gain and bias, as far as they are there. */
  List<Tensor> learned() {
    return Stream.of(gain, bias).filter(Objects::nonNull).toList();
  }

  @Override
  public Optional<Step> with(Step next) {
    if (next instanceof Norm other
        && other.out == null
        && other.scales != null
        && out != null
        && scales == null
        && centred == other.centred
        && epsilon == other.epsilon
        && Step.same(x, other.x)
        && Step.apart(List.of(out), List.of(x, other.scales))) {
      return Optional.of(
          new Norm(session, centred, x, gain, bias, epsilon, out, other.scales, sum));
    }
    return Optional.empty();
  }

  @Override
  public void launch() {
    String options =
        "-DHAS_GAIN=%d -DHAS_BIAS=%d -DADDS=%d -DWRITES=%d -DSCALES=%d"
            .formatted(is(gain), is(bias), sum == null ? 0 : 1, is(out), is(scales));
    Launch launch = session.launch(new Kernel(centred ? "layer_norm" : "rms_norm", options));
    if (sum == null) {
      launch.in(x);
    } else {
      launch.in(sum.a()).in(sum.b()).out(x);
    }
    launch.in(gain == null ? x : gain).in(bias == null ? x : bias).arg(epsilon);
    written(launch, out);
    written(launch, scales);
    launch.arg(x.dim(1)).rows(x.dim(0));
  }

  private static int is(@Nullable Tensor x) {
    return x == null ? 0 : 1;
  }

  private void written(Launch launch, @Nullable Tensor to) {
    if (to == null) {
      launch.in(x);
    } else {
      launch.out(to);
    }
  }
}
