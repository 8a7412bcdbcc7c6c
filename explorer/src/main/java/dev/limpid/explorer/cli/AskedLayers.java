package dev.limpid.explorer.cli;

import dev.limpid.explorer.process.UsageFailure;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The value of {@code --layers 0,3} or {@code 0-3}. */
final class AskedLayers {
  private static final Pattern RANGE = Pattern.compile("(\\d{1,6})(?:-(\\d{1,6}))?");

  /** More than any model has. */
  private static final int MOST_LAYERS = 10_000;

  private AskedLayers() {}

  /** Returns the layers asked for, in order; whether the model has them is not known here. */
  static Set<Integer> parse(String layers) {
    Set<Integer> numbers = new TreeSet<>();
    for (String part : layers.split(",", -1)) {
      Matcher range = RANGE.matcher(part.strip());
      if (!range.matches()) {
        throw new UsageFailure(
            "--layers: '" + part + "' is neither a layer nor a range such as 0-3");
      }
      int first = Integer.parseInt(range.group(1));
      int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
      if (last < first || last - first > MOST_LAYERS) {
        throw new UsageFailure("--layers: '" + part + "' is no range of layers");
      }
      IntStream.rangeClosed(first, last).forEach(numbers::add);
    }
    return numbers;
  }
}
