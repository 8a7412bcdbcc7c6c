package dev.limpid.explorer.serve;

import dev.limpid.routes.FittingThreshold;

/**
 * What is taken at most.
 *
 * @param maxTokens of a prompt; a model's context may be shorter
 * @param maxCharacters of a text
 * @param maxBodyBytes of a request
 * @param maxTop entries of a list
 * @param maxEdges of a route
 * @param finestThreshold of a route
 * @param maxPrompts of one study of many
 * @param maxChanges of one experiment
 */
public record Limits(
    int maxTokens,
    int maxCharacters,
    int maxBodyBytes,
    int maxTop,
    int maxEdges,
    double finestThreshold,
    int maxPrompts,
    int maxChanges) {
  /** Enough for a person, and little enough for a laptop. */
  public static final Limits DEFAULT =
      new Limits(2048, 20_000, 262_144, 100, 20_000, FittingThreshold.FINEST, 1000, 64);

  /** Returns the same with another length of texts. */
  public Limits withMaxCharacters(int other) {
    return new Limits(
        maxTokens, other, maxBodyBytes, maxTop, maxEdges, finestThreshold, maxPrompts, maxChanges);
  }
}
