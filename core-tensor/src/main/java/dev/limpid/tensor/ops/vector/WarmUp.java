package dev.limpid.tensor.ops.vector;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.Shape;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Activation;
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

  /** Rows for one high and one low tile. */
  private static final int ROWS = TileKernel.HIGH + TileKernel.LOW;

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
    repeat(() -> ops.matmul(x, weight, null, out));
    Tensor pattern = Tensor.zeros(1, ROWS, ROWS);
    repeat(() -> ops.causalPattern(x, x, 1, 1, 1, pattern));
    repeat(() -> ops.activate(Activation.SILU, x, out));
    repeat(() -> ops.activate(Activation.GELU_TANH, x, out));
    Tensor values = x.reshape(1, ROWS, WIDTH);
    Tensor proximities = Tensor.zeros(ROWS * (ROWS + 1) / 2, 1);
    repeat(() -> ops.attentionProximity(pattern, values, weight, weight, x, proximities));
    repeat(() -> ops.matmul(x.rows(0, 1), weight, null, out.rows(0, 1)));
  }

  private static Tensor zeros(DType dtype) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[WIDTH * WIDTH * dtype.bytes()]);
    return Tensor.over(bytes, dtype, Shape.of(WIDTH, WIDTH));
  }

  private static void repeat(Runnable call) {
    for (int i = 0; i < CALLS; i++) {
      call.run();
    }
  }
}
