package dev.limpid.tensor.ops.vector;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.Shape;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Activation;
import dev.limpid.tensor.ops.AttentionShape;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.WeightLayout;
import java.lang.foreign.MemorySegment;

/**
 * Calls the kernels that cost most on tiny operands until the compiler has noticed them.
 *
 * <p>Vector code that is not yet compiled runs a hundred times slower, and a first pass over a
 * short prompt would spend most of its time there. This is done on a thread of its own while the
 * model is being loaded. Depths and widths are those of a few vectors: a call in the interpreter
 * costs about a microsecond a vector operation.
 */
final class WarmUp {
  /** Calls after which the loops in them are compiled, with some to spare. */
  private static final int CALLS = 450;

  private static final int BATCH = 32;

  /** No compiled call on these operands takes so many nanoseconds. */
  private static final long COMPILED = 20_000;

  /** Nanoseconds after which a kernel is given up, whatever the compiler does. */
  private static final long PATIENCE = 1_500_000_000;

  /** Rows for high and low tiles. */
  private static final int ROWS = 16 + TileKernel.LOW;

  /** More than one vector, and more than one step of every loop. */
  private static final int WIDTH = Lanes.PANEL;

  private final VectorOps ops = new VectorOps(1);

  private WarmUp() {}

  /**
   * Starts a thread that ends when it is done, and does not keep the program from ending. On one
   * processor it would only be in the way.
   */
  static void start() {
    if (Runtime.getRuntime().availableProcessors() == 1) {
      return;
    }
    Thread thread = new Thread(() -> new WarmUp().run(), "limpid-warm-up");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    // In the order in which a forward pass and its attribution need them.
    Tensor x = Tensor.zeros(ROWS, WIDTH);
    Tensor out = Tensor.zeros(ROWS, WIDTH);
    // F16 stands for all types of weights: what they do not share are small loops.
    PackedMatrix weight = ops.pack(zeros(DType.F16), WeightLayout.OUT_IN);
    untilCompiled(() -> ops.matmul(x, weight, null, out));
    Tensor pattern = Tensor.zeros(1, ROWS, ROWS);
    AttentionShape oneHead = new AttentionShape(1, 1, 1, ROWS);
    repeat(() -> ops.causalPattern(x, x, oneHead, pattern));
    repeat(() -> ops.activate(Activation.SILU, x, out));
    repeat(() -> ops.activate(Activation.GELU_TANH, x, out));
    untilCompiled(() -> ops.matmul(x.rows(0, 1), weight, null, out.rows(0, 1)));
    float[] one = new float[1];
    float[] lanes = new float[DirectSums.KEYS * Lanes.VL];
    untilCompiled(
        () -> DirectSums.byVectors(x.array(), 0, WIDTH, one, 0, out.array(), 0, WIDTH, 1, lanes));
    DirectSums.warm();
  }

  private static Tensor zeros(DType dtype) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[WIDTH * WIDTH * dtype.bytes()]);
    return Tensor.over(bytes, dtype, Shape.of(WIDTH, WIDTH));
  }

  /** Repeats a call that takes hundreds of microseconds until it takes some. */
  private static void untilCompiled(Runnable call) {
    long began = System.nanoTime();
    long now = began;
    long each = Long.MAX_VALUE;
    while (each > COMPILED && now - began < PATIENCE) {
      for (int i = 0; i < BATCH; i++) {
        call.run();
      }
      long then = now;
      now = System.nanoTime();
      each = (now - then) / BATCH;
    }
  }

  private static void repeat(Runnable call) {
    for (int i = 0; i < CALLS; i++) {
      call.run();
    }
  }
}
