package dev.limpid.tensor.spi;

import dev.limpid.tensor.DeviceMemory;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * The open scopes of every thread, and the memory that each is to close: what a backend with a
 * memory of its own answers {@link dev.limpid.tensor.ops.TensorOps#scope} from.
 */
public final class Scopes {
  private final ThreadLocal<Deque<Open>> open = ThreadLocal.withInitial(ArrayDeque::new);

  private final Runnable before;
  private final Runnable atLast;

  /** Creates them. */
  public Scopes() {
    this(() -> {}, () -> {});
  }

  /**
   * Creates them for a backend that puts work off.
   *
   * @param before what is to be done before the memory of a scope ends
   * @param atLast what is to be done where the outermost scope of a thread has closed
   */
  public Scopes(Runnable before, Runnable atLast) {
    this.before = before;
    this.atLast = atLast;
  }

  /** Returns whether this thread has an open one. */
  public boolean isOpen() {
    return !open.get().isEmpty();
  }

  /**
   * Takes note of memory that was just made: it belongs to the innermost scope, if there is one.
   */
  public void own(DeviceMemory memory) {
    Open innermost = open.get().peek();
    if (innermost != null) {
      innermost.owned.add(memory);
    }
  }

  /** Opens one on this thread. */
  public Scope open() {
    Open scope = new Open();
    open.get().push(scope);
    return scope;
  }

  private final class Open implements Scope {
    private final Set<DeviceMemory> owned = Collections.newSetFromMap(new IdentityHashMap<>());

    @Override
    public Tensor keep(Tensor x) {
      x.memory().filter(owned::remove).ifPresent(this::handOn);
      return x;
    }

    private void handOn(DeviceMemory memory) {
      open.get().stream()
          .dropWhile(scope -> scope != this)
          .skip(1)
          .findFirst()
          .ifPresent(around -> around.owned.add(memory));
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
        before.run();
      } finally {
        owned.forEach(DeviceMemory::close);
      }
      if (mine.isEmpty()) {
        atLast.run();
      }
    }
  }
}
