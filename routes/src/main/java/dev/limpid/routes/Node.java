package dev.limpid.routes;

/**
 * A state of the residual stream at one position, or an MLP between two of them.
 *
 * @param layer the layer; 0 for a token
 * @param position the token's position, BOS included
 */
public record Node(Kind kind, int layer, int position) {

  /** The kinds of nodes, in the order in which a layer computes them. */
  public enum Kind {
    /** The embedding of a token: residPre of layer 0. */
    TOKEN('X'),
    /** residMid. */
    AFTER_ATTENTION('A'),
    /** The MLP, reading residMid and adding mlpOut. */
    MLP('M'),
    /** residPost. */
    AFTER_MLP('I');

    private final char letter;

    Kind(char letter) {
      this.letter = letter;
    }
  }

  /** Returns whether it is a sum of parts: a state that a block has added to. */
  boolean isMadeOfParts() {
    return kind == Kind.AFTER_ATTENTION || kind == Kind.AFTER_MLP;
  }

  /** Returns the name in files, as LM-TT names it: X0_t, A{l}_t, M{l}_t or I{l}_t. */
  public String id() {
    return "" + kind.letter + layer + "_" + position;
  }

  @Override
  public String toString() {
    return id();
  }
}
