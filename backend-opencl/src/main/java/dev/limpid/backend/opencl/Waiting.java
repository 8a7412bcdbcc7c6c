package dev.limpid.backend.opencl;

import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The operation that waits for the next one, to be done in one launch where that can be. At most
 * one of a device does: what was asked for first is enqueued first, whoever asked for it.
 *
 * <p>Whoever touches memory calls {@link #launch} before. What fails is thrown to the thread that
 * asked for it, at the latest when it next asks for something.
 */
final class Waiting {
  private final Map<Thread, RuntimeException> failed = new WeakHashMap<>();
  private @Nullable Step step;
  private @Nullable Thread asker;

  /** Adds an operation: to the one that waits, or in its place. */
  synchronized void add(Step next) {
    Optional<Step> both = Optional.empty();
    if (step != null && Thread.currentThread().equals(asker)) {
      both = step.with(next);
    }
    if (both.isEmpty()) {
      launch();
    }
    step = both.orElse(next);
    asker = Thread.currentThread();
  }

  /** Enqueues what waits, if anything does. */
  synchronized void launch() {
    Step first = step;
    Thread its = asker;
    step = null;
    asker = null;
    if (first != null && its != null) {
      try {
        first.launch();
      } catch (RuntimeException e) {
        failed.putIfAbsent(its, e);
      }
    }
    RuntimeException mine = failed.remove(Thread.currentThread());
    if (mine != null) {
      throw mine;
    }
  }
}
