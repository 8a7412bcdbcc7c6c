package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.PANEL;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.AttentionBlock;
import dev.limpid.tensor.ops.vector.Scratch.Use;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
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
 * projected once ({@link SignProjection}) and what remains is a product like that of queries and
 * keys. Where it is not positive the result is 0, as the second term only subtracts. A component
 * counts in the second term only if |y_i| / c_i &lt; a max_j |u_j| / c_j, for any c &gt; 0; with
 * c_i the size that W_O gives to component i, and probabilities mostly tiny, that is a short prefix
 * of an order by |y_i| / c_i. The lanes of a vector are keys.
 *
 * <p>What takes the time is less the arithmetic than fetching: a row of probabilities, the order of
 * a query. So one item of work is a few panels of keys of one head, as many as have their u in the
 * second cache, and each query meets all of them at once.
 */
final class AttentionProximity {
  /** Bytes of u that an item of work may fill: what leaves room in a second cache of 1 MiB. */
  private static final int TERMS_BYTES = 512 * 1024;

  /** Enough items of work to share evenly between a few threads. */
  private static final int ITEMS = 16;

  private final Tensor pattern;
  private final Tensor out;
  private final int nHeads;
  private final int group;
  private final int t;
  private final int dHead;
  private final int keyPanels;
  private final int together;
  private final RowTiles tiles;

  /** The signs of y through W_O: [T, H d], from a row on. */
  private final SignProjection signs;

  private final int firstSigns;

  /** The values, transposed: [K][key panel][d][PANEL]. */
  private final float[] packedValues;

  private final AttentionTerms terms;
  private final ComponentOrder order;

  private AttentionProximity(
      AttentionBlock prompt,
      SignProjection signs,
      int firstSigns,
      AttentionTerms terms,
      WorkerPool pool) {
    pattern = prompt.pattern();
    out = prompt.out();
    this.signs = signs;
    this.firstSigns = firstSigns;
    this.terms = terms;
    Tensor values = prompt.values();
    Tensor whole = prompt.whole();
    nHeads = pattern.dim(0);
    group = nHeads / values.dim(0);
    t = pattern.dim(1);
    dHead = values.dim(2);
    keyPanels = Lanes.panels(t);
    tiles = new RowTiles(t);
    packedValues = packValues(values, pool);
    int fitting = TERMS_BYTES / (terms.paddedWidth() * PANEL * Float.BYTES);
    together = Math.clamp(keyPanels * nHeads / ITEMS, 1, Math.max(1, fitting));
    order = new ComponentOrder(t, whole.dim(1), terms.inverseSizes(), pool.scratch());
    pool.run(t, (q, scratch) -> order.fill(whole, q, scratch));
  }

  /**
   * Writes the proximities of some prompts, as {@code TensorOps.attentionProximity} says. What it
   * asks of the weights it asks once, in particular the tables of the signs: they take longer than
   * to look up the rows of a short prompt in them.
   */
  static void run(List<AttentionBlock> prompts, Panels projection, WorkerPool pool) {
    if (prompts.isEmpty()) {
      return;
    }
    List<Tensor> wholes = prompts.stream().map(AttentionBlock::whole).toList();
    SignProjection signs = SignProjection.of(wholes, projection.requireAgainst(), pool);
    AttentionTerms terms = new AttentionTerms(projection, pool);
    // Of several prompts each is done by one thread: within, it finds the pool busy.
    pool.run(
        prompts.size(),
        (i, scratch) ->
            new AttentionProximity(prompts.get(i), signs, signs.first(i), terms, pool).run(pool));
  }

