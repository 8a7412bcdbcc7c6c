package dev.limpid.tensor.ops.vector;

import java.lang.ref.SoftReference;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs the items of a job on the calling thread and n - 1 daemon workers.
 *
 * <p>Operations last from microseconds to milliseconds and follow each other closely, while waking
 * a parked thread takes 50 to 90 microseconds. So workers spin for a while before they park, and
 * end after a longer while: an abandoned pool holds no threads. Whoever is there pulls items from a
 * counter; the caller waits for items, not for workers, so that a worker that wakes up late costs
 * nothing. A job must write the same bits whoever runs which item.
 *
 * <p>One job runs at a time. A caller that finds the pool busy runs its job alone.
 */
final class WorkerPool {
  /** One item of a job. */
  interface Work {
    void run(int item, Scratch scratch);
  }

  private static final long SPIN_NANOS = 1_000_000;
  private static final long IDLE_NANOS = 10_000_000_000L;
  private static final int SPINS_BETWEEN_CLOCKS = 256;

  private final int threads;
  private final boolean spins;
  private final Worker[] workers;
  private final AtomicBoolean busy = new AtomicBoolean();
  private final ThreadLocal<SoftReference<Scratch>> scratch =
      ThreadLocal.withInitial(() -> new SoftReference<>(new Scratch()));
  private volatile @Nullable Job current;

  WorkerPool(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("a pool of " + threads + " threads");
    }
    this.threads = threads;
    // On one processor a spinning thread keeps the very thread it waits for from running.
    spins = Runtime.getRuntime().availableProcessors() > 1;
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker();
    }
  }

  /** Returns the number of threads that share the items of a job. */
  int threads() {
    return threads;
  }

  /**
   * Returns the buffers of the calling thread. They last from one operation to the next, but many
   * threads may have called, some of them long ago: what is idle goes when memory runs short.
   */
  Scratch scratch() {
    Scratch mine = scratch.get().get();
    if (mine == null) {
      mine = new Scratch();
      scratch.set(new SoftReference<>(mine));
    }
    return mine;
  }

  /**
   * Runs items 0 (inclusive) to {@code items} (exclusive) of a job, and returns when all have run.
   * What one of them throws is thrown here; the items not yet begun are then left out.
   */
  void run(int items, Work work) {
    if (items <= 1 || workers.length == 0 || !busy.compareAndSet(false, true)) {
      Scratch mine = scratch();
      for (int item = 0; item < items; item++) {
        work.run(item, mine);
      }
      return;
    }
    Job job = new Job(work, items);
    try {
      current = job;
      for (int i = 0; i < Math.min(workers.length, items - 1); i++) {
        workers[i].wake();
      }
      job.pull(scratch());
      await(job);
    } finally {
      current = null;
      busy.set(false);
    }
    job.rethrow();
  }

  /** Waits for the last items; a hint to the scheduler is all that yielding is meant to be. */
  @SuppressWarnings("ThreadPriorityCheck")
  private void await(Job job) {
    for (int spin = 0; !job.isDone(); spin++) {
      if (spins && spin < SPINS_BETWEEN_CLOCKS) {
        Thread.onSpinWait();
      } else {
        Thread.yield(); // the worker may be waiting for this very processor
      }
    }
  }

  /** A job under way. */
  private static final class Job {
    private final Work work;
    private final int items;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Job(Work work, int items) {
      this.work = work;
      this.items = items;
    }

    /** Runs items until there are none left. */
    void pull(Scratch scratch) {
      for (int item = next.getAndIncrement(); item < items; item = next.getAndIncrement()) {
        if (failure.get() == null) {
          runOne(item, scratch);
        }
        done.incrementAndGet();
      }
    }

    private void runOne(int item, Scratch scratch) {
      try {
        work.run(item, scratch);
      } catch (RuntimeException | Error e) {
        failure.compareAndSet(null, e);
      }
    }

    boolean isDone() {
      return done.get() == items;
    }

    void rethrow() {
      Throwable thrown = failure.get();
      if (thrown instanceof RuntimeException e) {
        throw e;
      } else if (thrown instanceof Error e) {
        throw e;
      }
    }
  }

  /** One thread that helps, started when it is first needed and again after it has ended. */
  private final class Worker implements Runnable {
    private volatile @Nullable Thread thread;
    private volatile boolean parked;

    /** Makes sure that this worker sees the current job; called by one caller at a time. */
    void wake() {
      Thread running = thread;
      if (running == null) {
        Thread started = new Thread(this, "limpid-worker");
        started.setDaemon(true);
        thread = started;
        started.start();
      } else if (parked) {
        LockSupport.unpark(running);
      }
    }

    @Override
    public void run() {
      Job seen = null;
      for (Job job = awaitOther(seen); job != null; job = awaitOther(seen)) {
        job.pull(scratch());
        seen = job;
      }
      thread = null;
    }

    /** Returns the next job, or null if none came for a long while. */
    @SuppressWarnings("ThreadPriorityCheck") // a hint is all that yielding is meant to be
    private @Nullable Job awaitOther(@Nullable Job seen) {
      long start = System.nanoTime();
      for (int spin = 1; ; spin++) {
        Job job = current;
        if (job != null && job != seen) {
          return job;
        }
        Thread.onSpinWait();
        if (!spins || spin % SPINS_BETWEEN_CLOCKS == 0) {
          long idle = System.nanoTime() - start;
          if (idle > IDLE_NANOS) {
            return null;
          }
          if (!spins || idle > SPIN_NANOS) {
            park(seen);
          } else {
            Thread.yield(); // others may have work: the compiler, when a program has just begun
          }
        }
      }
    }

    private void park(@Nullable Job seen) {
      parked = true;
      Job job = current; // looked at after parked is set: a caller sees one or we see the other
      if (job == null || job == seen) {
        LockSupport.parkNanos(WorkerPool.this, IDLE_NANOS);
      }
      parked = false;
    }
  }
}
