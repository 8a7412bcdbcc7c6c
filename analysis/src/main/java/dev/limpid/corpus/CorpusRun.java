package dev.limpid.corpus;

import dev.limpid.LanguageModel;
import dev.limpid.files.OutputFile;
import dev.limpid.routes.statistics.RouteStatistics;
import dev.limpid.view.CorpusView;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Goes over a corpus, on several threads, and leaves a folder of results.
 *
 * <p>The results are the same bytes for any number of threads, however the corpus is split into
 * files, and whether the run was killed and went on in between. Memory does not grow with the
 * corpus: a few blocks of prompts are on their way, statistics have a size of their own, and rows
 * go to the disk.
 *
 * @param model opened for one thread, as each of the threads here runs prompts of its own
 * @param threads at least 1
 */
public record CorpusRun(LanguageModel model, CorpusSettings settings, int threads) {
  private static final long LEAST_BETWEEN_CHECKPOINTS = 200_000_000;

  /** Between two checkpoints passes so much more time than one takes. */
  private static final int CHECKPOINT_SHARE = 50;

  private static final String SUMMARY = "summary.json";

  /**
   * Checks them.
   *
   * @throws IllegalArgumentException if there are no threads, or the model has not what is counted
   */
  public CorpusRun {
    if (threads < 1) {
      throw new IllegalArgumentException(threads + " is not a number of threads");
    }
    PromptSampler.requireCounted(model, settings);
  }

  /**
   * What a run reads and writes.
   *
   * @param files in their order
   * @param piped JSON lines in place of files, or null
   * @param formats that files may have
   * @param out the folder that takes the results; made if it is not there
   * @param resume whether to go on with a run that was broken off there
   * @param artifacts files that are made besides
   */
  public record Paths(
      List<Path> files,
      @Nullable InputStream piped,
      List<PromptFormat> formats,
      Path out,
      boolean resume,
      List<CorpusResult.Artifact> artifacts) {
    /** Copies the lists. */
    public Paths {
      files = List.copyOf(files);
      formats = List.copyOf(formats);
      artifacts = List.copyOf(artifacts);
    }
  }

  /**
   * Goes over the prompts of files.
   *
   * @throws IOException if they cannot be read, none of them can be run, or results cannot be
   *     written
   */
  public CorpusView over(List<Path> files, Path out) throws IOException {
    Paths paths = new Paths(files, null, PromptFormat.builtIn(), out, false, List.of());
    return over(paths, CorpusProgress.NONE);
  }

  /**
   * Goes over a corpus. A prompt that cannot be run is a line of {@code rejects.jsonl}.
   *
   * @throws IOException if files cannot be read, none of their prompts can be run, or results
   *     cannot be written; what was done by then is kept for a run that goes on with it
   */
  public CorpusView over(Paths paths, CorpusProgress progress) throws IOException {
    try (CorpusInput input =
            new CorpusInput(paths.files(), paths.piped(), paths.formats(), settings);
        RunState state = state(paths, identity(input))) {
      skip(input, state.entries());
      try {
        run(input, state, progress);
      } catch (IOException e) {
        if (state.entries() == 0) {
          state.delete(); // nothing is lost: the first file cannot be read
        }
        throw e;
      }
      requireAny(input, state, paths.out());
      return finish(state, paths);
    }
  }

