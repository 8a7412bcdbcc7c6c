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
 * term only if |y_i| &lt; a max|u|; probabilities are mostly tiny, so in an order by |y_i| that is
 * a short prefix. The lanes of a vector are keys.
 */
final class AttentionProximity {
  private final Tensor pattern;
  private final Tensor out;
  private final Panels projection;
  private final int nHeads;
  private final int group;
  private final int t;
  private final int dHead;
  private final int keyPanels;
  private final RowTiles tiles;

  /** The signs of y through W_O, [T, H * d]. */
  private final Tensor projectedSigns;

  /** The values, transposed: [K][key panel][d][PANEL]. */
  private final float[] packedValues;

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
    projectedSigns = projectSigns(whole, projectionTransposed, pool);
    packedValues = packValues(values, pool);
    order = new ComponentOrder(t, whole.dim(1), pool.scratch());
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
    largestMagnitudes(padded, u, largest);
    int firstKey = panel * PANEL;
    float[] packed = scratch.floats(Use.PACKED_TILE, TileKernel.HIGH * dHead);
    float[] first = scratch.floats(Use.SUMS, TileKernel.HIGH * PANEL);
    float[] a = scratch.floats(Use.PROBABILITIES, PANEL);
    float[] zeros = zeros(scratch);
    for (int tile = 0; tile < tiles.count(); tile++) {
      int row = tiles.row(tile);
      int height = tiles.height(tile);
      int real = tiles.realRows(tile);
      if (row + real <= firstKey) {
        continue; // these queries come before the keys
      }
      tiles.pack(tile, projectedSigns.array(), h * dHead, nHeads * dHead, dHead, packed, 0);
      TileKernel.multiply(
          height, dHead, packed, 0, height, packedValues, valuesAt, zeros, 0, 0, first, 0, PANEL);
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
          out.array()[to + k * nHeads] = first[firstAt + k];
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
      float[] w = ofHead.floats();
      int at = 0;
      if (ofHead.dtype() == DType.F32) {
        at = ofHead.floatsAt(panel, 0);
      } else {
        w = scratch.floats(Use.DECODED, dHead * PANEL);
        HalfPrecision.decode(ofHead.dtype(), ofHead.halves(), ofHead.halvesAt(panel, 0), dHead, w);
      }
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

  /** Writes max |u_i| over the components i into largest [PANEL]. */
  private static void largestMagnitudes(int components, float[] u, float[] largest) {
    FloatVector left = FloatVector.zero(FLOATS);
    FloatVector right = left;
    for (int i = 0; i < components * PANEL; i += PANEL) {
      left = larger(left, Lanes.abs(FloatVector.fromArray(FLOATS, u, i)));
      right = larger(right, Lanes.abs(FloatVector.fromArray(FLOATS, u, i + VL)));
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
    float farthest = reach.reduceLanes(VectorOperators.MAX);
    if (farthest > 0) {
      int start = order.start(q);
      int end = start + order.countBelow(q, farthest);
      subtractBeyond(start, end, order.indices(), order.negated(), a, u, lane, first, firstAt);
    }
  }

  /**
   * Subtracts 2 sum of max(0, s_i a u_i - |y_i|) over the components i in [start, end) of the order
   * from the proximities, and clips them at 0.
   */
  private static void subtractBeyond(
      int start,
      int end,
      int[] indices,
      float[] negated,
      float[] a,
      float[] u,
      int lane,
      float[] proximity,
      int at) {
    FloatVector weight = FloatVector.fromArray(FLOATS, a, lane);
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int x = start; x < end; x++) {
      FloatVector minusY = FloatVector.broadcast(FLOATS, negated[x]);
      FloatVector beyond =
          FloatVector.fromArray(FLOATS, u, indices[x] * PANEL + lane).fma(weight, minusY);
      // s (z - y) is s z - |y|, and the sign of -y is that of -s.
      sum = sum.add(Lanes.positive(Lanes.timesSign(beyond.neg(), minusY)));
    }
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
