package dev.limpid.explorer.cli;

import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.show.Sizes;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.ops.DeviceUse;
import dev.limpid.tensor.ops.TensorOps;

/** What {@code --debug} says of a device: the memory that a run needs, and what was done on it. */
record DeviceReport(TensorOps ops, Console console) {

  /** Says, before a run, what it takes; nothing where the processor computes. */
  void need(Transformer model, int nPositions) {
    long need = model.need(nPositions, TraceDetail.RESIDUALS);
    ops.deviceUse()
        .ifPresent(use ->
            console
                .debug()
                .say(() ->
                    "%s: weights of %s; a run of %d tokens needs %s more (%s with all of its trace), of %s left"
                        .formatted(
                            use.device(),
                            Sizes.binary(model.weights().bytes()),
                            nPositions,
                            Sizes.binary(need),
                            Sizes.binary(model.need(nPositions, TraceDetail.FULL)),
                            Sizes.binary(ops.memoryLeft().orElse(0)))));
  }

  /** Says, when the command has ended, what it did there. */
  void useAtEnd() {
    ops.deviceUse().ifPresent(_ -> console.debug().sayAtEnd(this::use));
  }

  private String use() {
    DeviceUse use = ops.deviceUse().orElseThrow();
    return "%s: %d launches, %s sent, %d downloads of %s, at most %s of its memory taken"
        .formatted(
            use.device(),
            use.launches(),
            Sizes.binary(use.uploadedBytes()),
            use.downloads(),
            Sizes.binary(use.downloadedBytes()),
            Sizes.binary(use.mostBytes()));
  }
}
