package dev.limpid.attribution;

import dev.limpid.model.LayerTrace;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What every head of a layer brought to one position, from one key or from all.
 *
 * @param position the query q
 * @param key the key k, or null for all keys &lt;= q
 * @param heads all heads of the layer in their order
 */
public record HeadContributions(
    int layer, int position, @Nullable Integer key, List<HeadContribution> heads) {

  /** Copies the list. */
  public HeadContributions {
    heads = List.copyOf(heads);
  }

  /**
   * Computes the contributions of the heads of a layer.
   *
   * <p>The signed score of a term z is sign(y) . z / |y|_1 with y the state that it is a part of,
   * sign(0) = 1: those of all heads, of residPre and of the biases sum to 1, and what a head takes
   * away is negative.
   *
   * @param trace of that layer, not modified
   * @param key or null for all keys
   * @throws IndexOutOfBoundsException if the position is not in the prompt, or the key beyond it
   */
  public static HeadContributions of(
      Transformer model,
      int layer,
      LayerTrace trace,
      ContributionOptions options,
      int position,
      @Nullable Integer key) {
    Objects.checkIndex(position, trace.residPre().dim(0));
    int from = key == null ? 0 : Objects.checkIndex(key, position + 1);
    int to = key == null ? position : key;
    LayerContributions contributions = Contributions.ofLayer(model, layer, trace, options);
    double[][] signed = signed(model, layer, trace, position);

    List<HeadContribution> heads = new ArrayList<>();
    for (int h = 0; h < model.config().nHeads(); h++) {
      double contribution = 0;
      double score = 0;
      double attention = 0;
      Tensor pattern = trace.pattern().row(h).row(position).toHeap();
      for (int k = from; k <= to; k++) {
        contribution += contributions.attention(position, k, h);
        score += signed[h][k];
        attention = Math.max(attention, pattern.get(k));
      }
      heads.add(
          new HeadContribution(h, contribution, score, attention, largest(pattern, position)));
    }
    return new HeadContributions(layer, position, key, heads);
  }

  /** The key with the largest attention; of equal ones the first. */
  private static int largest(Tensor pattern, int position) {
    int largest = 0;
    for (int k = 1; k <= position; k++) {
      largest = pattern.get(k) > pattern.get(largest) ? k : largest;
    }
    return largest;
  }

  /** The signed scores of all terms of one query: [H][q + 1]. */
  private static double[][] signed(Transformer model, int layer, LayerTrace trace, int q) {
    float[] whole = new BlockParts(model, layer, trace).attentionWhole().row(q).toFloats();
    Tensor signs = Tensor.zeros(whole.length);
    double norm = 0;
    for (int i = 0; i < whole.length; i++) {
      signs.array()[i] = whole[i] >= 0 ? 1 : -1;
      norm += Math.abs(whole[i]);
    }
    double[][] scores = HeadTerms.along(model, layer, trace, q, signs);
    for (double[] ofHead : scores) {
      for (int k = 0; k <= q; k++) {
        ofHead[k] = norm == 0 ? 0 : ofHead[k] / norm;
      }
    }
    return scores;
  }
}
