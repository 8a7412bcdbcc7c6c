package dev.limpid.explorer.serve;

import dev.limpid.LanguageModel;
import dev.limpid.Progress;
import dev.limpid.QuestionException;
import dev.limpid.explorer.settings.ExplorerConfig;
import java.io.IOException;
import java.util.List;

/** What all paths work with: models, traces, the lanes that compute. */
public final class Explorer implements AutoCloseable {
  /** The share of the heap that traces may take. */
  private static final int SHARE = 4;

  private static final int CAPACITY = 16;
  private static final int READERS = 2;

  private final Models models;
  private final ExplorerConfig config;
  private final List<String> sentences;
  private final Limits limits;
  private final Traces traces = new Traces(Runtime.getRuntime().maxMemory() / SHARE);
  private final Lane passes = new Lane("pass", 1, CAPACITY);
  private final Lane readings = new Lane("reading", READERS, CAPACITY);

  /** Opens it. */
  public Explorer(Models models, ExplorerConfig config, List<String> sentences) {
    this.models = models;
    this.config = config;
    this.sentences = List.copyOf(sentences);
    this.limits =
        config.maxUserStringLength().map(Limits.DEFAULT::withMaxCharacters).orElse(Limits.DEFAULT);
  }

  /** Returns the models. */
  public Models models() {
    return models;
  }

  /** Returns the traces that are kept. */
  public Traces traces() {
    return traces;
  }

  /** Returns what is taken at most. */
  public Limits limits() {
    return limits;
  }

  /** Returns the sentences of the configured file. */
  public List<String> sentences() {
    return sentences;
  }

  /** Returns whether strangers use it. */
  public boolean isDemo() {
    return config.demoMode();
  }

  /** Returns whether a person may load own files of sentences. */
  public boolean mayLoadFiles() {
    return config.allowLoadingDatasetFiles();
  }

  /** Returns the lane in which prompts run, one at a time: a pass has all processors. */
  public Lane passes() {
    return passes;
  }

  /** Returns the lane in which traces are read. */
  public Lane readings() {
    return readings;
  }

  /** Returns how many requests each lane takes. */
  public int capacity() {
    return CAPACITY;
  }

  /**
   * Opens a model, or returns it if it is open. Where another is closed for it, traces of that one
   * go too, as they hold on to its weights.
   *
   * @param progress hears of the layers read
   */
  public LanguageModel open(Models.Listed model, String backend, Progress progress)
      throws IOException {
    LanguageModel opened = models.open(model, backend, progress);
    traces.retain(trace -> models.holds(trace.analysis().model()));
    return opened;
  }

  /** A question about a trace. */
  @FunctionalInterface
  public interface TraceQuestion {
    /** Answers it. */
    Content answer(dev.limpid.Analysis analysis) throws IOException, QuestionException;
  }

  /** Asks about a trace, in the lane for readings. */
  public Reply read(Exchange exchange, Trace trace, TraceQuestion question) {
    return new Reply.Asked(
        readings,
        exchange.question(),
        listener -> question.answer(trace.analysis().heardBy(listener)));
  }

  /** Ends all work. */
  @Override
  public void close() {
    passes.close();
    readings.close();
  }
}
