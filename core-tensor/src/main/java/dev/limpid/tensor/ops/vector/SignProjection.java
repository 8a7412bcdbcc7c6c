package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.INTS;
import static dev.limpid.tensor.ops.vector.Lanes.PANEL;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.vector.Scratch.Use;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * The signs of every row of y, 1 or -1, times a matrix: sums[t, j] = sum_i sign(y[t, i]) W[j, i].
 *
 * <p>Cheaper than a product with any numbers. Four neighbouring signs have 16 patterns, so the sums
 * of four weights under all of them are the lanes of one vector, a table, and one permutation of it
 * by the patterns of as many rows looks up their sums: a permutation and an addition take the place
 * of four multiplications. (With shorter vectors, the signs are three or two.) This is the method
 * of the four Russians: Arlazarov, Dinic, Kronrod, Faradzev 1970.
 */
final class SignProjection {
  /** Neighbouring signs in a pattern: a table of their sums has to fit a vector. */
  private static final int BITS = Math.min(4, Integer.numberOfTrailingZeros(VL));

  /** Outputs that are summed at a time. */
  private static final int OUTPUTS = 4;

  /** Patterns in a block, whose tables stay in the first cache: 12 KiB with 512-bit vectors. */
  private static final int PATTERNS = 48;

  /** Bit b of lane i is set: -1, else 1. Zeros where a pattern has fewer than four bits. */
  private static final float[] SIGNS = signs();

  private final RightOperand weight;
  private final int rowPanels;
  private final int patternsOfRow;

  /** Bits of neighbouring signs: [panel of rows][pattern][PANEL]. */
  private final int[] patterns;

  /** [panel of rows][output][PANEL], outputs up to a whole panel. */
  private final float[] sums;

  /** The first row of each y: a multiple of a tile's height, so that no tile spans two panels. */
  private final int[] firsts;

  private SignProjection(List<Tensor> ys, RightOperand weight, Scratch scratch) {
    this.weight = weight;
    firsts = new int[ys.size()];
    int rows = 0;
    for (int i = 0; i < firsts.length; i++) {
      firsts[i] = rows;
      rows += Math.ceilDiv(ys.get(i).dim(0), TileKernel.HIGH) * TileKernel.HIGH;
    }
    rowPanels = Lanes.panels(rows);
    patternsOfRow = Math.ceilDiv(weight.inputs(), BITS);
    patterns = scratch.ints(Use.SIGNS, rowPanels * patternsOfRow * PANEL);
    sums = scratch.floats(Use.PROJECTED_SIGNS, rowPanels * weight.count() * PANEL * PANEL);
  }

  /** Projects the signs of several y [T, in], each by itself; the sign of -0 is -1. */
  static SignProjection of(List<Tensor> ys, RightOperand weight, WorkerPool pool) {
    SignProjection projection = new SignProjection(ys, weight, pool.scratch());
    pool.run(ys.size(), (i, scratch) -> projection.findPatterns(ys, i, pool));
    pool.run(weight.count(), (panel, scratch) -> projection.project(panel, scratch));
    return projection;
  }

  /** Returns the first row of one of them. */
  int first(int y) {
    return firsts[y];
  }

  /** Returns the sums; {@link #at} says where. Those of rows that are not there are any numbers. */
  float[] sums() {
    return sums;
  }

  /**
   * Returns where a sum is. That of the next row is beside it, that of the next output PANEL on.
   */
  int at(int row, int output) {
    return (row / PANEL * weight.count() * PANEL + output) * PANEL + row % PANEL;
  }

  private static float[] signs() {
    float[] signs = new float[4 * VL];
    for (int b = 0; b < BITS; b++) {
      for (int lane = 0; lane < VL; lane++) {
        signs[b * VL + lane] = (lane >> b & 1) == 1 ? -1 : 1;
      }
    }
    return signs;
  }

  /** Writes the patterns of one y, and zeros of rows that are not there up to the next. */
  private void findPatterns(List<Tensor> ys, int i, WorkerPool pool) {
    Tensor y = ys.get(i);
    int first = firsts[i];
    int end = i + 1 < firsts.length ? firsts[i + 1] : rowPanels * PANEL;
    pool.run(end - first, (row, scratch) -> findPatterns(y, row, first + row));
  }

  /** Writes the patterns of a row of y as one of all; of a row beyond its last, zeros. */
  private void findPatterns(Tensor y, int row, int ofAll) {
    int to = ofAll / PANEL * patternsOfRow * PANEL + ofAll % PANEL;
    int inputs = weight.inputs();
    int from = y.offset() + row * inputs;
    for (int i = 0; i < inputs; i += BITS) {
      int signs = row < y.dim(0) ? Math.min(BITS, inputs - i) : 0;
      int pattern = 0;
      for (int b = signs - 1; b >= 0; b--) {
        pattern = pattern << 1 | Float.floatToRawIntBits(y.array()[from + i + b]) >>> 31;
      }
      patterns[to] = pattern;
      to += PANEL;
    }
  }

  /** Writes the sums of a panel of outputs, for all rows. */
  private void project(int panel, Scratch scratch) {
    float[] tables = scratch.floats(Use.SIGN_TABLES, PATTERNS * OUTPUTS * VL);
    float[] zeros = CausalAttention.zeros(scratch);
    for (int first = 0; first < patternsOfRow; first += PATTERNS) {
      int n = Math.min(PATTERNS, patternsOfRow - first);
      float[] w = weights(panel, first * BITS, scratch);
      for (int output = 0; output < PANEL; output += OUTPUTS) {
        fillTables(n, w, output, tables);
        for (int rows = 0; rows < rowPanels; rows++) {
          int at = at(rows * PANEL, panel * PANEL + output);
          int patternsAt = (rows * patternsOfRow + first) * PANEL;
          // The sums of the first block start at 0, those of others at what there is.
          addPatterns(
              n,
              tables,
              patterns,
              patternsAt,
              first == 0 ? zeros : sums,
              first == 0 ? 0 : at,
              first == 0 ? 0 : PANEL,
              sums,
              at);
        }
      }
    }
  }

