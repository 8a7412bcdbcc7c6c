package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.PANEL;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.vector.Scratch.Use;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The L1 proximity of every term a u[h, k] of an attention block to y = whole[q], exactly, at about
 * the price of attention itself. With s the signs of y, and z = a u:
 *
 * <pre>
 *   |y|_1 - |y - z|_1  =  a &lt;s, u&gt;  -  2 sum_i max(0, s_i z_i - |y_i|)
 * </pre>
 *
 * The first term needs no u: it is a &lt;W_O^h s, values[k]&gt;, so the T rows of signs are
 * projected once and what remains is a product like that of queries and keys. Where it is not
 * positive the result is 0, as the second term only subtracts. A component counts in the second
 * term only if |y_i| / c_i &lt; a max_j |u_j| / c_j, for any c &gt; 0; with c_i the size that W_O
 * gives to component i, and probabilities mostly tiny, that is a short prefix of an order by |y_i|
 * / c_i. The lanes of a vector are keys.
 */
final class AttentionProximity {
  /** Sizes below this count as none, so that their inverses are finite. */
  private static final double SMALLEST = 1e-30;

  private final Tensor pattern;
  private final Tensor out;
  private final Panels projection;
  private final int nHeads;
  private final int group;
  private final int t;
  private final int dHead;
  private final int keyPanels;
  private final RowTiles tiles;

  /** The signs of y through W_O, in tiles: [H][tile][d][rows]. */
  private final float[] projectedSigns;

  /** The values, transposed: [K][key panel][d][PANEL]. */
  private final float[] packedValues;

  /** 1 / c, [D]. */
  private final float[] inverseSizes;

  private final ComponentOrder order;

  private AttentionProximity(
      Tensor pattern,
      Tensor values,
      Panels projection,
      Panels projectionTransposed,
      Tensor whole,
      Tensor out,
      WorkerPool pool) {
    this.pattern = pattern;
    this.out = out;
    this.projection = projection;
    nHeads = pattern.dim(0);
    group = nHeads / values.dim(0);
    t = pattern.dim(1);
    dHead = values.dim(2);
    keyPanels = Lanes.panels(t);
    tiles = new RowTiles(t);
    projectedSigns = packSigns(projectSigns(whole, projectionTransposed, pool), pool);
    packedValues = packValues(values, pool);
    inverseSizes = inverseSizes(pool);
    order = new ComponentOrder(t, whole.dim(1), inverseSizes, pool.scratch());
    pool.run(t, (q, scratch) -> order.fill(whole, q));
  }

  /** Writes the proximities into out, as {@code TensorOps.attentionProximity} says. */
  static void run(
      Tensor pattern,
      Tensor values,
      Panels projection,
      Panels projectionTransposed,
      Tensor whole,
      Tensor out,
      WorkerPool pool) {
    AttentionProximity block =
        new AttentionProximity(pattern, values, projection, projectionTransposed, whole, out, pool);
    // Neighbouring items are different keys of one head, so that two threads seldom write to the
    // same line of out, where the heads of a key lie side by side. The first panel is the longest.
    pool.run(
        block.nHeads * block.keyPanels,
        (item, scratch) -> block.keys(item / block.keyPanels, item % block.keyPanels, scratch));
  }

  private static Tensor projectSigns(Tensor whole, Panels transposed, WorkerPool pool) {
    int width = whole.dim(1);
    Tensor signs = pool.scratch().tensor(Use.SIGNS, whole.dim(0), width);
    float[] y = whole.array();
    float[] s = signs.array();
    pool.run(
        whole.dim(0),
        (t, scratch) -> {
          int from = whole.offset() + t * width;
          for (int i = 0; i < width; i++) {
            s[t * width + i] = Math.copySign(1, y[from + i]);
          }
        });
    Tensor projected =
        pool.scratch().tensor(Use.PROJECTED_SIGNS, whole.dim(0), transposed.outputs());
    MatrixProduct.run(signs, transposed, null, projected, pool);
    return projected;
  }

  private float[] packSigns(Tensor projected, WorkerPool pool) {
    int width = nHeads * dHead;
    float[] packed = pool.scratch().floats(Use.PACKED_SIGNS, tiles.paddedRows() * width);
    pool.run(
        tiles.count(),
        (tile, scratch) -> {
          for (int h = 0; h < nHeads; h++) {
            tiles.pack(tile, projected.array(), h * dHead, width, dHead, packed, signsAt(h, tile));
          }
        });
    return packed;
  }

  private int signsAt(int h, int tile) {
    return (h * tiles.paddedRows() + tiles.row(tile)) * dHead;
  }

  /** Returns 1 / the root mean square of the weights that write each component, or 0 for none. */
  private float[] inverseSizes(WorkerPool pool) {
    float[] inverse = pool.scratch().floats(Use.SIZES, projection.count() * PANEL);
    pool.run(
        projection.count(),
        (panel, scratch) -> {
          float[] w = decoded(projection, panel, scratch);
          int at = projection.dtype() == DType.F32 ? projection.floatsAt(panel, 0) : 0;
          sumSquares(projection.inputs(), w, at, inverse, panel * PANEL);
          for (int i = panel * PANEL; i < (panel + 1) * PANEL; i++) {
            double size = Math.sqrt(inverse[i] / projection.inputs());
            inverse[i] = size < SMALLEST ? 0 : (float) (1 / size);
          }
        });
    return inverse;
  }

