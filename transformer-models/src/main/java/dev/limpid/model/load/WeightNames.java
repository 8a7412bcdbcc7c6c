package dev.limpid.model.load;

import dev.limpid.tensor.ops.WeightLayout;
import java.util.List;

/**
 * What a family calls its weights; {@code .weight} and {@code .bias} come after each name, an empty
 * name means that the family has no such weight.
 *
 * @param prefixes what may stand in front of all names but the head's; checkpoints differ
 * @param layout how linear maps are stored
 * @param block what stands in front of the names of layer %d
 * @param head the unembedding's name where it is not the embedding; no prefix comes before it
 */
record WeightNames(
    List<String> prefixes,
    WeightLayout layout,
    String embedding,
    String positions,
    String finalNorm,
    String block,
    String attentionNorm,
    QueryKeyValue queryKeyValue,
    String queryNorm,
    String keyNorm,
    String attentionOut,
    String mlpNorm,
    String gate,
    String up,
    String down,
    String head) {

  /** Returns the names under which GGUF files hold the same weights, whatever the family. */
  WeightNames inGguf() {
    return new WeightNames(
        List.of(""),
        WeightLayout.OUT_IN, // GPT-2's too
        "token_embd",
        positions.isEmpty() ? "" : "position_embd",
        "output_norm",
        "blk.%d.",
        "attn_norm",
        switch (queryKeyValue) {
          case Fused fused -> new Fused("attn_qkv");
          case Separate separate -> new Separate("attn_q", "attn_k", "attn_v");
        },
        queryNorm.isEmpty() ? "" : "attn_q_norm",
        keyNorm.isEmpty() ? "" : "attn_k_norm",
        "attn_output",
        "ffn_norm",
        gate.isEmpty() ? "" : "ffn_gate",
        "ffn_up",
        "ffn_down",
        "output");
  }

  /**
   * The names of a family without norms of query and key heads, and with the usual name of the
   * head.
   */
  WeightNames(
      List<String> prefixes,
      WeightLayout layout,
      String embedding,
      String positions,
      String finalNorm,
      String block,
      String attentionNorm,
      QueryKeyValue queryKeyValue,
      String attentionOut,
      String mlpNorm,
      String gate,
      String up,
      String down) {
    this(
        prefixes,
        layout,
        embedding,
        positions,
        finalNorm,
        block,
        attentionNorm,
        queryKeyValue,
        "",
        "",
        attentionOut,
        mlpNorm,
        gate,
        up,
        down,
        "lm_head");
  }

  /** Returns the same names, and those of the norms of query and key heads. */
  WeightNames withHeadNorms(String query, String key) {
    return new WeightNames(
        prefixes,
        layout,
        embedding,
        positions,
        finalNorm,
        block,
        attentionNorm,
        queryKeyValue,
        query,
        key,
        attentionOut,
        mlpNorm,
        gate,
        up,
        down,
        head);
  }

  /** How the three input projections of attention are stored. */
  sealed interface QueryKeyValue {}

  /** In one matrix, outputs in the order queries, keys, values. */
  record Fused(String name) implements QueryKeyValue {}

  /** In three matrices. */
  record Separate(String query, String key, String value) implements QueryKeyValue {}
}