  /** Returns a block of weights, [input][PANEL], with zeros for inputs that are not there. */
  private float[] weights(int panel, int first, Scratch scratch) {
    int padded = PATTERNS * BITS + 4; // tables are made of four weights always
    int n = Math.min(padded, weight.inputs() - first);
    float[] elements = scratch.floats(Use.SIGNED_WEIGHTS, padded * PANEL);
    float[] block = weight.block(panel, first, n, scratch);
    System.arraycopy(block, weight.blockAt(panel, first), elements, 0, n * PANEL);
    Arrays.fill(elements, n * PANEL, padded * PANEL, 0);
    return elements;
  }

  /**
   * Writes the sums of neighbouring weights under all patterns of signs, [pattern][OUTPUTS][VL].
   */
  private static void fillTables(int n, float[] w, int output, float[] tables) {
    FloatVector s0 = FloatVector.fromArray(FLOATS, SIGNS, 0);
    FloatVector s1 = FloatVector.fromArray(FLOATS, SIGNS, VL);
    FloatVector s2 = FloatVector.fromArray(FLOATS, SIGNS, 2 * VL);
    FloatVector s3 = FloatVector.fromArray(FLOATS, SIGNS, 3 * VL);
    int to = 0;
    for (int pattern = 0; pattern < n; pattern++) {
      int at = pattern * BITS * PANEL + output;
      for (int i = at; i < at + OUTPUTS; i++) {
        // Products with signs are exact, so that fused ones give the bits of the others.
        FloatVector lower = s1.fma(FloatVector.broadcast(FLOATS, w[i + PANEL]), s0.mul(w[i]));
        FloatVector upper =
            s3.fma(FloatVector.broadcast(FLOATS, w[i + 3 * PANEL]), s2.mul(w[i + 2 * PANEL]));
        lower.add(upper).intoArray(tables, to);
        to += VL;
      }
    }
  }

  /** Adds what the tables of some patterns say, for a panel of rows and a few outputs. */
  private static void addPatterns(
      int n,
      float[] tables,
      int[] patterns,
      int patternsAt,
      float[] start,
      int startAt,
      int startStride,
      float[] sums,
      int at) {
    FloatVector l0 = FloatVector.zero(FLOATS);
    FloatVector r0 = l0;
    FloatVector l1 = FloatVector.zero(FLOATS);
    FloatVector r1 = l1;
    FloatVector l2 = FloatVector.zero(FLOATS);
    FloatVector r2 = l2;
    FloatVector l3 = FloatVector.zero(FLOATS);
    FloatVector r3 = l3;
    int t = 0;
    for (int p = patternsAt; p < patternsAt + n * PANEL; p += PANEL) {
      IntVector left = IntVector.fromArray(INTS, patterns, p);
      IntVector right = IntVector.fromArray(INTS, patterns, p + VL);
      IntVector t0 = FloatVector.fromArray(FLOATS, tables, t).reinterpretAsInts();
      l0 = l0.add(left.selectFrom(t0).reinterpretAsFloats());
      r0 = r0.add(right.selectFrom(t0).reinterpretAsFloats());
      IntVector t1 = FloatVector.fromArray(FLOATS, tables, t + VL).reinterpretAsInts();
      l1 = l1.add(left.selectFrom(t1).reinterpretAsFloats());
      r1 = r1.add(right.selectFrom(t1).reinterpretAsFloats());
      IntVector t2 = FloatVector.fromArray(FLOATS, tables, t + 2 * VL).reinterpretAsInts();
      l2 = l2.add(left.selectFrom(t2).reinterpretAsFloats());
      r2 = r2.add(right.selectFrom(t2).reinterpretAsFloats());
      IntVector t3 = FloatVector.fromArray(FLOATS, tables, t + 3 * VL).reinterpretAsInts();
      l3 = l3.add(left.selectFrom(t3).reinterpretAsFloats());
      r3 = r3.add(right.selectFrom(t3).reinterpretAsFloats());
      t += OUTPUTS * VL;
    }
    int s = startAt;
    int o = at;
    l0.add(FloatVector.fromArray(FLOATS, start, s)).intoArray(sums, o);
    r0.add(FloatVector.fromArray(FLOATS, start, s + VL)).intoArray(sums, o + VL);
    s += startStride;
    o += PANEL;
    l1.add(FloatVector.fromArray(FLOATS, start, s)).intoArray(sums, o);
    r1.add(FloatVector.fromArray(FLOATS, start, s + VL)).intoArray(sums, o + VL);
    s += startStride;
    o += PANEL;
    l2.add(FloatVector.fromArray(FLOATS, start, s)).intoArray(sums, o);
    r2.add(FloatVector.fromArray(FLOATS, start, s + VL)).intoArray(sums, o + VL);
    s += startStride;
    o += PANEL;
    l3.add(FloatVector.fromArray(FLOATS, start, s)).intoArray(sums, o);
    r3.add(FloatVector.fromArray(FLOATS, start, s + VL)).intoArray(sums, o + VL);
  }
}
