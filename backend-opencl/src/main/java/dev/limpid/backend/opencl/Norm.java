package dev.limpid.backend.opencl;

import dev.limpid.tensor.Tensor;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a norm makes of rows: the rows normed, what scales them, or both.
 *
 * @param centred whether means are subtracted
 * @param x [n, w]
 * @param gain w numbers, or g times as many: then row t has the gain t mod g; null for ones
 * @param out the normed rows; null if only the scales are asked for
 * @param scales what every row is multiplied with, [n]; null if nobody asks
 */
record Norm(
    boolean centred,
    Tensor x,
    @Nullable Tensor gain,
    @Nullable Tensor bias,
    float epsilon,
    @Nullable Tensor out,
    @Nullable Tensor scales) {

  /** Returns n. */
  int rows() {
    return x.dim(0);
  }

  /** Returns w. */
  int width() {
    return x.dim(1);
  }

  /** Returns what is read. */
  List<Tensor> read() {
    return Stream.of(x, gain, bias).filter(Objects::nonNull).toList();
  }

  /** Returns what was learned, as far as it is there. */
  List<Tensor> learned() {
    return Stream.of(gain, bias).filter(Objects::nonNull).toList();
  }

  /** Returns what is written. */
  List<Tensor> written() {
    return Stream.of(out, scales).filter(Objects::nonNull).toList();
  }

  /** Returns whether the rows of another are normed by themselves, whatever comes first. */
  boolean isBeside(Norm other) {
    return centred == other.centred
        && Step.apart(written(), other.read())
        && Step.apart(written(), other.written())
        && Step.apart(read(), other.written());
  }

  /** Returns this one with the scales that another asks for; empty if they are of other rows. */
  Optional<Norm> withScales(Norm other) {
    if (out != null
        && scales == null
        && other.out == null
        && other.scales != null
        && centred == other.centred
        && epsilon == other.epsilon
        && Step.same(x, other.x)
        && Step.apart(List.of(out), List.of(x, other.scales))) {
      return Optional.of(new Norm(centred, x, gain, bias, epsilon, out, other.scales));
    }
    return Optional.empty();
  }

  /** Returns this one with gains that its result is multiplied with, in its place. */
  Optional<Norm> withGains(RowsMultiplied next) {
    if (out != null
        && gain == null
        && bias == null
        && next.x().dim(1) % width() == 0
        && isOut(next.x())
        && isOut(next.out())
        && Step.apart(written(), List.of(next.factors()))) {
      return Optional.of(new Norm(centred, x, next.factors(), null, epsilon, out, scales));
    }
    return Optional.empty();
  }

  private boolean isOut(Tensor other) {
    return out != null
        && other.size() == out.size()
        && Step.same(out, other.reshape(rows(), width()));
  }

  /** Adds it to a launch, as the kernel declares it. */
  void addTo(Launch launch) {
    int gains = gain == null ? 0 : Math.toIntExact(gain.size() / width());
    launch.in(x).in(gain == null ? x : gain).arg(gains);
    launch.in(bias == null ? x : bias).arg(bias != null).arg(epsilon);
    addWritten(launch, out);
    addWritten(launch, scales);
  }

  private void addWritten(Launch launch, @Nullable Tensor to) {
    if (to == null) {
      launch.in(x);
    } else {
      launch.out(to);
    }
    launch.arg(to != null);
  }
}
