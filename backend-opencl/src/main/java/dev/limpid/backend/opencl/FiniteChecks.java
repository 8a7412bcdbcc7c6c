package dev.limpid.backend.opencl;

import dev.limpid.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Looks for numbers that are none, whose answers wait on the device until a thread reads something
 * or closes its outermost scope: a pass that asks after every layer need not wait for any.
 */
final class FiniteChecks {
  /** Answers that wait, at most: two of each layer. */
  private static final int MOST = 2048;

  private final Session session;

  /** At most one of each thread. */
  private final ThreadLocal<Deque<Pending>> pending = ThreadLocal.withInitial(ArrayDeque::new);

  /**
   * What waits, and what to throw where a flag is set.
   *
   * @param home where flags are brought to; it lives as long as a driver may write there
   */
  record Pending(
      OpenClMemory flags, List<Supplier<? extends RuntimeException>> problems, MemorySegment home) {

    /** Throws what the first look that found something says; all that was enqueued is done. */
    void settle() {
      settle(home.asSlice(0, problems.size() * 4L).toArray(ValueLayout.JAVA_FLOAT));
    }

    private void settle(float[] set) {
      flags.close();
      for (int i = 0; i < set.length; i++) {
        if (set[i] != 0) {
          throw problems.get(i).get();
        }
      }
    }
  }

  FiniteChecks(Session session) {
    this.session = session;
  }

  /** Returns whether all elements are finite, at once. */
  boolean allFinite(Tensor x) {
    try (OpenClMemory flag = session.scratchOfZeros(1)) {
      look(x, flag, 0);
      float[] set = new float[1];
      flag.read(0, set, 0, 1);
      return set[0] == 0;
    }
  }

  /** Looks at x, and keeps the answer for {@link #settle}. */
  void add(Tensor x, Supplier<? extends RuntimeException> otherwise) {
    Deque<Pending> mine = pending.get();
    if (!mine.isEmpty() && mine.element().problems().size() == MOST) {
      settle();
    }
    if (mine.isEmpty()) {
      mine.add(
          new Pending(
              session.scratchOfZeros(MOST),
              new ArrayList<>(),
              Arena.ofAuto().allocate(MOST * 4L, 4)));
    }
    Pending waiting = mine.element();
    look(x, waiting.flags(), waiting.problems().size());
    waiting.problems().add(otherwise);
  }

  private void look(Tensor x, OpenClMemory flags, int at) {
    session.memory(x).requireOpen();
    session.waiting().add(new Look(session, List.of(new Look.At(x, flags, at))));
  }

  /** Throws what the first look that found something says; forgets all of this thread. */
  void settle() {
    Pending mine = pending.get().poll();
    if (mine != null) {
      float[] set = new float[mine.problems().size()];
      mine.flags().read(0, set, 0, set.length);
      mine.settle(set);
    }
  }

  /**
   * Begins to bring the answers of this thread home, in front of something else that is waited for:
   * {@link Pending#settle} comes behind that. Forgets them.
   */
  Optional<Pending> begin() {
    Optional<Pending> mine = Optional.ofNullable(pending.get().poll());
    mine.ifPresent(p -> session.readLater(p.flags, p.home.asSlice(0, p.problems.size() * 4L)));
    return mine;
  }
}
