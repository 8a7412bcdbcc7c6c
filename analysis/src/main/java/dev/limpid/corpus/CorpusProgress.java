package dev.limpid.corpus;

/**
 * Hears how far a run over a corpus is, and may end it by throwing an unchecked exception: with a
 * checkpoint behind it, it can go on later.
 */
@FunctionalInterface
public interface CorpusProgress {
  /** Hears nothing. */
  CorpusProgress NONE = (prompts, before, share) -> {};

  /**
   * Takes note.
   *
   * @param prompts how many are done
   * @param before how many of them another run had done, that this one goes on with
   * @param share of the input that was read; -1 where that is not known
   */
  void done(long prompts, long before, double share);
}
