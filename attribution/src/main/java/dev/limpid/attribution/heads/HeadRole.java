package dev.limpid.attribution.heads;

import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What a head is known for, and from which score on it is said to do it.
 *
 * <p>The scores are those of the literature; where to draw the line is a convention. Even attention
 * to all tokens gives 0.17 to the previous token in lists of names, 0.07 in lists of tokens, and
 * 0.07 to a name. Small models spread these two roles over several heads, so the lines lie at one
 * and a half and at two times that; those of the other roles lie far above even attention.
 */
public enum HeadRole {
  /** Attends to the token before: {@link HeadScores#previousToken} is 0.25 or more. */
  PREVIOUS_TOKEN(0.25, HeadScores::previousToken),
  /** Attends to what followed the same token before: {@link HeadScores#induction}, 0.4 or more. */
  INDUCTION(0.4, HeadScores::induction),
  /** Attends to the same token before: {@link HeadScores#duplicateToken} is 0.4 or more. */
  DUPLICATE_TOKEN(0.4, HeadScores::duplicateToken),
  /** Parks on the first token: {@link HeadScores#firstToken} is 0.5 or more. */
  FIRST_TOKEN(0.5, HeadScores::firstToken),
  /**
   * Brings names to the end: there it gives 0.15 or more of its attention to the name that is the
   * answer, and it copies what it attends to ({@link HeadScores#copying} is 0.5 or more). Whether
   * it also tells the answer from the other name is seen by comparing {@link
   * HeadScores#answerAttention} with {@link HeadScores#otherAttention}: a model may bring both
   * names and take one away elsewhere.
   */
  NAME_MOVER(0.15, HeadRole::nameMoving);

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
