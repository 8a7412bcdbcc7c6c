package dev.limpid.model.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One thread that takes damaged inputs in turn, until there are none left or one fails. */
final class FuzzWorker implements Runnable {
  /**
   * What reading may allocate: some of it for any file, as its steps may lengthen texts up to a
   * limit, the rest by the size of the files.
   */
  private static final long ANY_FILE = 160L << 20;

  private static final long PER_BYTE = 400;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** A failure and the input it came from. */
  record Failure(FuzzInput input, Throwable cause) {}

  private final Path folder;
  private final Map<FuzzKind, List<FuzzSeeds.Folder>> seeds;
  private final FuzzReport report;
  private final AtomicLong next;
  private final long end;
  private volatile @Nullable FuzzInput current;
  private volatile long started = System.nanoTime();
  private volatile @Nullable Failure failure;

  FuzzWorker(
      Path folder,
      Map<FuzzKind, List<FuzzSeeds.Folder>> seeds,
      FuzzReport report,
      AtomicLong next,
      long end) {
    this.folder = folder;
    this.seeds = seeds;
    this.report = report;
    this.next = next;
    this.end = end;
  }

  @Override
  public void run() {
    FuzzKind[] kinds = FuzzKind.values();
    for (long seed = next.getAndIncrement(); seed < end; seed = next.getAndIncrement()) {
      FuzzInput input = FuzzInput.of(kinds[Math.floorMod(seed, kinds.length)], seed);
      current = input;
      started = System.nanoTime();
      Throwable thrown = check(input);
      if (thrown != null) {
        failure = smallest(new Failure(input, thrown));
        next.set(end);
      }
    }
    current = null;
  }

  /** Returns what the input does that it must not, or null. */
  private @Nullable Throwable check(FuzzInput input) {
    try {
      long size = input.write(folder, seeds);
      long before = THREADS.getCurrentThreadAllocatedBytes();
      long start = System.nanoTime();
      FuzzOracle.Outcome outcome = FuzzOracle.judge(folder);
      long nanos = System.nanoTime() - start;
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      report.add(input.kind(), outcome, nanos, allocated);
      return allocated <= ANY_FILE + PER_BYTE * size
          ? null
          : new AssertionError(allocated + " bytes of memory for files of " + size);
    } catch (IOException | RuntimeException | Error e) {
      return e;
    }
  }

  /** Leaves out the last damages as long as the input still fails. */
  private Failure smallest(Failure found) {
    for (int fewer = 1; fewer < found.input.mutations(); fewer++) {
      FuzzInput smaller = found.input.withMutations(fewer);
      Throwable thrown = check(smaller);
      if (thrown != null) {
        return new Failure(smaller, thrown);
      }
    }
    return found;
  }

  @Nullable FuzzInput current() {
    return current;
  }

  /** Returns for how long the current input has been looked at. */
  long nanos() {
    return System.nanoTime() - started;
  }

  @Nullable Failure failure() {
    return failure;
  }

  /** Writes an input for later into a folder, which is made. */
  void save(FuzzInput input, Path target) throws IOException {
    Files.createDirectories(target);
    input.write(target, seeds);
  }
}