  private static void sumSquares(int n, float[] w, int at, float[] out, int outAt) {
    FloatVector left = FloatVector.zero(FLOATS);
    FloatVector right = left;
    for (int i = at; i < at + n * PANEL; i += PANEL) {
      FloatVector l = FloatVector.fromArray(FLOATS, w, i);
      FloatVector r = FloatVector.fromArray(FLOATS, w, i + VL);
      left = l.fma(l, left);
      right = r.fma(r, right);
    }
    left.intoArray(out, outAt);
    right.intoArray(out, outAt + VL);
  }

  /** Returns an array with the elements of a panel: the panels' own, or decoded ones from 0 on. */
  private static float[] decoded(Panels weight, int panel, Scratch scratch) {
    if (weight.dtype() == DType.F32) {
      return weight.floats();
    }
    float[] elements = scratch.floats(Use.DECODED, weight.inputs() * PANEL);
    int at = weight.halvesAt(panel, 0);
    HalfPrecision.decode(weight.dtype(), weight.halves(), at, weight.inputs(), elements);
    return elements;
  }

  private float[] packValues(Tensor values, WorkerPool pool) {
    int panels = values.dim(0) * keyPanels;
    float[] packed = pool.scratch().floats(Use.PACKED_PANELS, panels * dHead * PANEL);
    pool.run(
        panels,
        (item, scratch) -> {
          int first = item % keyPanels * PANEL;
          int at = values.offset() + (item / keyPanels * t + first) * dHead;
          int real = Math.min(PANEL, t - first);
          int to = item * dHead * PANEL;
          RowTiles.transpose(values.array(), at, dHead, real, dHead, PANEL, packed, to);
        });
    return packed;
  }

  /** Does one panel of keys of one head, for all queries that see them. */
  private void keys(int h, int panel, Scratch scratch) {
    int valuesAt = (h / group * keyPanels + panel) * dHead * PANEL;
    int padded = projection.count() * PANEL;
    float[] u = scratch.floats(Use.TERMS, padded * PANEL);
    float[] largest = scratch.floats(Use.LARGEST, PANEL);
    computeTerms(h, valuesAt, u, scratch);
    largestMagnitudes(padded, u, inverseSizes, largest);
    int firstKey = panel * PANEL;
    float[] first = scratch.floats(Use.SUMS, TileKernel.HIGH * PANEL);
    float[] a = scratch.floats(Use.PROBABILITIES, PANEL);
    float[] zeros = zeros(scratch);
    float[] results = out.array();
    for (int tile = 0; tile < tiles.count(); tile++) {
      int row = tiles.row(tile);
      int height = tiles.height(tile);
      int real = tiles.realRows(tile);
      if (row + real <= firstKey) {
        continue; // these queries come before the keys
      }
      int signsAt = signsAt(h, tile);
      TileKernel.multiply(
          height,
          dHead,
          projectedSigns,
          signsAt,
          height,
          packedValues,
          valuesAt,
          zeros,
          0,
          0,
          first,
          0,
          PANEL);
      for (int q = Math.max(row, firstKey); q < row + real; q++) {
        int n = Math.min(PANEL, q + 1 - firstKey);
        int from = pattern.offset() + (h * t + q) * t + firstKey;
        System.arraycopy(pattern.array(), from, a, 0, n);
        Arrays.fill(a, n, PANEL, 0);
        int firstAt = (q - row) * PANEL;
        for (int lane = 0; lane < n; lane += VL) {
          proximities(q, a, lane, largest, first, firstAt + lane, u);
        }
        int to = out.offset() + (q * (q + 1) / 2 + firstKey) * nHeads + h;
        for (int k = 0; k < n; k++) {
          results[to + k * nHeads] = first[firstAt + k];
        }
      }
    }
  }

  /** Writes u[h, k] = values[k] W_O^h into u [D][PANEL] for the keys k of one panel. */
  private void computeTerms(int h, int valuesAt, float[] u, Scratch scratch) {
    Panels ofHead = projection.inputs(h * dHead, (h + 1) * dHead);
    RowTiles components = new RowTiles(PANEL);
    float[] zeros = zeros(scratch);
    for (int panel = 0; panel < ofHead.count(); panel++) {
      float[] w = decoded(ofHead, panel, scratch);
      int at = ofHead.dtype() == DType.F32 ? ofHead.floatsAt(panel, 0) : 0;
      for (int tile = 0; tile < components.count(); tile++) {
        int row = components.row(tile);
        int to = (panel * PANEL + row) * PANEL;
        TileKernel.multiply(
            components.height(tile),
            dHead,
            w,
            at + row,
            PANEL,
            packedValues,
            valuesAt,
            zeros,
            0,
            0,
            u,
            to,
            PANEL);
      }
    }
  }

