package dev.limpid.corpus;

import dev.limpid.RouteSettings;
import dev.limpid.routes.ThresholdMode;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is taken of each prompt of a corpus.
 *
 * @param position which positions are samples
 * @param threshold tau of their routes, in [0, 1)
 * @param mode how it is applied
 * @param groupBy a key of the prompts, by whose values statistics are kept apart as well
 * @param limit how many prompts are read at most; 0 for all
 * @param examples how many of the strongest samples of each head are kept
 * @param neurons whether neurons are counted
 */
public record CorpusSettings(
    Position position,
    double threshold,
    ThresholdMode mode,
    Optional<String> groupBy,
    long limit,
    int examples,
    boolean neurons) {

  /** The last position of each prompt, at 0.04, renormalised; ten examples of each head. */
  public static final CorpusSettings DEFAULT =
      new CorpusSettings(
          Position.LAST, 0.04, ThresholdMode.RENORMALISED, Optional.empty(), 0, 10, false);

  private static final int MOST_EXAMPLES = 1000;

  /** Checks the numbers. */
  public CorpusSettings {
    if (!(threshold >= 0 && threshold < 1)) {
      throw new IllegalArgumentException("the threshold " + threshold + " is not in [0, 1)");
    }
    if (limit < 0) {
      throw new IllegalArgumentException(limit + " is not a number of prompts");
    }
    if (examples < 0 || examples > MOST_EXAMPLES) {
      throw new IllegalArgumentException(
          "%d examples of each head; give 0 to %d".formatted(examples, MOST_EXAMPLES));
    }
  }

  /** Which positions of a prompt are samples. */
  public enum Position {
    /** The last. */
    LAST,
    /** Every one but the first. */
    ALL,
    /** The one before the answer: the text of a prompt ends there, so it is the last. */
    ANSWER;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns the same with other positions as samples. */
  public CorpusSettings withPosition(Position other) {
    return new CorpusSettings(other, threshold, mode, groupBy, limit, examples, neurons);
  }

  /** Returns the same with statistics kept apart by the values of a key. */
  public CorpusSettings withGroupBy(String key) {
    return new CorpusSettings(
        position, threshold, mode, Optional.of(key), limit, examples, neurons);
  }

  /** Returns the same with neurons counted. */
  public CorpusSettings withNeurons() {
    return new CorpusSettings(position, threshold, mode, groupBy, limit, examples, true);
  }

  /** Returns how the routes are extracted. */
  RouteSettings routes() {
    return RouteSettings.DEFAULT.withThreshold(threshold).withMode(mode);
  }

  /** Returns them by the names of the options, for a run to know itself again. */
  Map<String, String> byName() {
    Map<String, String> names = new TreeMap<>();
    names.put("--position", position.toString());
    names.put("--threshold", Double.toString(threshold));
    names.put("--mode", mode.toString().toLowerCase(Locale.ROOT));
    names.put("--group-by", groupBy.orElse("none"));
    names.put("--limit", Long.toString(limit));
    names.put("--examples", Integer.toString(examples));
    names.put("--neurons", Boolean.toString(neurons));
    return names;
  }
}
