package dev.limpid.model.load;

import static dev.limpid.model.load.WeightNames.Fused.BY_KEY_HEAD;
import static dev.limpid.model.load.WeightNames.Pairs.ADJACENT;

import dev.limpid.tensor.ops.WeightLayout;

/** What each family calls its weights: tables, to be read beside the names in a checkpoint. */
final class FamilyNames {
  private FamilyNames() {}

  static final WeightNames GPT2 =
      WeightNames.ofLayers("h.%d.")
          .withPrefixes("transformer.", "")
          .withLayout(WeightLayout.IN_OUT)
          .with(Weight.EMBEDDING, "wte")
          .with(Weight.POSITIONS, "wpe")
          .with(Weight.FINAL_NORM, "ln_f")
          .with(Weight.ATTENTION_NORM, "ln_1")
          .with(Weight.FUSED_QKV, "attn.c_attn")
          .with(Weight.ATTENTION_OUT, "attn.c_proj")
          .with(Weight.MLP_NORM, "ln_2")
          .with(Weight.UP, "mlp.c_fc")
          .with(Weight.DOWN, "mlp.c_proj");

  static final WeightNames GPT_BIGCODE =
      GPT2.withLayout(WeightLayout.OUT_IN).withFused(BY_KEY_HEAD);

  static final WeightNames GPT_NEO =
      GPT2.withLayout(WeightLayout.OUT_IN)
          .without(Weight.FUSED_QKV)
          .with(Weight.QUERY, "attn.attention.q_proj")
          .with(Weight.KEY, "attn.attention.k_proj")
          .with(Weight.VALUE, "attn.attention.v_proj")
          .with(Weight.ATTENTION_OUT, "attn.attention.out_proj");

  static final WeightNames GPTJ =
      GPT2.withLayout(WeightLayout.OUT_IN)
          .withPairs(ADJACENT)
          .without(Weight.POSITIONS, Weight.FUSED_QKV, Weight.MLP_NORM)
          .with(Weight.QUERY, "attn.q_proj")
          .with(Weight.KEY, "attn.k_proj")
          .with(Weight.VALUE, "attn.v_proj")
          .with(Weight.ATTENTION_OUT, "attn.out_proj")
          .with(Weight.UP, "mlp.fc_in")
          .with(Weight.DOWN, "mlp.fc_out");

  static final WeightNames GPT_NEOX =
      WeightNames.ofLayers("layers.%d.")
          .withPrefixes("gpt_neox.", "")
          .withFused(BY_KEY_HEAD)
          .with(Weight.EMBEDDING, "embed_in")
          .with(Weight.HEAD, "embed_out", "lm_head")
          .with(Weight.FINAL_NORM, "final_layer_norm")
          .with(Weight.ATTENTION_NORM, "input_layernorm")
          .with(Weight.FUSED_QKV, "attention.query_key_value")
          .with(Weight.ATTENTION_OUT, "attention.dense")
          .with(Weight.MLP_NORM, "post_attention_layernorm")
          .with(Weight.UP, "mlp.dense_h_to_4h")
          .with(Weight.DOWN, "mlp.dense_4h_to_h");

  static final WeightNames BLOOM =
      WeightNames.ofLayers("h.%d.")
          .withPrefixes("transformer.", "")
          .withFused(BY_KEY_HEAD)
          .with(Weight.EMBEDDING, "word_embeddings")
          .with(Weight.EMBEDDING_NORM, "word_embeddings_layernorm")
          .with(Weight.FINAL_NORM, "ln_f")
          .with(Weight.ATTENTION_NORM, "input_layernorm")
          .with(Weight.FUSED_QKV, "self_attention.query_key_value")
          .with(Weight.ATTENTION_OUT, "self_attention.dense")
          .with(Weight.MLP_NORM, "post_attention_layernorm")
          .with(Weight.UP, "mlp.dense_h_to_4h")
          .with(Weight.DOWN, "mlp.dense_4h_to_h");

  static final WeightNames FALCON =
      BLOOM
          .without(Weight.EMBEDDING_NORM)
          .with(Weight.ATTENTION_NORM, "input_layernorm", "ln_attn")
          .with(Weight.MLP_NORM, "post_attention_layernorm", "ln_mlp");

