package dev.limpid.attribution.heads;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The scores of one head; A is its attention, r the length of a list that is said twice, T that of
 * the prompt. Of several kinds of lists ({@link HeadProbes#lists}) the one with the highest mean
 * counts.
 *
 * @param previousToken mean over q &gt;= 1 of A[q, q - 1]
 * @param induction mean of A[q, q - r + 1] over the second time, q &gt;= T - r: attention to what
 *     followed the first occurrence of token q (Olsson et al. 2022, "In-context Learning and
 *     Induction Heads", prefix matching)
 * @param duplicateToken mean of A[q, q - r] over the same positions: attention to the first
 *     occurrence itself (Wang et al. 2023, "Interpretability in the Wild", duplicate token heads)
 * @param firstToken mean over q &gt;= 1 of A[q, 0]
 * @param copying the share of names that the head would write on if it attended to them: the name's
 *     state after the first MLP, through the norm of the head's layer, W_V and W_O of the head
 *     without biases, final norm and unembedding, has the name among its top 5 (Wang et al. 2023,
 *     copy score of name movers); null if the model has too few names of one token
 * @param answerAttention mean of A[last, k] over prompts such as "When Mary and John went to the
 *     store, John gave a drink to", k the name that is the answer; null where copying is
 * @param otherAttention the same for both mentions of the other name together
 */
public record HeadScores(
    int layer,
    int head,
    double previousToken,
    double induction,
    double duplicateToken,
    double firstToken,
    @Nullable Double copying,
    @Nullable Double answerAttention,
    @Nullable Double otherAttention) {

  /** Returns the roles this head has. */
  public List<HeadRole> roles() {
    return Arrays.stream(HeadRole.values()).filter(role -> role.playedBy(this)).toList();
  }
}
