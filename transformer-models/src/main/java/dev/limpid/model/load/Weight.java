package dev.limpid.model.load;

/** The weights that a family may have; one that it has no name for, it has not. */
enum Weight {
  /** The embedding of tokens, [V, D]. */
  EMBEDDING("token_embd"),
  /** The norm of the embeddings. */
  EMBEDDING_NORM("token_embd_norm"),
  /** From the embeddings to states, where they differ in width. */
  PROJECT_IN("project_in"),
  /** From states to what the head reads, likewise. */
  PROJECT_OUT("project_out"),
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
  /** W_Q, W_K and W_V in one matrix; in the place of the three. */
  FUSED_QKV("attn_qkv"),
  /** The norm of queries. */
  QUERY_NORM("attn_q_norm"),
  /** The norm of keys. */
  KEY_NORM("attn_k_norm"),
  /** A score of each head that belongs to no key, [H]; a name of its own, nothing comes after. */
  SINKS("attn_sinks.weight"),
  /** W_O. */
  ATTENTION_OUT("attn_output"),
  /** The norm behind the attention, or of the state after it. */
  ATTENTION_POST_NORM("post_attention_norm"),

  /** The norm in front of the MLP. */
  MLP_NORM("ffn_norm"),
  /** The gate of an MLP that has one. */
  GATE("ffn_gate"),
  /** What the neurons read. */
  UP("ffn_up"),
  /** Gate and up in one matrix, in this order; in the place of the two. */
  FUSED_GATE_UP("ffn_up"),
  /** What the neurons write. */
  DOWN("ffn_down"),
  /** The norm behind the MLP, or of the state after it. */
  MLP_POST_NORM("post_ffw_norm"),

  /** To a number of each expert. */
  ROUTER("ffn_gate_inp"),
  /** The gate of expert %d. */
  EXPERT_GATE("ffn_gate.%d"),
  /** What the neurons of expert %d read. */
  EXPERT_UP("ffn_up.%d"),
  /** What the neurons of expert %d write. */
  EXPERT_DOWN("ffn_down.%d"),
  /** The gates of all experts, [E, F, D]; a whole name. */
  EXPERTS_GATE("ffn_gate_exps.weight"),
  /** What the neurons of all experts read, [E, F, D]; a whole name. */
  EXPERTS_UP("ffn_up_exps.weight"),
  /** Gates and ups of all experts; a whole name. */
  EXPERTS_GATE_UP("ffn_gate_up_exps.weight"),
  /** What the neurons of all experts write; a whole name. */
  EXPERTS_DOWN("ffn_down_exps.weight"),
  /** To the number that weighs the expert that all positions go to. */
  SHARED_WEIGHT("ffn_gate_inp_shexp"),
  /** The gate of that expert. */
  SHARED_GATE("ffn_gate_shexp"),
  /** What its neurons read. */
  SHARED_UP("ffn_up_shexp"),
  /** Its gate and what its neurons read in one matrix, in this order; in the place of the two. */
  SHARED_GATE_UP("ffn_gate_up_shexp"),
  /** What its neurons write. */
  SHARED_DOWN("ffn_down_shexp");

  private final String inGguf;

  Weight(String inGguf) {
    this.inGguf = inGguf;
  }

  /** Returns the name under which GGUF files hold it, whatever the family. */
  String inGguf() {
    return inGguf;
  }
}