  static final WeightNames OPT =
      WeightNames.ofLayers("layers.%d.")
          .withPrefixes("model.decoder.", "decoder.", "")
          .with(Weight.EMBEDDING, "embed_tokens")
          .with(Weight.PROJECT_IN, "project_in")
          .with(Weight.PROJECT_OUT, "project_out")
          .with(Weight.POSITIONS, "embed_positions")
          .with(Weight.FINAL_NORM, "final_layer_norm")
          .with(Weight.ATTENTION_NORM, "self_attn_layer_norm")
          .with(Weight.QUERY, "self_attn.q_proj")
          .with(Weight.KEY, "self_attn.k_proj")
          .with(Weight.VALUE, "self_attn.v_proj")
          .with(Weight.ATTENTION_OUT, "self_attn.out_proj")
          .with(Weight.ATTENTION_POST_NORM, "self_attn_layer_norm")
          .with(Weight.MLP_NORM, "final_layer_norm")
          .with(Weight.UP, "fc1")
          .with(Weight.DOWN, "fc2")
          .with(Weight.MLP_POST_NORM, "final_layer_norm");

  static final WeightNames LLAMA =
      WeightNames.ofLayers("layers.%d.")
          .withPrefixes("model.", "")
          .with(Weight.EMBEDDING, "embed_tokens")
          .with(Weight.FINAL_NORM, "norm")
          .with(Weight.ATTENTION_NORM, "input_layernorm")
          .with(Weight.QUERY, "self_attn.q_proj")
          .with(Weight.KEY, "self_attn.k_proj")
          .with(Weight.VALUE, "self_attn.v_proj")
          .with(Weight.ATTENTION_OUT, "self_attn.o_proj")
          .with(Weight.MLP_NORM, "post_attention_layernorm")
          .with(Weight.GATE, "mlp.gate_proj")
          .with(Weight.UP, "mlp.up_proj")
          .with(Weight.DOWN, "mlp.down_proj");

  /** Llama's, with norms of queries and keys. */
  static final WeightNames NORMED_HEADS =
      LLAMA.with(Weight.QUERY_NORM, "self_attn.q_norm").with(Weight.KEY_NORM, "self_attn.k_norm");

  /** Llama's without a gate. */
  static final WeightNames PLAIN_MLP = LLAMA.without(Weight.GATE);

  static final WeightNames ERNIE = LLAMA.withPairs(ADJACENT);

  static final WeightNames INTERNLM2 =
      WeightNames.ofLayers("layers.%d.")
          .withPrefixes("model.", "")
          .withFused(BY_KEY_HEAD)
          .with(Weight.EMBEDDING, "tok_embeddings")
          .with(Weight.HEAD, "output")
          .with(Weight.FINAL_NORM, "norm")
          .with(Weight.ATTENTION_NORM, "attention_norm")
          .with(Weight.FUSED_QKV, "attention.wqkv")
          .with(Weight.ATTENTION_OUT, "attention.wo")
          .with(Weight.MLP_NORM, "ffn_norm")
          .with(Weight.GATE, "feed_forward.w1")
          .with(Weight.UP, "feed_forward.w3")
          .with(Weight.DOWN, "feed_forward.w2");

  static final WeightNames GLM4 =
      LLAMA
          .withPairs(ADJACENT)
          .without(Weight.GATE, Weight.UP)
          .with(Weight.FUSED_GATE_UP, "mlp.gate_up_proj")
          .with(Weight.ATTENTION_POST_NORM, "post_self_attn_layernorm")
          .with(Weight.MLP_POST_NORM, "post_mlp_layernorm");

  static final WeightNames STARCODER2 =
      LLAMA.without(Weight.GATE).with(Weight.UP, "mlp.c_fc").with(Weight.DOWN, "mlp.c_proj");

  static final WeightNames GEMMA2 =
      LLAMA
          .with(Weight.ATTENTION_POST_NORM, "post_attention_layernorm")
          .with(Weight.MLP_NORM, "pre_feedforward_layernorm")
          .with(Weight.MLP_POST_NORM, "post_feedforward_layernorm");

  static final WeightNames GEMMA3 =
      GEMMA2
          .withPrefixes(
              "model.", "language_model.model.", "model.language_model.", "language_model.", "")
          .with(Weight.HEAD, "lm_head", "language_model.lm_head")
          .with(Weight.QUERY_NORM, "self_attn.q_norm")
          .with(Weight.KEY_NORM, "self_attn.k_norm");

