package dev.limpid;

import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.ops.TensorOps;
import java.util.Optional;

/**
 * The memory of a device that a prompt needs, and what there is; in bytes.
 *
 * @param device its name, such as {@code opencl:0}
 * @param weights what the matrices of the model take
 * @param run what a run takes beside them
 * @param wholeTrace the same where all of its trace is kept
 * @param left what is neither weights nor states of a run yet
 */
public record DeviceNeed(String device, long weights, long run, long wholeTrace, long left) {

  /** Returns the need of a prompt; empty where the processor computes. */
  static Optional<DeviceNeed> of(Transformer model, int nPositions) {
    TensorOps ops = model.ops();
    return ops.deviceUse()
        .map(use ->
            new DeviceNeed(
                use.device(),
                model.weights().bytes(),
                model.need(nPositions, TraceDetail.RESIDUALS),
                model.need(nPositions, TraceDetail.FULL),
                ops.memoryLeft().orElse(0)));
  }
}
