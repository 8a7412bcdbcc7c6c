package dev.limpid.explorer.cli;

import dev.limpid.Analysis;
import dev.limpid.DeviceNeed;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.show.Sizes;
import dev.limpid.tensor.ops.DeviceUse;
import dev.limpid.tensor.ops.TensorOps;

/** What {@code --debug} says of a device: the memory that a run needs, and what was done on it. */
record DeviceReport(TensorOps ops, Console console) {

  /** Says, before a run, what it takes; nothing where the processor computes. */
  void need(Analysis analysis) {
    analysis.deviceNeed().ifPresent(need -> console.debug().say(() -> inWords(analysis, need)));
  }

  private static String inWords(Analysis analysis, DeviceNeed need) {
    return "%s: weights of %s; a run of %d tokens needs %s more (%s with all of its trace), of %s left"
        .formatted(
            need.device(),
            Sizes.binary(need.weights()),
            analysis.prompt().nPositions(),
            Sizes.binary(need.run()),
            Sizes.binary(need.wholeTrace()),
            Sizes.binary(need.left()));
  }

  /** Says what the device is, and, when the command has ended, what it did there. */
  void useAtEnd() {
    ops.deviceUse()
        .ifPresent(_ -> {
          console.debug().say(ops::description);
          console.debug().sayAtEnd(this::use);
        });
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
