package dev.limpid.tensor.ops.vector;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.blocks.BlockFormat;
import dev.limpid.tensor.ops.Activation;
import dev.limpid.tensor.ops.AttentionShape;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.Samples;
import dev.limpid.tensor.ops.Samples.Storage;
import dev.limpid.tensor.ops.WeightLayout;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Once compiled, no kernel makes objects of its vectors.
 *
 * <p>Where the compiler stops inlining in a method that has grown too large, vectors become
 * objects, and the kernel several times slower, while every result stays right: contributions of
 * long prompts once took twice their time for that. Bytes allocated tell it without a clock.
 */
class BoxingTest {
  /**
   * Lists, views and lambdas of a call, and two short arrays for every row of a pattern, which the
   * compiler does not always do without (41 kB). Vectors that are objects take more than 130 kB.
   */
  private static final long FEW_BYTES = 80_000;

  /** What has been compiled stays so: calls in a row that must all be so modest. */
  private static final int IN_A_ROW = 20;

  /** Processes that may be tried for attribution. */
  private static final int PROCESSES = 3;

  /** How long the compiler may take in the background; a kernel that boxes fails after that. */
  private static final long PATIENCE = 20_000_000_000L;

  /** More than one panel and one tile of everything, and remainders. */
  private static final int T = 77;

  private static final int HEADS = 3;
  private static final int D_HEAD = 40;
  private static final int WIDTH = HEADS * D_HEAD;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final VectorOps ops = new VectorOps(1);
  private final Samples samples = new Samples(1);
  private final Tensor x = samples.gaussian(T, WIDTH);
  private final Tensor y = samples.gaussian(T, WIDTH);
  private final Tensor out = Samples.zeros(T, WIDTH);
  private final Tensor values = samples.gaussian(1, T, D_HEAD);
  private final Tensor pattern = samples.pattern(HEADS, T, T);

