package dev.limpid;

/**
 * Hears how far something is, and may end it by throwing an unchecked exception, such as {@link
 * java.util.concurrent.CancellationException}: it leaves the question as it is, and the next one
 * begins where this one was.
 */
@FunctionalInterface
public interface Progress {
  /** Hears nothing. */
  Progress NONE = (phase, done, all) -> {};

  /** What is going on. */
  enum Phase {
    /** Weights are read, layer by layer. */
    LOAD,
    /** The prompt runs, layer by layer. */
    FORWARD,
    /** Contributions are computed, layer by layer; where nothing ran before, the prompt too. */
    CONTRIBUTIONS,
    /** Routes are extracted, of so many positions. */
    ROUTES,
    /** States are read as predictions, one by one. */
    READINGS,
    /** The predictions after all positions are read. */
    PREDICTIONS,
    /** A text goes on, token by token. */
    TOKENS,
    /** A file is written, layer by layer. */
    WRITE,
    /** Files of weights are read for their SHA-256, MiB by MiB. */
    HASH,
    /** The prompt runs again with changes, so many times. */
    RERUNS,
    /** Prompts run that tell what heads do. */
    PROMPTS,
    /** Gradients are computed, layer by layer, once or at every point of a path. */
    GRADIENTS
  }

  /**
   * Takes note that a phase begins which may take long: what came before is none of its time.
   *
   * @param all how many there are to be done
   * @param fair after so many, what they took tells what all of them take
   */
  default void begins(Phase phase, int all, int fair) {}

  /**
   * Takes note that a layer of the prompt has run whose contributions come next: for who wants to
   * know of both as they happen.
   *
   * @param done how many of {@code all} have run, at least 1
   */
  default void ran(int done, int all) {}

  /**
   * Takes note.
   *
   * @param done how many of {@code all} are done, at least 1
   */
  void done(Phase phase, int done, int all);
}
