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
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

  private static final String ATTRIBUTION = "attentionProximity";

  /** Processes that may be tried, this one included. */
  private static final int PROCESSES = 3;

  /** How long the compiler may take in the background; a kernel that boxes fails after that. */
  private static final long PATIENCE = 20_000_000_000L;

  /** Or once the compiler has been idle for so long: it will not change its mind. */
  private static final long IDLE = 5_000_000_000L;

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

  /** What the compiler inlines differs a little from run to run: now and then it is too little. */
  @TestFactory
  Stream<DynamicTest> noKernelBoxesVectors() {
    return kernels().entrySet().stream()
        .map(kernel ->
            DynamicTest.dynamicTest(
                kernel.getKey(), () -> modest(kernel.getKey(), settled(kernel.getValue()))));
  }

  /**
   * Here, in one of twenty runs it is too little for one type of weights, now and then for all: so
   * one of four has to do.
   */
  @Test
  void attributionDoesNotBoxVectors() throws IOException, InterruptedException {
    modest(ATTRIBUTION, attribution());
  }

  /** Checks what a kernel needs, here or in one of two fresh processes. */
  private static void modest(String kernel, long here) throws IOException, InterruptedException {
    long fewest = here;
    for (int run = 1; fewest >= FEW_BYTES && run < PROCESSES; run++) {
      fewest = Math.min(fewest, Alone.inAProcess(kernel));
    }
    assertThat(fewest).isLessThan(FEW_BYTES);
  }

  private Map<String, Runnable> kernels() {
    Map<String, Runnable> kernels = new LinkedHashMap<>();
    for (Storage storage : Storage.values()) {
      Tensor stored = samples.weight(storage, WIDTH, WIDTH);
      PackedMatrix weight = ops.pack(stored, WeightLayout.OUT_IN);
      kernels.put("matmul " + storage, () -> ops.matmul(x, weight, null, out));
      Tensor row = x.rows(0, 1);
      Tensor rowOut = out.rows(0, 1);
      kernels.put("matmul of one row " + storage, () -> ops.matmul(row, weight, null, rowOut));
      kernels.put("matmulTransposed " + storage, () -> ops.matmulTransposed(x, weight, out));
      PackedMatrix even = ops.pack(samples.weight(storage, 128, 64), WeightLayout.OUT_IN);
      Tensor rows = samples.gaussian(96, 128);
      Tensor rowsOut = Samples.zeros(96, 64);
      kernels.put(
          "matmulTransposed of whole panels " + storage,
          () -> ops.matmulTransposed(rows, even, rowsOut));
      kernels.put(
          "matmulTransposed of one row " + storage,
          () -> ops.matmulTransposed(row, weight, rowOut));
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
      kernels.put("matmul " + format, () -> ops.matmul(wide, weight, null, out));
      Tensor row = wide.rows(0, 1);
      Tensor rowOut = out.rows(0, 1);
      kernels.put("matmul of one row " + format, () -> ops.matmul(row, weight, null, rowOut));
    }
    Tensor probabilities = Samples.zeros(HEADS, T, T);
    Tensor keys = samples.gaussian(T, D_HEAD);
    AttentionShape shape = new AttentionShape(HEADS, 1, 0.1f, T);
    kernels.put("causalPattern", () -> ops.causalPattern(x, keys, shape, probabilities));
    kernels.put("attend", () -> ops.attend(pattern, values, out));
    Tensor cachedKeys = samples.gaussian(1, T, D_HEAD);
    for (int n : new int[] {1, T}) {
      Tensor queries = x.rows(0, n);
      Tensor mixed = out.rows(0, n);
      kernels.put(
          "attendCached, " + n + " queries",
          () -> ops.attendCached(queries, cachedKeys, values, T, shape, mixed));
    }
    Tensor gain = samples.gaussian(WIDTH);
    kernels.put("layerNorm", () -> ops.layerNorm(x, gain, gain, 1e-5f, out));
    kernels.put("rmsNorm", () -> ops.rmsNorm(x, gain, 1e-5f, out));
    kernels.put("layerNormBackward", () -> ops.layerNormBackward(x, gain, 1e-5f, false, y, out));
    kernels.put("rmsNormBackward", () -> ops.rmsNormBackward(x, gain, 1e-5f, false, y, out));
    kernels.put("add", () -> ops.add(x, y, out));
    kernels.put("subtract", () -> ops.subtract(x, y, out));
    kernels.put("multiply", () -> ops.multiply(x, y, out));
    Tensor each = Samples.zeros(T);
    kernels.put("proximity", () -> ops.proximity(x, y, each));
    for (Activation f : Activation.values()) {
      kernels.put("activate " + f, () -> ops.activate(f, x, out));
    }
    return kernels;
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
  static final class Alone {
    private Alone() {}

    /** Prints the bytes that a kernel needs. */
    public static void main(String[] arguments) {
      BoxingTest test = new BoxingTest();
      String kernel = arguments[0];
      System.out.println(
          kernel.equals(ATTRIBUTION)
              ? test.attribution()
              : settled(Objects.requireNonNull(test.kernels().get(kernel))));
    }

    static long inAProcess(String kernel) throws IOException, InterruptedException {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
          .filter(flag -> flag.startsWith("-XX:MaxVectorSize"))
          .forEach(command::add);
      command.addAll(
          List.of(
              "--add-modules=jdk.incubator.vector",
              "-Xmx512m",
              "-cp",
              System.getProperty("java.class.path"),
              Alone.class.getName(),
              kernel));
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      String bytes = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(bytes).isZero();
      return Long.parseLong(bytes.strip());
    }
  }

  /** Returns the most bytes that one of the last calls allocated. */
  private static long settled(Runnable call) {
    long[] last = new long[IN_A_ROW];
    long most = Long.MAX_VALUE;
    Compiler compiler = new Compiler();
    for (int i = 0; most >= FEW_BYTES && compiler.isAtWork(); i++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      call.run();
      last[i % IN_A_ROW] = THREADS.getCurrentThreadAllocatedBytes() - before;
      most = i < IN_A_ROW ? Long.MAX_VALUE : Arrays.stream(last).max().orElseThrow();
    }
    return most;
  }

  /** Tells when there is nothing left to wait for. */
  private static final class Compiler {
    private final CompilationMXBean bean = ManagementFactory.getCompilationMXBean();
    private final long began = System.nanoTime();
    private long changed = began;
    private long spent = bean.getTotalCompilationTime();

    boolean isAtWork() {
      long now = System.nanoTime();
      long total = bean.getTotalCompilationTime();
      if (total != spent) {
        spent = total;
        changed = now;
      }
      return now - changed < IDLE && now - began < PATIENCE;
    }
  }
}
