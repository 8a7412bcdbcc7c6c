package dev.limpid.corpus.spark;

import dev.limpid.LanguageModel;
import dev.limpid.Settings;
import dev.limpid.corpus.PromptSampler;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The model of this process, opened by the first task that needs it and shared by all of them.
 *
 * <p>The one place with a state of its own: Spark brings a task its data and nothing that lives
 * longer, weights are too large to be sent with each, and Spark gives a process no other hook.
 */
final class ExecutorModel {
  private static final Map<String, LanguageModel> OPEN = new ConcurrentHashMap<>();

  private ExecutorModel() {}

  /** Returns what takes samples with it; a task is one thread. */
  static PromptSampler sampler(JobOptions options) throws IOException {
    return new PromptSampler(model(options), options.settings());
  }

  static LanguageModel model(JobOptions options) throws IOException {
    String key = options.backend() + " " + options.model();
    synchronized (OPEN) {
      LanguageModel model = OPEN.get(key);
      if (model == null) {
        Settings settings = Settings.defaults().withBackend(options.backend()).withThreads(1);
        model = LanguageModel.open(options.model(), settings);
        OPEN.put(key, model);
      }
      return model;
    }
  }
}
