package dev.limpid.model.load;

/** The weights that a family may have; one that it has no name for, it has not. */
enum Weight {
  /** The embedding of tokens, [V, D]. */
  EMBEDDING("token_embd"),
  /** The learned vectors of positions, [n, D]. */
  POSITIONS("position_embd"),
  /** The norm in front of the unembedding. */
  FINAL_NORM("output_norm"),
  /** The unembedding, where it is not the embedding; no prefix comes before its name. */
  HEAD("output"),

  /** The norm in front of the attention. */
  ATTENTION_NORM("attn_norm"),
  /** W_Q. */
  QUERY("attn_q"),
  /** W_K. */
  KEY("attn_k"),
  /** W_V. */
  VALUE("attn_v"),
  /** W_Q, W_K and W_V in one matrix, outputs in this order; in the place of the three. */
  FUSED_QKV("attn_qkv"),
  /** The norm of every query head. */
  QUERY_NORM("attn_q_norm"),
  /** The norm of every key head. */
  KEY_NORM("attn_k_norm"),
  /** W_O. */
  ATTENTION_OUT("attn_output"),

  /** The norm in front of the MLP. */
  MLP_NORM("ffn_norm"),
  /** The gate of an MLP that has one. */
  GATE("ffn_gate"),
  /** What the neurons read. */
  UP("ffn_up"),
  /** What the neurons write. */
  DOWN("ffn_down");

  private final String inGguf;

  Weight(String inGguf) {
    this.inGguf = inGguf;
  }

  /** Returns the name under which GGUF files hold it, whatever the family. */
  String inGguf() {
    return inGguf;
  }
}
