package dev.limpid.tensor.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who looks at whom, and what that mixes. */
public interface AttentionContract extends ContractSubject {

  @ParameterizedTest
  @CsvSource({"1,1,1,1,0", "7,3,5,9,2", "40,2,64,40,0", "3,3,13,207,204"})
  default void splitsHeads(int n, int nHeads, int dHead, int t, int first) {
    Samples samples = new Samples(42);
    Tensor x = samples.gaussian(n, nHeads * dHead);
    Tensor before = samples.gaussian(nHeads, t, dHead);
    Tensor out = there(before);
    ops().splitHeads(there(x), out, first);
    Tensor after = out.toHeap();
    for (int h = 0; h < nHeads; h++) {
      for (int i = 0; i < t; i++) {
        boolean written = first <= i && i < first + n;
        float[] expected =
            written
                ? Arrays.copyOfRange(x.row(i - first).toFloats(), h * dHead, (h + 1) * dHead)
                : before.row(h).row(i).toFloats();
        assertThat(after.row(h).row(i).toFloats()).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1,1,1,1",
    "7,7,3,1,5,7",
    "13,13,4,2,16,20",
    "13,13,2,1,6,1",
    "13,13,2,1,6,12",
    "37,37,3,3,37,37",
    "37,37,3,3,37,5",
    "1,37,9,3,64,37",
    "1,37,9,3,64,17",
    "5,20,2,1,7,20",
    "5,20,2,1,7,3",
    "40,40,2,2,8,2147483647",
    "100,207,2,1,33,207",
    "100,207,2,1,33,70"
  })
  default void attends(int tq, int tk, int nHeads, int nKvHeads, int dHead, int window) {
    Samples samples = new Samples(42);
    AttentionShape shape = new AttentionShape(nHeads, nKvHeads, 0.7f, window);
    Tensor queries = samples.gaussian(tq, nHeads * dHead);
    Tensor keys = samples.gaussian(tk, nKvHeads * dHead);
    Tensor values = samples.gaussian(nKvHeads, tk, dHead);
    Tensor patternThere = out(nHeads, tq, tk);
    ops().causalPattern(there(queries), there(keys), shape, patternThere);
    Tensor mixed = out(tq, nHeads * dHead);
    ops().attend(patternThere, there(values), mixed);
    Tensor pattern = patternThere.toHeap();
    Tensor out = mixed.toHeap();
    for (int h = 0; h < nHeads; h++) {
      int keyHead = h / (nHeads / nKvHeads);
      for (int q = 0; q < tq; q++) {
        int last = q + tk - tq;
        int first = Math.max(0, last - window + 1);
        Tensor seen = keys.rows(first, last + 1);
        double[] p = probabilities(queries.row(q), seen, h * dHead, keyHead * dHead, dHead);
        for (int k = 0; k < tk; k++) {
          if (k < first || k > last) {
            assertThat(pattern.get(h, q, k)).isZero();
          } else {
            assertThat((double) pattern.get(h, q, k))
                .isCloseTo(p[k - first], within(PROBABILITY_ROUNDING * dHead));
          }
        }
        for (int i = 0; i < dHead; i++) {
          double sum = 0;
          double magnitude = 0;
          for (int k = 0; k <= last; k++) {
            double term = (double) pattern.get(h, q, k) * values.get(keyHead, k, i);
            sum += term;
            magnitude += Math.abs(term);
          }
          assertThat((double) out.get(q, h * dHead + i))
              .isCloseTo(sum, within(SUM_ROUNDING * magnitude));
        }
      }
    }
  }

  private static double[] probabilities(
      Tensor query, Tensor keys, int fromQ, int fromK, int dHead) {
    double[] p = new double[keys.dim(0)];
    for (int k = 0; k < p.length; k++) {
      for (int i = 0; i < dHead; i++) {
        p[k] += 0.7f * (double) query.get(fromQ + i) * keys.get(k, fromK + i);
      }
    }
    double max = Arrays.stream(p).max().orElseThrow();
    double sum = 0;
    for (int k = 0; k < p.length; k++) {
      p[k] = Math.exp(p[k] - max);
      sum += p[k];
    }
    for (int k = 0; k < p.length; k++) {
      p[k] /= sum;
    }
    return p;
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1,1,1,1,1",
    "1,1,5,3,1,5,9",
    "1,37,64,9,3,64,37",
    "1,206,207,4,2,37,1000",
    "1,207,300,2,1,150,207",
    "1,40,40,3,3,16,13",
    "3,37,40,2,1,21,5",
    "4,4,4,1,1,64,4",
    "7,7,9,3,1,5,7",
    "40,207,208,2,2,20,70",
    "100,100,100,2,1,33,207",
    "13,37,37,4,2,48,37",
    "13,37,64,4,2,33,6",
    "29,90,128,2,1,7,1"
  })
  default void attendsOverACache(
      int tq, int nKeys, int capacity, int nHeads, int nKvHeads, int dHead, int window) {
    Samples samples = new Samples(42);
    Tensor queries = samples.gaussian(tq, nHeads * dHead);
    Tensor keys = samples.gaussian(nKvHeads, capacity, dHead);
    Tensor values = samples.gaussian(nKvHeads, capacity, dHead);
    // What lies behind the last key is not read.
    for (int kv = 0; kv < nKvHeads; kv++) {
      for (int k = nKeys; k < capacity; k++) {
        Tensor row = keys.row(kv).row(k);
        Arrays.fill(row.array(), row.offset(), row.offset() + dHead, Float.NaN);
        row = values.row(kv).row(k);
        Arrays.fill(row.array(), row.offset(), row.offset() + dHead, Float.NaN);
      }
    }
    AttentionShape shape = new AttentionShape(nHeads, nKvHeads, 0.3f, window);
    Tensor mixedThere = out(tq, nHeads * dHead);
    ops().attendCached(there(queries), there(keys), there(values), nKeys, shape, mixedThere);
    Tensor out = mixedThere.toHeap();
    for (int h = 0; h < nHeads; h++) {
      Tensor keysOfHead = keys.row(h / (nHeads / nKvHeads));
      Tensor valuesOfHead = values.row(h / (nHeads / nKvHeads));
      for (int q = 0; q < tq; q++) {
        int last = q + nKeys - tq;
        int first = Math.max(0, last - window + 1);
        double[] p = new double[nKeys];
        double sum = 0;
        for (int k = first; k <= last; k++) {
          for (int i = 0; i < dHead; i++) {
            p[k] += 0.3f * (double) queries.get(q, h * dHead + i) * keysOfHead.get(k, i);
          }
          p[k] = Math.exp(p[k]);
          sum += p[k];
        }
        for (int i = 0; i < dHead; i++) {
          double mixed = 0;
          double magnitude = 0;
          for (int k = first; k <= last; k++) {
            mixed += p[k] / sum * valuesOfHead.get(k, i);
            magnitude += p[k] / sum * Math.abs(valuesOfHead.get(k, i));
          }
          assertThat((double) out.get(q, h * dHead + i))
              .isCloseTo(mixed, within((SUM_ROUNDING + PROBABILITY_ROUNDING * dHead) * magnitude));
        }
      }
    }
  }

  @Test
  default void patternsStandHugeScores() {
    Samples samples = new Samples(42);
    Tensor queries = samples.gaussian(7, 3);
    for (int i = 0; i < 21; i++) {
      queries.array()[queries.offset() + i] *= 1e15f;
    }
    Tensor pattern = out(1, 7, 7);
    AttentionShape shape = new AttentionShape(1, 1, 1e3f, 7);
    ops().causalPattern(there(queries), there(samples.gaussian(7, 3)), shape, pattern);
    for (int q = 0; q < 7; q++) {
      float sum = 0;
      for (int k = 0; k < 7; k++) {
        sum += pattern.get(0, q, k);
      }
      assertThat(sum).isEqualTo(1);
    }
  }
}