  private RunState state(Paths paths, Map<String, String> identity) throws IOException {
    Path out = paths.out();
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw new IOException(out + ": is no folder; give one for the results");
    }
    boolean isBegun = RunState.isIn(out);
    if (isBegun && !paths.resume()) {
      throw new IOException(
          out
              + ": holds a run that was broken off; go on with --resume, or delete "
              + out
              + "/state");
    }
    if (!isBegun && paths.resume() && Files.exists(out.resolve(SUMMARY))) {
      throw new IOException(out + ": --resume: the run in it is complete, nothing is left to do");
    }
    Files.createDirectories(out);
    CorpusStatistics empty = CorpusStatistics.empty(new PromptSampler(model, settings).shape());
    return isBegun ? RunState.resume(out, identity) : RunState.begin(out, identity, empty);
  }

  private Map<String, String> identity(CorpusInput input) throws IOException {
    Map<String, String> identity = new TreeMap<>(input.byName());
    identity.putAll(settings.byName());
    identity.put("model", model.source().name() + ", SHA-256 " + model.sha256());
    identity.put("--backend", model.transformer().ops().name());
    return identity;
  }

  private static void skip(CorpusInput input, long entries) throws IOException {
    for (long left = entries; left > 0; left--) {
      if (input.next().isEmpty()) {
        throw new IOException(
            "--resume: %s has fewer prompts than were done".formatted(input.names()));
      }
    }
  }

  /** Blocks come back in the order in which they were read. */
  private void run(CorpusInput input, RunState state, CorpusProgress progress) throws IOException {
    PromptSampler sampler = new PromptSampler(model, settings);
    long before = state.entries();
    long next = System.nanoTime() + LEAST_BETWEEN_CHECKPOINTS;
    try (Workers workers = new Workers(threads)) {
      Deque<Future<Block.Outcome>> onTheirWay = new ArrayDeque<>();
      boolean isMore = true;
      while (isMore || !onTheirWay.isEmpty()) {
        while (isMore && onTheirWay.size() < 2 * threads) {
          Block block = Block.read(input);
          isMore = !block.entries().isEmpty();
          if (isMore) {
            onTheirWay.add(workers.pool.submit(() -> block.take(sampler)));
          }
        }
        if (!onTheirWay.isEmpty()) {
          state.add(outcome(onTheirWay.remove()));
          progress.done(state.entries(), before, input.share());
        }
        long now = System.nanoTime();
        if (now > next) {
          state.checkpoint();
          long after = System.nanoTime();
          next = after + Math.max(LEAST_BETWEEN_CHECKPOINTS, CHECKPOINT_SHARE * (after - now));
        }
      }
    }
    state.checkpoint();
  }

  /** Threads of its own, which end with the run. */
  private record Workers(ExecutorService pool) implements AutoCloseable {
    Workers(int threads) {
      this(
          Executors.newFixedThreadPool(
              threads, Thread.ofPlatform().daemon().name("limpid-corpus-", 0).factory()));
    }

    @Override
    public void close() {
      pool.shutdownNow();
    }
  }

  private static Block.Outcome outcome(Future<Block.Outcome> block) throws IOException {
    try {
      return block.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw io;
        case RuntimeException unchecked -> throw unchecked;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  private static void requireAny(CorpusInput input, RunState state, Path out) throws IOException {
    if (state.entries() == 0) {
      state.delete();
      throw new IOException(input.names() + ": no prompts in it");
    }
    if (state.statistics().all().samples() == 0) {
      Path rejects = out.resolve("rejects.jsonl");
      List<String> lines = Files.readAllLines(state.rejects());
      Files.move(state.rejects(), rejects, StandardCopyOption.REPLACE_EXISTING);
      state.delete();
      throw new IOException(
          "%s: none of its %d prompts can be run; %s says why of each, first: %s"
              .formatted(input.names(), state.entries(), rejects, lines.getFirst()));
    }
  }

  private CorpusView finish(RunState state, Paths paths) throws IOException {
    CorpusView view = view(state.statistics());
    CorpusResult result =
        new CorpusResult(
            paths.out(), state.folder(), view, state.statistics(), model.facts(), state::eachRow);
    Path rejects = state.rejects();
    OutputFile.write(paths.out().resolve("rejects.jsonl"), out -> Files.copy(rejects, out));
    for (CorpusResult.Artifact artifact : paths.artifacts()) {
      artifact.write(result);
    }
    CorpusFiles.write(result);
    state.delete();
    return view;
  }

  /** Returns statistics that were taken with this model and these settings as a document. */
  public CorpusView view(CorpusStatistics statistics) {
    RouteStatistics all = statistics.all();
    List<CorpusView.Group> groups = new ArrayList<>();
    groups.add(CorpusView.Group.of(null, all));
    statistics.groups().forEach((name, s) -> groups.add(CorpusView.Group.of(name, s)));
    return new CorpusView(
        model.view(),
        settings.position().toString(),
        settings.threshold(),
        settings.mode().toString().toLowerCase(Locale.ROOT),
        all.prompts(),
        all.samples(),
        statistics.rejected(),
        groups);
  }
}
