package dev.limpid;

import dev.limpid.model.generate.Sampling;

/**
 * How a prompt is continued.
 *
 * @param sampling how tokens are chosen
 * @param maxNew the most new tokens, at least 1
 * @param ignoresEos whether it goes on behind tokens that end a text
 */
public record GenerationSettings(Sampling sampling, int maxNew, boolean ignoresEos) {
  /** The most probable token each time, fifty of them, to the end of the text. */
  public static final GenerationSettings DEFAULT =
      new GenerationSettings(Sampling.GREEDY, 50, false);

  /** Checks the number. */
  public GenerationSettings {
    if (maxNew < 1) {
      throw new IllegalArgumentException(maxNew + " is not a number of tokens");
    }
  }

  /** Returns the same with another way to choose tokens. */
  public GenerationSettings withSampling(Sampling other) {
    return new GenerationSettings(other, maxNew, ignoresEos);
  }

  /** Returns the same with another number of tokens. */
  public GenerationSettings withMaxNew(int other) {
    return new GenerationSettings(sampling, other, ignoresEos);
  }
}
