package dev.limpid.backend.opencl;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * The open scopes of every thread, and what each is to close.
 *
 * <p>Where the outermost one of a thread closes, what was put off is done.
 */
final class Scopes {
  private final ThreadLocal<Deque<Open>> open = ThreadLocal.withInitial(ArrayDeque::new);

  private final Runnable launching;
  private final Runnable settling;

  /**
   * Creates them.
   *
   * @param launching enqueues what waits, before memory ends that it may need
   * @param settling does what was put off
   */
  Scopes(Runnable launching, Runnable settling) {
    this.launching = launching;
    this.settling = settling;
  }

  /** Returns whether this thread has an open one. */
  boolean isOpen() {
    return !open.get().isEmpty();
  }

  /** Takes note of memory that was just made. */
  void own(OpenClMemory memory) {
    Open innermost = open.get().peek();
    if (innermost != null) {
      innermost.owned.add(memory);
    }
  }

  Scope open() {
    Open scope = new Open();
    open.get().push(scope);
    return scope;
  }

  private final class Open implements Scope {
    private final Set<OpenClMemory> owned = Collections.newSetFromMap(new IdentityHashMap<>());

    @Override
    public Tensor keep(Tensor x) {
      if (x.memory().orElse(null) instanceof OpenClMemory memory && owned.remove(memory)) {
        open.get().stream()
            .dropWhile(scope -> scope != this)
            .skip(1)
            .findFirst()
            .ifPresent(around -> around.owned.add(memory));
      }
      return x;
    }

    @Override
    public void close() {
      Deque<Open> mine = open.get();
      if (mine.peek() != this) {
        throw new IllegalStateException("scopes close from the inside out, on their own thread");
      }
      mine.pop();
      if (mine.isEmpty()) {
        open.remove();
      }
      try {
        launching.run();
      } finally {
        owned.forEach(OpenClMemory::close);
      }
      if (mine.isEmpty()) {
        settling.run();
      }
    }
  }
}
