package dev.limpid.model.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real files with damages: each opens and works, or is refused by one line; never a crash, a hang
 * or memory out of proportion.
 *
 * <p>The system properties {@code limpid.fuzz.inputs} and {@code limpid.fuzz.seed} say how many
 * inputs there are and where their numbers begin; input n is the same in every run. One that fails
 * is left in {@code target/fuzz-failures}.
 */
class MutatedFilesTest {
  private static final long INPUTS = Long.getLong("limpid.fuzz.inputs", 5_000);
  private static final long FIRST_SEED = Long.getLong("limpid.fuzz.seed", 1);
  private static final long HANG_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Map<FuzzKind, List<FuzzSeeds.Folder>> seeds = new EnumMap<>(FuzzKind.class);
  private final FuzzReport report = new FuzzReport();

  @TempDir Path temporary;

  @BeforeEach
  void readSeeds() {
    for (FuzzKind kind : FuzzKind.values()) {
      seeds.put(kind, kind.folders());
    }
  }

  @Test
  void everySeedWorksAsLongAsItIsNotDamaged() throws IOException {
    for (FuzzKind kind : FuzzKind.values()) {
      for (int i = 0; i < 40; i++) {
        new FuzzInput(kind, i, 0).write(temporary, seeds);
        assertThat(FuzzOracle.judge(temporary))
            .as("%s %d", kind, i)
            .isEqualTo(FuzzOracle.Outcome.WORKS);
      }
    }
  }

  @Test
  void everyDamagedInputWorksOrIsRefusedInOneLine() throws Exception {
    List<FuzzWorker> workers = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    AtomicLong next = new AtomicLong(FIRST_SEED);
    try (RamFolders folders = new RamFolders(temporary)) {
      for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
        FuzzWorker worker =
            new FuzzWorker(folders.create("fuzz-" + i), seeds, report, next, FIRST_SEED + INPUTS);
        workers.add(worker);
        threads.add(Thread.ofPlatform().daemon().start(worker));
      }
      for (int i = 0; i < workers.size(); i++) {
        while (!threads.get(i).join(java.time.Duration.ofMillis(500))) {
          requireNoHang(workers.get(i), threads.get(i));
        }
      }
    }
    Files.writeString(TestData.root().resolve("transformer-models/target/fuzz.md"), "" + report);
    System.out.println("Damaged files from seed " + FIRST_SEED + ":\n" + report);
    for (FuzzWorker worker : workers) {
      FuzzWorker.Failure failure = worker.failure();
      if (failure != null) {
        fail(failure.input() + " in " + save(worker, failure.input()), failure.cause());
      }
    }
  }

  private void requireNoHang(FuzzWorker worker, Thread thread) throws IOException {
    FuzzInput input = worker.current();
    if (input != null && worker.nanos() > HANG_NANOS) {
      AssertionError where = new AssertionError("here");
      where.setStackTrace(thread.getStackTrace());
      fail(input + " hangs, in " + save(worker, input), where);
    }
  }

  private static Path save(FuzzWorker worker, FuzzInput input) throws IOException {
    Path failures = TestData.root().resolve("transformer-models/target/fuzz-failures");
    Path folder = failures.resolve(input.kind() + "-" + input.seed() + "-" + input.mutations());
    worker.save(input, folder);
    return folder;
  }
}
