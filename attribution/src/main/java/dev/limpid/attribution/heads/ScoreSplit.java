package dev.limpid.attribution.heads;

import dev.limpid.model.ForwardTrace;
import dev.limpid.model.Transformer;
import java.util.List;

/**
 * Why a head looks where it looks: its score before the softmax, split exactly among pairs of parts
 * of the two states that it compares.
 *
 * <pre>
 *   S[h, q, k] = sum over i, j of M[i, j]
 *   M[i, j] = scale &lt;rot_q(W_Q N_q(part i of residPre[q])), rot_k(W_K N_k(part j of residPre[k]))&gt;
 * </pre>
 *
 * <p>N is the norm with its scale held at that of the whole state, so that queries and keys are
 * linear in the state; a norm over query and key heads is held likewise.
 *
 * @param parts what both states are made of, in the order of the pass
 * @param pairs M, [parts of the query][parts of the key]
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ScoreSplit(
    int layer, int head, int query, int key, List<ScorePart> parts, double[][] pairs) {

  /** Copies the list. */
  public ScoreSplit {
    parts = List.copyOf(parts);
  }

  /**
   * Splits a score.
   *
   * @param trace not modified
   * @param key at most the query
   */
  public static ScoreSplit of(
      Transformer model, ForwardTrace trace, int layer, int head, int query, int key) {
    return ScoreParts.of(model, trace, layer, query, List.of(key)).split(head, key);
  }

  /** Returns what is split less the same of another key: why one key and not the other. */
  public ScoreSplit less(ScoreSplit other) {
    double[][] difference = new double[pairs.length][pairs.length];
    for (int i = 0; i < pairs.length; i++) {
      for (int j = 0; j < pairs.length; j++) {
        difference[i][j] = pairs[i][j] - other.pairs[i][j];
      }
    }
    return new ScoreSplit(layer, head, query, key, parts, difference);
  }

  /** Returns the sum of all pairs: the score. */
  public double score() {
    double sum = 0;
    for (int i = 0; i < pairs.length; i++) {
      sum += ofQuery(i);
    }
    return sum;
  }

  /** Returns the sum of all pairs with a part of the query. */
  public double ofQuery(int part) {
    double sum = 0;
    for (double pair : pairs[part]) {
      sum += pair;
    }
    return sum;
  }

  /** Returns the sum of all pairs with a part of the key. */
  public double ofKey(int part) {
    double sum = 0;
    for (double[] row : pairs) {
      sum += row[part];
    }
    return sum;
  }
}
