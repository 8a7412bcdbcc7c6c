package dev.limpid.explorer.cli;

import dev.limpid.LanguageModel;
import dev.limpid.ModelSource;
import dev.limpid.Progress;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.PhaseProgress;
import dev.limpid.model.load.LayerStorage;
import java.io.IOException;

/**
 * A model for a corpus: short prompts go through it side by side, each on one thread; where its
 * layers are read from the disk for each prompt, or a device computes, one after the other on all.
 *
 * @param threads how many prompts run side by side
 */
record CorpusLane(LanguageModel model, int threads) {

  static CorpusLane open(ModelOption models, BackendOption backend, Console console)
      throws IOException {
    ModelSource source = models.find(console);
    Progress progress = new PhaseProgress(console, source.name());
    if (backend.isOnProcessor()) {
      LanguageModel model =
          source.open(backend.open(console, 1), LayerStorage.AUTOMATIC, progress);
      if (model.streamedBytes().isEmpty()) {
        model.warnings().forEach(console::warn);
        return new CorpusLane(model, backend.threads());
      }
    }
    LanguageModel model = source.open(backend.open(console), LayerStorage.AUTOMATIC, progress);
    model.warnings().forEach(console::warn);
    return new CorpusLane(model, 1);
  }
}