  private void run(WorkerPool pool) {
    // The first keys are seen by most queries, so the longest items come first.
    pool.run(
        Math.ceilDiv(keyPanels, together) * nHeads,
        (item, scratch) -> keys(item % nHeads, item / nHeads, scratch));
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
          Turning.turn(values.array(), at, dHead, real, dHead, PANEL, packed, to, scratch);
        });
    return packed;
  }

  /** The buffers of an item of work: one element a key, but u and what the tile's queries need. */
  private record Keys(
      int first,
      int width,
      float[] u,
      float[] largest,
      float[] sums,
      float[] a,
      float[] reach,
      int[] open) {}

  /** Does some panels of keys of one head, for all queries that see them. */
  private void keys(int h, int item, Scratch scratch) {
    int firstPanel = item * together;
    int panels = Math.min(together, keyPanels - firstPanel);
    int width = panels * PANEL;
    // u has one row more: what follows the components of a query in order has an index too.
    Keys keys =
        new Keys(
            firstPanel * PANEL,
            width,
            scratch.floats(Use.TERMS, (panels * terms.paddedWidth() + 1) * PANEL),
            scratch.floats(Use.LARGEST, width),
            scratch.floats(Use.SUMS, TileKernel.HIGH * width),
            scratch.floats(Use.PROBABILITIES, TileKernel.HIGH * width),
            scratch.floats(Use.REACH, width),
            scratch.ints(Use.REACH, width / VL));
    int valuesAt = (h / group * keyPanels + firstPanel) * dHead * PANEL;
    float[] zeros = CausalAttention.zeros(scratch);
    terms.compute(
        h, dHead, panels, packedValues, valuesAt, zeros, keys.u(), keys.largest(), scratch);
    for (int tile = 0; tile < tiles.count(); tile++) {
      int row = tiles.row(tile);
      int end = row + tiles.realRows(tile);
      int seen = Math.min(panels, Lanes.panels(Math.max(0, end - keys.first())));
      // All rows at once, and before they are needed: then one waits for memory while others do.
      for (int q = Math.max(row, keys.first()); q < end; q++) {
        copyProbabilities(h, q, keys, (q - row) * width);
      }
      for (int panel = 0; panel < seen; panel++) {
        TileKernel.multiply(
            tiles.height(tile),
            dHead,
            signs.sums(),
            signs.at(firstSigns + row, h * dHead),
            PANEL,
            packedValues,
            valuesAt + panel * dHead * PANEL,
            zeros,
            0,
            0,
            keys.sums(),
            panel * PANEL,
            width);
      }
      for (int q = Math.max(row, keys.first()); q < end; q++) {
        query(h, q, keys, (q - row) * width);
      }
    }
  }

  private void copyProbabilities(int h, int q, Keys keys, int to) {
    int n = Math.min(keys.width(), q + 1 - keys.first());
    int from = pattern.offset() + (h * t + q) * t + keys.first();
    System.arraycopy(pattern.array(), from, keys.a(), to, n);
    Arrays.fill(keys.a(), to + n, to + FLOATS.loopBound(n + VL - 1), 0);
  }

  /**
   * Writes the proximities of one query and the keys of an item that it sees.
   *
   * @param at where &lt;s, u&gt; of these keys are in {@code keys.sums}, which become proximities,
   *     and the probabilities in {@code keys.a}
   */
  private void query(int h, int q, Keys keys, int at) {
    int n = Math.min(keys.width(), q + 1 - keys.first());
    int padded = FLOATS.loopBound(n + VL - 1);
    float least = order.smallest(q);
    int open =
        bounds(padded, keys.a(), keys.largest(), least, keys.sums(), at, keys.reach(), keys.open());
    for (int i = 0; i < open; i++) {
      int key = keys.open()[i];
      int panel = key / PANEL;
      subtractBeyond(
          order.start(q),
          order.end(q, largest(keys.reach(), key)),
          order.order(),
          order.components(),
          keys.a(),
          keys.u(),
          panel * terms.paddedWidth() * PANEL + key % PANEL,
          keys.sums(),
          at + key);
    }
    int pair = h * (t * (t + 1) / 2) + q * (q + 1) / 2 + keys.first();
    System.arraycopy(keys.sums(), at, out.array(), out.offset() + pair, n);
  }

  /**
   * Replaces &lt;s, u&gt; of a query by the first term of its proximities, and lists the vectors of
   * keys that may have a second.
   *
   * @param least no component is smaller, relative to its size
   * @param first &lt;s, u&gt;, modified
   * @param reach the largest component of each term, relative to its size; 0 where the first term
   *     is 0, modified
   * @param open the first keys of these vectors, modified
   * @return their number
   */
  private static int bounds(
      int n,
      float[] a,
      float[] largest,
      float least,
      float[] first,
      int at,
      float[] reach,
      int[] open) {
    int count = 0;
    for (int k = 0; k < n; k += VL) {
      FloatVector weight = FloatVector.fromArray(FLOATS, a, at + k);
      FloatVector bound = Lanes.positive(weight.mul(FloatVector.fromArray(FLOATS, first, at + k)));
      bound.intoArray(first, at + k);
      FloatVector far = weight.mul(FloatVector.fromArray(FLOATS, largest, k));
      far = FloatVector.zero(FLOATS).blend(far, bound.compare(VectorOperators.GT, 0));
      far.intoArray(reach, k);
      open[count] = k;
      count += far.compare(VectorOperators.GT, least).anyTrue() ? 1 : 0;
    }
    return count;
  }

  /** Returns the largest of some numbers that are not negative: they compare as integers. */
  private static float largest(float[] x, int at) {
    IntVector bits = FloatVector.fromArray(FLOATS, x, at).reinterpretAsInts();
    return Float.intBitsToFloat(bits.reduceLanes(VectorOperators.MAX));
  }

  /**
   * Subtracts 2 sum of max(0, s_i a u_i - |y_i|) over some components from the proximities, and
   * clips them at 0. Where s_i (y_i - a u_i) is negative, it is what a u_i goes beyond y_i.
   *
   * <p>Walks a few components too far rather than to count them: they add nothing. Four a step make
   * this method larger than C2 inlines: where it did, the caller grew beyond what C2 inlines into,
   * and vectors became objects, in one run of the program or another. So arrays and offsets are
   * passed.
   *
   * @param row where the row of the query starts, in order and in y
   * @param end where those components end that may be outgrown, in order
   */
  private static void subtractBeyond(
      int row,
      int end,
      int[] order,
      float[] y,
      float[] a,
      float[] u,
      int uAt,
      float[] proximity,
      int at) {
    FloatVector weight = FloatVector.fromArray(FLOATS, a, at).neg();
    FloatVector even = FloatVector.zero(FLOATS);
    FloatVector odd = even;
    for (int x = row; x < end; x += ComponentOrder.STRIDE) {
      int i0 = order[x + 0];
      FloatVector y0 = FloatVector.broadcast(FLOATS, y[row + i0]);
      IntVector rest0 =
          FloatVector.fromArray(FLOATS, u, uAt + i0 * PANEL)
              .fma(weight, y0)
              .reinterpretAsInts()
              .lanewise(VectorOperators.XOR, y0.reinterpretAsInts().and(~Lanes.MAGNITUDE));
      even = even.add(rest0.min(0).reinterpretAsFloats());
      int i1 = order[x + 1];
      FloatVector y1 = FloatVector.broadcast(FLOATS, y[row + i1]);
      IntVector rest1 =
          FloatVector.fromArray(FLOATS, u, uAt + i1 * PANEL)
              .fma(weight, y1)
              .reinterpretAsInts()
              .lanewise(VectorOperators.XOR, y1.reinterpretAsInts().and(~Lanes.MAGNITUDE));
      odd = odd.add(rest1.min(0).reinterpretAsFloats());
      int i2 = order[x + 2];
      FloatVector y2 = FloatVector.broadcast(FLOATS, y[row + i2]);
      IntVector rest2 =
          FloatVector.fromArray(FLOATS, u, uAt + i2 * PANEL)
              .fma(weight, y2)
              .reinterpretAsInts()
              .lanewise(VectorOperators.XOR, y2.reinterpretAsInts().and(~Lanes.MAGNITUDE));
      even = even.add(rest2.min(0).reinterpretAsFloats());
      int i3 = order[x + 3];
      FloatVector y3 = FloatVector.broadcast(FLOATS, y[row + i3]);
      IntVector rest3 =
          FloatVector.fromArray(FLOATS, u, uAt + i3 * PANEL)
              .fma(weight, y3)
              .reinterpretAsInts()
              .lanewise(VectorOperators.XOR, y3.reinterpretAsInts().and(~Lanes.MAGNITUDE));
      odd = odd.add(rest3.min(0).reinterpretAsFloats());
    }
    FloatVector beyond = even.add(odd);
    FloatVector left = FloatVector.fromArray(FLOATS, proximity, at).add(beyond.add(beyond));
    left.blend(0, left.compare(VectorOperators.LT, 0)).intoArray(proximity, at);
  }
}
