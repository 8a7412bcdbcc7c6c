package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.Programs.Kernel;
import dev.limpid.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of a norm.
 *
 * @param centred whether means are subtracted
 * @param frozen whether what it divides by counts as a constant
 */
record NormBackward(
    boolean centred, Tensor x, @Nullable Tensor gain, float epsilon, boolean frozen) {

  /** Writes that in x, from that in what the norm writes. */
  void run(Session session, Tensor gradient, Tensor out) {
    String options =
        "-DCENTRED=%d -DFROZEN=%d -DHAS_GAIN=%d"
            .formatted(centred ? 1 : 0, frozen ? 1 : 0, gain == null ? 0 : 1);
    session
        .launch(new Kernel("norm_backward", options))
        .in(x)
        .in(gain == null ? x : gain)
        .arg(epsilon)
        .in(gradient)
        .out(out)
        .arg(x.dim(1))
        .rows(x.dim(0));
  }
}
