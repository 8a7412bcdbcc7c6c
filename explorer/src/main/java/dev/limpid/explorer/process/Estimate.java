package dev.limpid.explorer.process;

import dev.limpid.Progress;

/**
 * How long a phase will take, told from its first part.
 *
 * @param all how many there are to be done
 * @param fair after so many it can be told
 * @param began by the clock it is asked with, in nanoseconds
 */
record Estimate(Progress.Phase phase, int all, int fair, long began) {
  /** Seconds from which on somebody who waits wants to know. */
  static final double LONG = 10;

  private static final int MINUTE = 60;
  private static final int HOUR = 60 * MINUTE;

  /** Returns the seconds that all take. */
  double seconds(int done, long now) {
    return (now - began) / 1e9 / done * all;
  }

  /** Returns a duration with about two digits, as far as it goes: "40 s", "5 min", "2 h". */
  static String words(double seconds) {
    if (seconds < 2 * MINUTE) {
      return Math.round(seconds) + " s";
    }
    return seconds < 2 * HOUR
        ? Math.round(seconds / MINUTE) + " min"
        : Math.round(seconds / HOUR) + " h";
  }
}
