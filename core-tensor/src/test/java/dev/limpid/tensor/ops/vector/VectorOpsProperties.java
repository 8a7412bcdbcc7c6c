package dev.limpid.tensor.ops.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.blocks.BlockFormat;
import dev.limpid.tensor.ops.Activation;
import dev.limpid.tensor.ops.AttentionBlock;
import dev.limpid.tensor.ops.AttentionShape;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.ReferenceOps;
import dev.limpid.tensor.ops.Samples;
import dev.limpid.tensor.ops.Samples.Storage;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.WeightLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The fast operations equal the reference on random shapes, for any number of threads. */
final class VectorOpsProperties {
  /** Rounding of float sums, relative to the sum of the magnitudes of their terms. */
  private static final double SUM_TOLERANCE = 2e-6;

  /** Rounding of a proximity, relative to the largest |a u|_1 of its query. */
  private static final double PROXIMITY_TOLERANCE = 1e-6;

  private final TensorOps reference = new ReferenceOps();
  private final TensorOps one = new VectorOps(1);
  private final TensorOps three = new VectorOps(3);

  @Property(tries = 150)
  void matmul(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 40) int t,
      @ForAll @IntRange(min = 1, max = 300) int inputs,
      @ForAll @IntRange(min = 1, max = 150) int outputs,
      @ForAll Storage storage,
      @ForAll WeightLayout layout) {
    Samples samples = new Samples(seed);
    boolean outIn = layout == WeightLayout.OUT_IN;
    Tensor weight = samples.weight(storage, outIn ? outputs : inputs, outIn ? inputs : outputs);
    Tensor x = samples.gaussian(t, inputs);
    Tensor bias = samples.gaussian(outputs);
    int to = outputs - (int) Math.floorMod(seed, (long) outputs) / 2;
    int cut = inputs / 3;
    Tensor narrow = samples.gaussian(t, inputs - cut);
    same(
        Math.max(10, 3 * inputs),
        ops -> {
          Tensor out = Tensor.zeros(t, outputs);
          ops.matmul(x, ops.pack(weight, layout), bias, out);
          return out;
        });
    same(
        Math.max(10, 3 * inputs),
        ops -> {
          PackedMatrix part = ops.pack(weight, layout, to / 4, to).inputs(cut, inputs);
          Tensor out = Tensor.zeros(t, to - to / 4);
          ops.matmul(narrow, part, null, out);
          return out;
        });
  }

  @Property(tries = 100)
  void matmulTransposed(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 130) int t,
      @ForAll @IntRange(min = 1, max = 10) int sixteens,
      @ForAll @IntRange(min = 1, max = 600) int outputs,
      @ForAll Storage storage) {
    Samples samples = new Samples(seed);
    int inputs = 16 * sixteens;
    Tensor weight = samples.weight(storage, outputs, inputs);
    Tensor x = samples.gaussian(t, outputs);
    same(
        Math.max(10, 3 * outputs),
        ops -> {
          Tensor out = Tensor.zeros(t, inputs);
          ops.matmulTransposed(x, ops.pack(weight, WeightLayout.OUT_IN), out);
          return out;
        });
  }

  @Property(tries = 300)
  void proximitiesOneByOneHaveTheBitsOfVectors(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 200) int n,
      @ForAll @IntRange(min = 1, max = 4) int keys,
      @ForAll float weight) {
    Samples samples = new Samples(seed);
    float[] y = samples.gaussian(n).toFloats();
    float[] u = samples.gaussian(keys * n).toFloats();
    float[] a = new float[keys];
    for (int k = 0; k < keys; k++) {
      a[k] = (float) (1 / (k + 1 + Math.exp(weight)));
    }
    int whole = Lanes.FLOATS.loopBound(n);
    float[] byVectors = new float[DirectSums.KEYS * Lanes.VL];
    float[] oneByOne = new float[DirectSums.KEYS * Lanes.VL];
    DirectSums.byVectors(y, 0, whole, a, 0, u, 0, n, keys, byVectors);
    DirectSums.oneByOne(y, 0, whole, a, 0, u, 0, n, keys, oneByOne);
    int written = keys * Lanes.VL; // behind it, the last key again
    assertThat(Arrays.copyOf(oneByOne, written)).isEqualTo(Arrays.copyOf(byVectors, written));
  }

  /** How many rows there are decides which way a product is made, and may not change its bits. */
  @Property(tries = 100)
  void bothWaysAgainstTheWeightsDirectionGiveTheSameBits(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 600) int t,
      @ForAll @IntRange(min = 1, max = 10) int sixteens,
      @ForAll @IntRange(min = 1, max = 600) int outputs,
      @ForAll Storage storage,
      @ForAll boolean quantised,
      @ForAll @IntRange(min = 1, max = 3) int threads) {
    Samples samples = new Samples(seed);
    int inputs = quantised ? 256 : 16 * sixteens;
    Tensor stored =
        quantised
            ? samples.blocks(BlockFormat.Q5_K, outputs, inputs)
            : samples.weight(storage, outputs, inputs);
    Panels weight = (Panels) one.pack(stored, WeightLayout.OUT_IN);
    Panels part = weight.inputs(inputs / 32 * 16, inputs);
    Tensor x = samples.gaussian(t, outputs);
    WorkerPool pool = new WorkerPool(threads);
    for (Panels each : List.of(weight, part)) {
      Tensor turned = Tensor.zeros(t, each.inputs());
      MatrixProduct.run(x, new TurnedPanels(each), null, turned, pool);
      Tensor asStored = Tensor.zeros(t, each.inputs());
      TransposedProduct.run(x, each, asStored, pool);
      assertThat(asStored.array()).isEqualTo(turned.array());
    }
  }

  @Property(tries = 150)
  void attention(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 45) int tq,
      @ForAll @IntRange(min = 0, max = 20) int before,
      @ForAll @IntRange(min = 1, max = 3) int nKvHeads,
      @ForAll @IntRange(min = 1, max = 3) int group,
      @ForAll @IntRange(min = 1, max = 70) int dHead,
      @ForAll @IntRange(min = 1, max = 70) int window) {
    Samples samples = new Samples(seed);
    int tk = tq + before;
    int nHeads = nKvHeads * group;
    Tensor queries = samples.gaussian(tq, nHeads * dHead);
    Tensor keys = samples.gaussian(tk, nKvHeads * dHead);
    Tensor pattern = samples.pattern(nHeads, tq, tk);
    Tensor values = samples.gaussian(nKvHeads, tk, dHead);
    float scale = (float) (1 / Math.sqrt(dHead));
    AttentionShape shape = new AttentionShape(nHeads, nKvHeads, scale, window);
    same(
        1,
        ops -> {
          Tensor out = samples.gaussian(nHeads, tq, tk);
          ops.causalPattern(queries, keys, shape, out);
          return out;
        });
    same(
        1,
        ops -> {
          Tensor out = Tensor.zeros(tq, nHeads * dHead);
          ops.attend(pattern, values, out);
          return out;
        });
  }

  @Property(tries = 100)
  void rowsAndElements(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 40) int t,
      @ForAll @IntRange(min = 1, max = 300) int width,
      @ForAll Activation f) {
    Samples samples = new Samples(seed);
    Tensor x = samples.gaussian(t, width);
    Tensor y = samples.gaussian(t, width);
    Tensor gain = samples.gaussian(width);
    same(
        Math.max(10, largestBesideSpread(x, 1e-5)),
        ops -> into(t, width, out -> ops.layerNorm(x, gain, gain, 1e-5f, out)));
    same(10, ops -> into(t, width, out -> ops.rmsNorm(x, gain, 1e-5f, out)));
    same(1, ops -> into(t, width, out -> ops.activate(f, x, out)));
    same(1, ops -> into(t, width, out -> ops.multiply(x, y, out)));
    same(1, ops -> into(t, width, out -> ops.add(x, y, out)));
    same(
        width,
        ops -> {
          Tensor out = Tensor.zeros(t);
          ops.proximity(x, y, out);
          return out;
        });
    Tensor flat = x.reshape(t * width);
    int k = Math.min(t * width, 17);
    assertThat(one.topK(flat, k)).isEqualTo(reference.topK(flat, k));
  }

  /** Many equal numbers, and some that are none, in several blocks of what is compared at once. */
  @Property(tries = 200)
  void topK(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 1500) int n,
      @ForAll @IntRange(min = 1, max = 9) int k,
      @ForAll @IntRange(max = 3) int spoilt) {
    Tensor x = new Samples(seed).gaussian(n);
    for (int i = 0; i < n; i++) {
      x.array()[x.offset() + i] = Math.round(x.get(i) * 2);
    }
    Random random = new Random(seed);
    for (int i = 0; i < Math.min(spoilt, n - k); i++) {
      x.array()[x.offset() + random.nextInt(n)] = Float.NaN;
    }
    assertThat(one.topK(x, k)).isEqualTo(reference.topK(x, Math.min(n, k)));
  }

  @Property(tries = 200)
  void attentionProximity(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 45) int t,
      @ForAll @IntRange(min = 1, max = 80) int width,
      @ForAll @IntRange(min = 1, max = 3) int nKvHeads,
      @ForAll @IntRange(min = 1, max = 3) int group,
      @ForAll @IntRange(min = 1, max = 20) int dHead,
      @ForAll Storage storage,
      @ForAll Adversary adversary) {
    Samples samples = new Samples(seed);
    int nHeads = nKvHeads * group;
    Tensor pattern = samples.pattern(nHeads, t, t);
    Tensor whole = samples.gaussian(t, width);
    Tensor values = samples.gaussian(nKvHeads, t, dHead);
    adversary.spoil(pattern, values, whole);
    Tensor weight = samples.weight(storage, width, nHeads * dHead);
    Tensor[] results = new Tensor[3];
    TensorOps[] all = {reference, one, three};
    for (int i = 0; i < all.length; i++) {
      results[i] = samples.gaussian(nHeads, t * (t + 1) / 2);
      all[i].attentionProximity(
          pattern, values, all[i].packBothWays(weight, WeightLayout.OUT_IN), whole, results[i]);
    }
    assertThat(results[2].toFloats()).isEqualTo(results[1].toFloats());
    double[][] norms = termNorms(values, weight.toHeap(), nHeads);
    for (int q = 0; q < t; q++) {
      double scale = largestTerm(pattern, norms, q);
      for (int h = 0; h < nHeads; h++) {
        for (int k = 0; k <= q; k++) {
          int pair = q * (q + 1) / 2 + k;
          assertThat((double) results[1].get(h, pair))
              .as("head %d, query %d, key %d", h, q, k)
              .isCloseTo(results[0].get(h, pair), within(PROXIMITY_TOLERANCE * scale + 1e-30));
        }
      }
    }
  }

  /**
   * Some short, some longer than a panel of keys, so that each begins anywhere among the others.
   */
  @Property(tries = 100)
  void proximitiesOfSeveralPromptsAreThoseOfEachAlone(
      @ForAll long seed,
      @ForAll @Size(max = 7) List<@IntRange(min = 1, max = 45) Integer> lengths,
      @ForAll @IntRange(min = 1, max = 80) int width,
      @ForAll @IntRange(min = 1, max = 3) int nKvHeads,
      @ForAll @IntRange(min = 1, max = 20) int dHead,
      @ForAll Storage storage) {
    Samples samples = new Samples(seed);
    int nHeads = 2 * nKvHeads;
    Tensor weight = samples.weight(storage, width, nHeads * dHead);
    List<AttentionBlock> alone = new ArrayList<>();
    for (int t : lengths) {
      alone.add(
          new AttentionBlock(
              samples.pattern(nHeads, t, t),
              samples.gaussian(nKvHeads, t, dHead),
              samples.gaussian(t, width),
              samples.gaussian(nHeads, t * (t + 1) / 2)));
    }
    PackedMatrix projection = one.packBothWays(weight, WeightLayout.OUT_IN);
    for (AttentionBlock p : alone) {
      one.attentionProximity(p.pattern(), p.values(), projection, p.whole(), p.out());
    }
    for (TensorOps ops : new TensorOps[] {one, three}) {
      List<AttentionBlock> together =
          alone.stream()
              .map(p ->
                  new AttentionBlock(
                      p.pattern(),
                      p.values(),
                      p.whole(),
                      samples.gaussian(p.out().dim(0), p.out().dim(1))))
              .toList();
      ops.attentionProximity(together, ops.packBothWays(weight, WeightLayout.OUT_IN));
      for (int i = 0; i < alone.size(); i++) {
        assertThat(together.get(i).out().toFloats())
            .as("prompt %d of %s", i, lengths)
            .isEqualTo(alone.get(i).out().toFloats());
      }
    }
  }

  /** Data that a shortcut would stumble over. */
  enum Adversary {
    NONE {
      @Override
      void spoil(Tensor pattern, Tensor values, Tensor whole) {}
    },
    /** Every query looks at the first key only. */
    SINK {
      @Override
      void spoil(Tensor pattern, Tensor values, Tensor whole) {
        for (int row = 0; row < pattern.dim(0) * pattern.dim(1); row++) {
          for (int k = 0; k < pattern.dim(2); k++) {
            set(pattern, row * pattern.dim(2) + k, k == 0 ? 1 : 0);
          }
        }
      }
    },
    /** Zeros of both signs: sign(0) must not be 0. */
    ZEROS {
      @Override
      void spoil(Tensor pattern, Tensor values, Tensor whole) {
        for (int i = 0; i < whole.size(); i += 2) {
          set(whole, i, i % 4 == 0 ? 0f : -0f);
        }
      }
    },
    /** All of y is 0: nothing but cancellation. */
    NOTHING {
      @Override
      void spoil(Tensor pattern, Tensor values, Tensor whole) {
        for (int i = 0; i < whole.size(); i++) {
          set(whole, i, 0);
        }
      }
    },
    /** Components a million times the others, as residual streams have. */
    OUTLIERS {
      @Override
      void spoil(Tensor pattern, Tensor values, Tensor whole) {
        for (int i = 0; i < whole.size(); i += 7) {
          set(whole, i, 1e6f * whole.array()[whole.offset() + i]);
        }
      }
    },
    /** Terms much larger than y. */
    CANCELLING {
      @Override
      void spoil(Tensor pattern, Tensor values, Tensor whole) {
        for (int i = 0; i < values.size(); i++) {
          set(values, i, 1e3f * values.array()[values.offset() + i]);
        }
      }
    };

    abstract void spoil(Tensor pattern, Tensor values, Tensor whole);

    private static void set(Tensor x, int i, float value) {
      x.array()[x.offset() + i] = value;
    }
  }

  private interface Call {
    Tensor on(TensorOps ops);
  }

  private interface Into {
    void run(Tensor out);
  }

  private static Tensor into(int t, int width, Into call) {
    Tensor out = Samples.zeros(t, width);
    call.run(out);
    return out;
  }

  /** Checks an operation against the reference, and that threads do not change a bit. */
  private void same(double magnitude, Call call) {
    float[] expected = call.on(reference).toFloats();
    float[] actual = call.on(one).toFloats();
    assertThat(call.on(three).toFloats()).isEqualTo(actual);
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      // The terms of a sum are at least as large as the sum, whatever was expected of them.
      double terms = Math.max(Math.max(1, magnitude), Math.abs(expected[i]));
      assertThat((double) actual[i])
          .as("element %d", i)
          .isCloseTo(expected[i], within(SUM_TOLERANCE * terms));
    }
  }

  /** Returns the largest |x| / sqrt(variance of its row + eps): what rounding a mean grows by. */
  private static double largestBesideSpread(Tensor x, double eps) {
    double largest = 0;
    for (int t = 0; t < x.dim(0); t++) {
      float[] row = x.row(t).toFloats();
      DoubleSummaryStatistics of = new DoubleSummaryStatistics();
      for (float element : row) {
        of.accept(element);
      }
      double squares = 0;
      for (float element : row) {
        squares += Math.pow(element - of.getAverage(), 2);
      }
      double most = Math.max(Math.abs(of.getMin()), Math.abs(of.getMax()));
      largest = Math.max(largest, most / Math.sqrt(squares / row.length + eps));
    }
    return largest;
  }

  /** Returns |u[h, k]|_1 for every head and key. */
  private static double[][] termNorms(Tensor values, Tensor weight, int nHeads) {
    int t = values.dim(1);
    int dHead = values.dim(2);
    double[][] norms = new double[nHeads][t];
    for (int h = 0; h < nHeads; h++) {
      Tensor v = values.row(h / (nHeads / values.dim(0)));
      for (int k = 0; k < t; k++) {
        for (int i = 0; i < weight.dim(0); i++) {
          double u = 0;
          for (int j = 0; j < dHead; j++) {
            int at = weight.offset() + i * weight.dim(1) + h * dHead + j;
            u += (double) v.array()[v.offset() + k * dHead + j] * weight.array()[at];
          }
          norms[h][k] += Math.abs(u);
        }
      }
    }
    return norms;
  }

  private static double largestTerm(Tensor pattern, double[][] norms, int q) {
    double largest = 0;
    for (int h = 0; h < norms.length; h++) {
      for (int k = 0; k <= q; k++) {
        largest = Math.max(largest, pattern.get(h, q, k) * norms[h][k]);
      }
    }
    return largest;
  }
}
