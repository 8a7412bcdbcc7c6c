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
    String down) {

  /** The head's name in all families that have one of their own. */
  static final String HEAD = "lm_head";

  /** The names of a family without norms of query and key heads. */
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
        down);
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
        down);
  }

  /** How the three input projections of attention are stored. */
  sealed interface QueryKeyValue {}

  /** In one matrix, outputs in the order queries, keys, values. */
  record Fused(String name) implements QueryKeyValue {}

  /** In three matrices. */
  record Separate(String query, String key, String value) implements QueryKeyValue {}
}
