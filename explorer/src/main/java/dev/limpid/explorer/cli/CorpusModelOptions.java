package dev.limpid.explorer.cli;

import dev.limpid.LanguageModel;
import dev.limpid.ModelSource;
import dev.limpid.corpus.CorpusRun;
import dev.limpid.corpus.CorpusSettings;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.PhaseProgress;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.model.load.LayerStorage;
import dev.limpid.tensor.ops.TensorOps;
import java.io.IOException;
import picocli.CommandLine.Mixin;

/**
 * Which model goes over a corpus, and on what: short prompts run side by side, each on one thread;
 * where layers are read from the disk for each prompt, or a device computes, one after the other on
 * all of them.
 */
final class CorpusModelOptions {
  @Mixin private final ModelOption modelOption = new ModelOption();
  @Mixin private final BackendOption backendOption = new BackendOption();

  /** Opens the model. */
  CorpusRun open(CorpusSettings settings, Console console) throws IOException {
    ModelSource source = modelOption.find(console);
    if (backendOption.isOnProcessor()) {
      LanguageModel model = open(source, backendOption.open(console, 1), console);
      if (model.streamedBytes().isEmpty()) {
        return run(model, settings, backendOption.threads());
      }
    }
    return run(open(source, backendOption.open(console), console), settings, 1);
  }

  private static CorpusRun run(LanguageModel model, CorpusSettings settings, int threads) {
    try {
      return new CorpusRun(model, settings, threads);
    } catch (IllegalArgumentException e) {
      throw new UsageFailure(String.valueOf(e.getMessage()));
    }
  }

  private static LanguageModel open(ModelSource source, TensorOps ops, Console console)
      throws IOException {
    LanguageModel model =
        source.open(ops, LayerStorage.AUTOMATIC, new PhaseProgress(console, source.name()));
    model.warnings().forEach(console::warn);
    return model;
  }
}