  @TestFactory
  Stream<DynamicTest> noKernelBoxesVectors() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Storage storage : Storage.values()) {
      Tensor stored = samples.weight(storage, WIDTH, WIDTH);
      PackedMatrix weight = ops.pack(stored, WeightLayout.OUT_IN);
      tests.add(test("matmul " + storage, () -> ops.matmul(x, weight, null, out)));
      Tensor row = x.rows(0, 1);
      Tensor rowOut = out.rows(0, 1);
      tests.add(test("matmul of one row " + storage, () -> ops.matmul(row, weight, null, rowOut)));
      tests.add(test("matmulTransposed " + storage, () -> ops.matmulTransposed(x, weight, out)));
      tests.add(
          test(
              "matmulTransposed of one row " + storage,
              () -> ops.matmulTransposed(row, weight, rowOut)));
    }
    // One of each way in which codes are widened.
    Tensor wide = samples.gaussian(T, 256);
    for (BlockFormat format :
        List.of(
            BlockFormat.Q2_K,
            BlockFormat.Q4_K,
            BlockFormat.Q5_K,
            BlockFormat.Q6_K,
            BlockFormat.Q8_0,
            BlockFormat.IQ4_XS)) {
      PackedMatrix weight = ops.pack(samples.blocks(format, WIDTH, 256), WeightLayout.OUT_IN);
      tests.add(test("matmul " + format, () -> ops.matmul(wide, weight, null, out)));
      Tensor row = wide.rows(0, 1);
      Tensor rowOut = out.rows(0, 1);
      tests.add(test("matmul of one row " + format, () -> ops.matmul(row, weight, null, rowOut)));
    }
    Tensor probabilities = Samples.zeros(HEADS, T, T);
    Tensor keys = samples.gaussian(T, D_HEAD);
    AttentionShape shape = new AttentionShape(HEADS, 1, 0.1f, T);
    tests.add(test("causalPattern", () -> ops.causalPattern(x, keys, shape, probabilities)));
    tests.add(test("attend", () -> ops.attend(pattern, values, out)));
    Tensor cachedKeys = samples.gaussian(1, T, D_HEAD);
    for (int n : new int[] {1, T}) {
      Tensor queries = x.rows(0, n);
      Tensor mixed = out.rows(0, n);
      tests.add(
          test(
              "attendCached, " + n + " queries",
              () -> ops.attendCached(queries, cachedKeys, values, T, shape, mixed)));
    }
    Tensor gain = samples.gaussian(WIDTH);
    tests.add(test("layerNorm", () -> ops.layerNorm(x, gain, gain, 1e-5f, out)));
    tests.add(test("rmsNorm", () -> ops.rmsNorm(x, gain, 1e-5f, out)));
    tests.add(
        test("layerNormBackward", () -> ops.layerNormBackward(x, gain, 1e-5f, false, y, out)));
    tests.add(test("rmsNormBackward", () -> ops.rmsNormBackward(x, gain, 1e-5f, false, y, out)));
    tests.add(test("add", () -> ops.add(x, y, out)));
    tests.add(test("subtract", () -> ops.subtract(x, y, out)));
    tests.add(test("multiply", () -> ops.multiply(x, y, out)));
    Tensor each = Samples.zeros(T);
    tests.add(test("proximity", () -> ops.proximity(x, y, each)));
    Arrays.stream(Activation.values())
        .map(f -> test("activate " + f, () -> ops.activate(f, x, out)))
        .forEach(tests::add);
    return tests.stream();
  }

  /**
   * What the compiler inlines differs a little from run to run, and in one of twenty it is too
   * little for one type of weights, now and then for all: so one of four has to do, in one of three
   * fresh processes.
   */
  @Test
  void attributionDoesNotBoxVectors() throws IOException, InterruptedException {
    long fewest = new BoxingTest().attribution();
    for (int run = 1; fewest >= FEW_BYTES && run < PROCESSES; run++) {
      fewest = Math.min(fewest, Attribution.inAProcess());
    }
    assertThat(fewest).isLessThan(FEW_BYTES);
  }

  /** Returns the bytes that attribution allocates with the type of weights it needs fewest for. */
  private long attribution() {
    Tensor proximities = Samples.zeros(HEADS, T * (T + 1) / 2);
    long fewest = Long.MAX_VALUE;
    for (Storage storage : Storage.values()) {
      Tensor stored = samples.weight(storage, WIDTH, WIDTH);
      PackedMatrix weight = ops.packBothWays(stored, WeightLayout.OUT_IN);
      Runnable call = () -> ops.attentionProximity(pattern, values, weight, y, proximities);
      if (fewest >= FEW_BYTES) {
        fewest = Math.min(fewest, settled(call));
      }
    }
    return fewest;
  }

  /** The same in a process of its own, where the compiler begins anew. */
  static final class Attribution {
    private Attribution() {}

    /** Prints the bytes. */
    public static void main(String[] arguments) {
      System.out.println(new BoxingTest().attribution());
    }

    static long inAProcess() throws IOException, InterruptedException {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--add-modules=jdk.incubator.vector",
                  "-Xmx512m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Attribution.class.getName())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String bytes = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(bytes).isZero();
      return Long.parseLong(bytes.strip());
    }
  }

  private static DynamicTest test(String name, Runnable call) {
    return DynamicTest.dynamicTest(name, () -> assertThat(settled(call)).isLessThan(FEW_BYTES));
  }

  /** Returns the most bytes that one of the last calls allocated. */
  private static long settled(Runnable call) {
    long[] last = new long[IN_A_ROW];
    long most = Long.MAX_VALUE;
    long began = System.nanoTime();
    for (int i = 0; most >= FEW_BYTES && System.nanoTime() - began < PATIENCE; i++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      call.run();
      last[i % IN_A_ROW] = THREADS.getCurrentThreadAllocatedBytes() - before;
      most = i < IN_A_ROW ? Long.MAX_VALUE : Arrays.stream(last).max().orElseThrow();
    }
    return most;
  }
}