  static final WeightNames PHI =
      LLAMA
          .without(Weight.GATE, Weight.MLP_NORM)
          .with(Weight.FINAL_NORM, "final_layernorm")
          .with(Weight.QUERY_NORM, "self_attn.q_layernorm")
          .with(Weight.KEY_NORM, "self_attn.k_layernorm")
          .with(Weight.ATTENTION_OUT, "self_attn.dense")
          .with(Weight.UP, "mlp.fc1")
          .with(Weight.DOWN, "mlp.fc2");

  static final WeightNames PHI3 =
      LLAMA
          .without(Weight.QUERY, Weight.KEY, Weight.VALUE, Weight.GATE, Weight.UP)
          .with(Weight.FUSED_QKV, "self_attn.qkv_proj")
          .with(Weight.FUSED_GATE_UP, "mlp.gate_up_proj");

  static final WeightNames OLMO2 =
      NORMED_HEADS
          .without(Weight.ATTENTION_NORM, Weight.MLP_NORM)
          .with(Weight.ATTENTION_POST_NORM, "post_attention_layernorm")
          .with(Weight.MLP_POST_NORM, "post_feedforward_layernorm");

  static final WeightNames COHERE = NORMED_HEADS.without(Weight.MLP_NORM).withPairs(ADJACENT);

  static final WeightNames STABLELM =
      LLAMA
          .with(Weight.QUERY_NORM, "self_attn.q_layernorm")
          .with(Weight.KEY_NORM, "self_attn.k_layernorm");

  /** Experts as most families store them. */
  static final WeightNames EXPERTS =
      LLAMA
          .with(Weight.ROUTER, "mlp.gate")
          .with(Weight.EXPERT_GATE, "mlp.experts.%d.gate_proj")
          .with(Weight.EXPERT_UP, "mlp.experts.%d.up_proj")
          .with(Weight.EXPERT_DOWN, "mlp.experts.%d.down_proj")
          .with(Weight.EXPERTS_GATE_UP, "mlp.experts.gate_up_proj")
          .with(Weight.EXPERTS_DOWN, "mlp.experts.down_proj");

  static final WeightNames MIXTRAL =
      EXPERTS
          .with(Weight.ROUTER, "block_sparse_moe.gate", "mlp.gate")
          .with(Weight.EXPERT_GATE, "block_sparse_moe.experts.%d.w1")
          .with(Weight.EXPERT_UP, "block_sparse_moe.experts.%d.w3")
          .with(Weight.EXPERT_DOWN, "block_sparse_moe.experts.%d.w2");

  static final WeightNames QWEN2_MOE =
      EXPERTS
          .with(Weight.SHARED_WEIGHT, "mlp.shared_expert_gate")
          .with(Weight.SHARED_GATE, "mlp.shared_expert.gate_proj")
          .with(Weight.SHARED_UP, "mlp.shared_expert.up_proj")
          .with(Weight.SHARED_DOWN, "mlp.shared_expert.down_proj");

  static final WeightNames GRANITE_MOE =
      LLAMA
          .without(Weight.GATE, Weight.UP, Weight.DOWN)
          .with(Weight.ROUTER, "block_sparse_moe.router.layer", "block_sparse_moe.router")
          .with(
              Weight.EXPERTS_GATE_UP,
              "block_sparse_moe.input_linear.weight",
              "block_sparse_moe.experts.gate_up_proj")
          .with(
              Weight.EXPERTS_DOWN,
              "block_sparse_moe.output_linear.weight",
              "block_sparse_moe.experts.down_proj")
          .with(Weight.SHARED_GATE_UP, "shared_mlp.input_linear")
          .with(Weight.SHARED_DOWN, "shared_mlp.output_linear");

  static final WeightNames NORMED_EXPERTS =
      EXPERTS.with(Weight.QUERY_NORM, "self_attn.q_norm").with(Weight.KEY_NORM, "self_attn.k_norm");

  static final WeightNames GPT_OSS =
      EXPERTS.with(Weight.ROUTER, "mlp.router").with(Weight.SINKS, "self_attn.sinks");
}
