package dev.limpid.routes.circuit;

import dev.limpid.model.config.ModelConfig;
import java.util.BitSet;

/**
 * All parts that can take part in the prediction of one position, numbered: every term (l, h, q, k)
 * of attention, k &lt;= q &lt;= target, then every MLP (l, q); in the last layer those of the
 * target alone. Embeddings, residual connections and biases are always there and are none of them.
 *
 * @param target whose prediction it is
 * @param withMlps whether MLPs are among them; else they are all left as they are
 */
public record Components(int nLayers, int nHeads, int target, boolean withMlps) {

  /** Returns the components of a model for a target. */
  public static Components of(ModelConfig config, int target, boolean withMlps) {
    return new Components(config.nLayers(), config.nHeads(), target, withMlps);
  }

  /** Returns the positions up to the target. */
  public int nPositions() {
    return target + 1;
  }

  private int pairs() {
    return nPositions() * (nPositions() + 1) / 2;
  }

  /** Returns how many terms there are. */
  public int nTerms() {
    return (nLayers - 1) * nHeads * pairs() + nHeads * nPositions();
  }

  /** Returns how many MLPs there are among them. */
  public int nMlps() {
    return withMlps ? (nLayers - 1) * nPositions() + 1 : 0;
  }

  /** Returns |U|, how many there are. */
  public int size() {
    return nTerms() + nMlps();
  }

  /** Returns the first position whose parts of a layer are among them. */
  public int first(int layer) {
    return layer == nLayers - 1 ? target : 0;
  }

  /** Returns the number of a term. */
  public int term(int layer, int head, int query, int key) {
    int before = layer * nHeads * pairs();
    return layer == nLayers - 1
        ? before + head * nPositions() + key
        : before + head * pairs() + query * (query + 1) / 2 + key;
  }

  /** Returns the number of an MLP. */
  public int mlp(int layer, int position) {
    return nTerms() + layer * nPositions() + (layer == nLayers - 1 ? 0 : position);
  }

  /** Returns a circuit of all of them. */
  public BitSet all() {
    BitSet all = new BitSet(size());
    all.set(0, size());
    return all;
  }

  /** Returns what a circuit leaves out. */
  public BitSet without(BitSet circuit) {
    BitSet rest = all();
    rest.andNot(circuit);
    return rest;
  }

  /** Takes one term after the other. */
  public interface TermVisitor {
    /** Takes a term and its number. */
    void term(int number, int layer, int head, int query, int key);
  }

  /** Visits all terms in the order of their numbers. */
  public void forEachTerm(TermVisitor visitor) {
    for (int l = 0; l < nLayers; l++) {
      for (int h = 0; h < nHeads; h++) {
        for (int q = first(l); q <= target; q++) {
          for (int k = 0; k <= q; k++) {
            visitor.term(term(l, h, q, k), l, h, q, k);
          }
        }
      }
    }
  }

  /** Takes one MLP after the other. */
  public interface MlpVisitor {
    /** Takes an MLP and its number. */
    void mlp(int number, int layer, int position);
  }

  /** Visits all MLPs that are among them, in the order of their numbers. */
  public void forEachMlp(MlpVisitor visitor) {
    for (int l = 0; withMlps && l < nLayers; l++) {
      for (int q = first(l); q <= target; q++) {
        visitor.mlp(mlp(l, q), l, q);
      }
    }
  }
}