  /** Writes max |u_i| / c_i over the components i into largest [PANEL]. */
  private static void largestMagnitudes(
      int components, float[] u, float[] inverseSizes, float[] largest) {
    FloatVector left = FloatVector.zero(FLOATS);
    FloatVector right = left;
    for (int i = 0; i < components; i++) {
      FloatVector scale = FloatVector.broadcast(FLOATS, inverseSizes[i]);
      left = larger(left, Lanes.abs(FloatVector.fromArray(FLOATS, u, i * PANEL).mul(scale)));
      right = larger(right, Lanes.abs(FloatVector.fromArray(FLOATS, u, i * PANEL + VL).mul(scale)));
    }
    left.intoArray(largest, 0);
    right.intoArray(largest, VL);
  }

  /** Returns the larger of numbers that are not negative, compared as integers. */
  private static FloatVector larger(FloatVector x, FloatVector y) {
    return x.reinterpretAsInts().max(y.reinterpretAsInts()).reinterpretAsFloats();
  }

  /**
   * Replaces &lt;s, u&gt; of a query and one vector of keys by their proximities.
   *
   * @param a the probabilities, 0 for keys after the query
   * @param lane the first of these keys in its panel
   * @param first &lt;s, u&gt;, modified
   */
  private void proximities(
      int q, float[] a, int lane, float[] largest, float[] first, int firstAt, float[] u) {
    FloatVector weight = FloatVector.fromArray(FLOATS, a, lane);
    FloatVector bound = weight.mul(FloatVector.fromArray(FLOATS, first, firstAt));
    FloatVector reach = weight.mul(FloatVector.fromArray(FLOATS, largest, lane));
    reach = FloatVector.zero(FLOATS).blend(reach, bound.compare(VectorOperators.GT, 0));
    Lanes.positive(bound).intoArray(first, firstAt);
    // Not negative, so they compare as integers, without a thought of NaN.
    float farthest =
        Float.intBitsToFloat(reach.reinterpretAsInts().reduceLanes(VectorOperators.MAX));
    if (farthest > 0) {
      subtractBeyond(
          order.start(q),
          order.endOfPositive(q, farthest),
          order.startOfNegative(q),
          order.endOfNegative(q, farthest),
          order.offsets(),
          order.negated(),
          a,
          u,
          lane,
          first,
          firstAt);
    }
  }

  /**
   * Subtracts 2 sum of max(0, s_i a u_i - |y_i|) over some components from the proximities, and
   * clips them at 0. Positive and negative components are walked apart: s is then a sign of a. Two
   * components a step, as sums wait for each other.
   */
  private static void subtractBeyond(
      int positive,
      int positiveEnd,
      int negative,
      int negativeEnd,
      int[] offsets,
      float[] negated,
      float[] a,
      float[] u,
      int lane,
      float[] proximity,
      int at) {
    FloatVector weight = FloatVector.fromArray(FLOATS, a, lane);
    FloatVector sum = FloatVector.zero(FLOATS);
    FloatVector other = sum;
    int x = positive;
    for (; x < positiveEnd - 1; x += 2) {
      FloatVector u0 = FloatVector.fromArray(FLOATS, u, offsets[x] + lane);
      FloatVector u1 = FloatVector.fromArray(FLOATS, u, offsets[x + 1] + lane);
      sum = sum.add(Lanes.positive(u0.fma(weight, FloatVector.broadcast(FLOATS, negated[x]))));
      other =
          other.add(Lanes.positive(u1.fma(weight, FloatVector.broadcast(FLOATS, negated[x + 1]))));
    }
    if (x < positiveEnd) {
      FloatVector u0 = FloatVector.fromArray(FLOATS, u, offsets[x] + lane);
      sum = sum.add(Lanes.positive(u0.fma(weight, FloatVector.broadcast(FLOATS, negated[x]))));
    }
    weight = weight.neg();
    x = negative;
    for (; x < negativeEnd - 1; x += 2) {
      FloatVector u0 = FloatVector.fromArray(FLOATS, u, offsets[x] + lane);
      FloatVector u1 = FloatVector.fromArray(FLOATS, u, offsets[x + 1] + lane);
      sum = sum.add(Lanes.positive(u0.fma(weight, FloatVector.broadcast(FLOATS, negated[x]))));
      other =
          other.add(Lanes.positive(u1.fma(weight, FloatVector.broadcast(FLOATS, negated[x + 1]))));
    }
    if (x < negativeEnd) {
      FloatVector u0 = FloatVector.fromArray(FLOATS, u, offsets[x] + lane);
      sum = sum.add(Lanes.positive(u0.fma(weight, FloatVector.broadcast(FLOATS, negated[x]))));
    }
    sum = sum.add(other);
    FloatVector clipped =
        Lanes.positive(FloatVector.fromArray(FLOATS, proximity, at).sub(sum.add(sum)));
    clipped.intoArray(proximity, at);
  }

  private static float[] zeros(Scratch scratch) {
    float[] zeros = scratch.floats(Use.BIAS, PANEL);
    Arrays.fill(zeros, 0, PANEL, 0);
    return zeros;
  }
}
