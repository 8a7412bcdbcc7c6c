package dev.limpid.attribution;

import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What a head is known for, and from which score on it is said to do it.
 *
 * <p>The scores are those of the literature; where to draw the line is a convention. These lines
 * are drawn where a head spends a good part of its attention so; in prompts as short as these, even
 * attention gives each token a tenth or less.
 */
public enum HeadRole {
  /** Attends to the token before: {@link HeadScores#previousToken} is 0.3 or more. */
  PREVIOUS_TOKEN(0.3, HeadScores::previousToken),
  /** Attends to what followed the same token before: {@link HeadScores#induction}, 0.4 or more. */
  INDUCTION(0.4, HeadScores::induction),
  /** Attends to the same token before: {@link HeadScores#duplicateToken} is 0.4 or more. */
  DUPLICATE_TOKEN(0.4, HeadScores::duplicateToken),
  /** Parks on the first token: {@link HeadScores#firstToken} is 0.5 or more. */
  FIRST_TOKEN(0.5, HeadScores::firstToken),
  /**
   * Brings names to the end: there it gives 0.2 or more of its attention to the name that is the
   * answer, and it copies what it attends to ({@link HeadScores#copying} is 0.5 or more). Whether
   * it also tells the answer from the other name is seen by comparing {@link
   * HeadScores#answerAttention} with {@link HeadScores#otherAttention}: a model may bring both
   * names and take one away elsewhere.
   */
  NAME_MOVER(0.2, HeadRole::nameMoving);

  /** The share of names that a name mover must copy at least. */
  public static final double COPYING = 0.5;

  private final double threshold;
  private final ToDoubleFunction<HeadScores> score;

  HeadRole(double threshold, ToDoubleFunction<HeadScores> score) {
    this.threshold = threshold;
    this.score = score;
  }

  /** Returns the score from which on a head has this role. */
  public double threshold() {
    return threshold;
  }

  /** Returns how well a head plays this role, at most 1. */
  public double score(HeadScores head) {
    return score.applyAsDouble(head);
  }

  /** Returns whether a head has this role. */
  public boolean playedBy(HeadScores head) {
    return score(head) >= threshold;
  }

  private static double nameMoving(HeadScores head) {
    Double copying = head.copying();
    Double answer = head.answerAttention();
    return copying == null || answer == null || copying < COPYING ? 0 : answer;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
