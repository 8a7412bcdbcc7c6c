package dev.limpid.explorer.process;

import dev.limpid.corpus.CorpusProgress;
import java.util.Locale;

/** Shows how many prompts of a corpus are done, how fast, and how long it will still take. */
public final class CorpusProgressLine implements CorpusProgress {
  private static final int PARTS = 10_000;

  private final ProgressLine line;
  private final long began = System.nanoTime();
  private double shareBefore = -1;

  /** Begins now. */
  public CorpusProgressLine(Console console) {
    this.line = new ProgressLine(console);
  }

  @Override
  public void done(long prompts, long before, double share) {
    double seconds = (System.nanoTime() - began) / 1e9;
    if (shareBefore < 0) {
      shareBefore = before == 0 ? 0 : share;
    }
    line.share(
        words(prompts, (prompts - before) / seconds, left(share, seconds)),
        Math.round(PARTS * share),
        share < 0 ? -1 : PARTS);
  }

  private double left(double share, double seconds) {
    double done = share - shareBefore;
    return done > 0 ? seconds * (1 - share) / done : -1;
  }

  static String words(long prompts, double perSecond, double left) {
    String rate = String.format(Locale.ROOT, "%,d prompts, %.1f/s", prompts, perSecond);
    return left < 0 ? rate : rate + ", " + Estimate.words(left) + " left";
  }

  /** Clears the line, so that what follows stands alone. */
  public void clear() {
    line.close();
  }
}
