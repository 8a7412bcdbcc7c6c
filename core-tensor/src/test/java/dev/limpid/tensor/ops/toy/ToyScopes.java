package dev.limpid.tensor.ops.toy;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;

/** The open scopes of every thread. */
final class ToyScopes {
  private final ThreadLocal<Deque<Open>> open = ThreadLocal.withInitial(ArrayDeque::new);

  /** Takes note of memory that was just made. */
  void own(ToyMemory memory) {
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
    private final Set<ToyMemory> owned = Collections.newSetFromMap(new IdentityHashMap<>());

    @Override
    public Tensor keep(Tensor x) {
      x.memory().map(ToyMemory.class::cast).filter(owned::remove).ifPresent(this::handOn);
      return x;
    }

    private void handOn(ToyMemory memory) {
      open.get().stream()
          .dropWhile(scope -> scope != this)
          .skip(1)
          .findFirst()
          .ifPresent(around -> around.owned.add(memory));
    }

    @Override
    public void close() {
      if (open.get().peek() != this) {
        throw new IllegalStateException("scopes close from the inside out, on their own thread");
      }
      open.get().pop();
      owned.forEach(ToyMemory::close);
    }
  }
}
