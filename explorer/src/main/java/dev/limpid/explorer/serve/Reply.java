package dev.limpid.explorer.serve;

/** What becomes of a request that was understood. */
public sealed interface Reply {
  /** The answer is there. */
  record Ready(Content content) implements Reply {}

  /**
   * The answer is computed in a lane.
   *
   * @param question equal for requests that have the same answer: it is computed once for all who
   *     ask at the same time
   */
  record Asked(Lane lane, String question, Work work) implements Reply {}
}
