package dev.limpid.explorer.serve;

import dev.limpid.LanguageModel;
import dev.limpid.ModelSource;
import dev.limpid.Progress;
import dev.limpid.model.load.LayerStorage;
import dev.limpid.models.ModelCard;
import dev.limpid.models.ModelLocation;
import dev.limpid.models.ModelLocator;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.spi.BackendProvider;
import dev.limpid.tensor.spi.Backends;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The models that can be asked, by the names they are listed with, and those that are open: a few,
 * those that were asked last.
 */
public final class Models {
  /** A fourth closes the one that was not asked for longest. */
  static final int MOST_OPEN = 3;

  private final Map<String, Listed> listed;
  private final String first;
  private final String preferred;
  private @Nullable List<String> backends;
  private final Map<String, LanguageModel> open =
      Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true));
  private final Map<String, TensorOps> engines = new HashMap<>();

  /**
   * A model that can be asked.
   *
   * @param source its files
   * @param examples prompts its card gives
   */
  public record Listed(ModelSource source, List<String> examples) {
    /** Returns the name it is listed by. */
    public String name() {
      return source.name();
    }
  }

  private Models(Map<String, Listed> listed, String first, String preferred) {
    this.listed = listed;
    this.first = first;
    this.preferred = preferred;
  }

  /**
   * Lists all models that can be run.
   *
   * @param begin the model to begin with, which is then listed too
   * @param backend the backend to begin with; empty for the fastest
   * @param warnings hears of models that are found and cannot be run
   * @throws IOException if the model to begin with has no readable card
   */
  public static Models find(
      ModelLocator locator, ModelSource begin, Optional<String> backend, Consumer<String> warnings)
      throws IOException {
    Map<String, Listed> listed = new LinkedHashMap<>();
    for (ModelLocation location : locator.all()) {
      try {
        put(listed, ModelSource.of(locator.listed(location.name()), locator.hashes()));
      } catch (IOException e) {
        warnings.accept("not listed: " + e.getMessage());
      }
    }
    put(listed, begin);
    return new Models(listed, begin.name(), begin(backend));
  }

  private static void put(Map<String, Listed> listed, ModelSource source) throws IOException {
    List<String> examples = ModelCard.read(source.location().folder()).examples();
    listed.put(source.name(), new Listed(source, examples));
  }

  /** Opens the backend to begin with, which says what is wrong with it; returns its name. */
  private static String begin(Optional<String> preferred) {
    String begin =
        preferred.orElseGet(() ->
            Backends.all().stream()
                    .filter(provider -> provider.name().equals("vector"))
                    .allMatch(provider -> provider.unavailableBecause().isPresent())
                ? "reference"
                : "vector");
    Backends.open(begin);
    return begin;
  }

  /** Returns all models. */
  public List<Listed> all() {
    return List.copyOf(listed.values());
  }

  /** Returns the name of the model to begin with. */
  public String first() {
    return first;
  }

  /**
   * Returns the names of the backends that run here, the preferred one first. They are looked for
   * when they are first asked for: drivers of devices take their time.
   */
  public synchronized List<String> backends() {
    List<String> known = backends;
    if (known == null) {
      Stream<String> others =
          Backends.all().stream()
              .filter(provider -> !provider.name().equals(preferred))
              .filter(provider -> provider.unavailableBecause().isEmpty())
              .map(BackendProvider::name);
      known = Stream.concat(Stream.of(preferred), others).toList();
      backends = known;
    }
    return known;
  }

  /**
   * Returns the model of that name.
   *
   * @throws Refusal if none is listed
   */
  public Listed require(String name) {
    @Nullable Listed known = listed.get(name);
    if (known == null) {
      throw new Refusal(
          Refusal.Code.UNKNOWN_MODEL,
          "model %s: not one of those that /api/status lists.".formatted(Query.brief(name)));
    }
    return known;
  }

  /** Returns a model that is open. */
  public Optional<LanguageModel> opened(String name, String backend) {
    return Optional.ofNullable(open.get(key(name, backend)));
  }

  /** Returns whether a model is open with any backend. */
  public boolean isOpen(String name) {
    return backends().stream().anyMatch(backend -> isOpen(name, backend));
  }

  /** Unlike asking for it, this does not make it one that was asked last. */
  private boolean isOpen(String name, String backend) {
    return open.containsKey(key(name, backend));
  }

  /** Returns whether it is one of those that are open. */
  boolean holds(LanguageModel model) {
    synchronized (open) {
      return open.containsValue(model);
    }
  }

  /**
   * Opens a model, or returns it if it is open.
   *
   * @param progress hears of the layers read
   */
  synchronized LanguageModel open(Listed model, String backend, Progress progress)
      throws IOException {
    @Nullable LanguageModel known = open.get(key(model.name(), backend));
    if (known != null) {
      return known;
    }
    TensorOps ops = engines.computeIfAbsent(backend, Backends::open);
    Loading loading = new Loading(progress);
    LanguageModel opened = model.source().open(ops, LayerStorage.AUTOMATIC, loading);
    opened.facts(); // reads the files' SHA-256, which is in every document
    loading.listener = Progress.NONE;
    synchronized (open) {
      open.put(key(model.name(), backend), opened);
      if (open.size() > MOST_OPEN) {
        open.remove(open.keySet().iterator().next());
      }
    }
    return opened;
  }

  private static String key(String name, String backend) {
    return backend + ":" + name;
  }

  /** Tells of layers; a model remembers whom it told, and is not to remember a request. */
  private static final class Loading implements Progress {
    private Progress listener;

    Loading(Progress listener) {
      this.listener = listener;
    }

    @Override
    public void done(Phase phase, int done, int all) {
      if (phase == Phase.LOAD) {
        listener.done(phase, done, all);
      }
    }
  }
}
