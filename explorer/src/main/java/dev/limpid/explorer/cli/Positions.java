package dev.limpid.explorer.cli;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The value of {@code --position P|all}. */
final class Positions {
  private Positions() {}

  /** Returns the positions asked for; the last where nothing was said. */
  static List<Integer> parse(@Nullable String asked, PromptRun run) {
    if (asked == null) {
      return List.of(run.position(null));
    }
    if (asked.equals("all")) {
      return IntStream.range(0, run.prompt().tokens().size()).boxed().toList();
    }
    try {
      return List.of(run.position(Integer.parseInt(asked)));
    } catch (NumberFormatException e) {
      throw new UsageFailure("--position: '" + asked + "' is neither a position nor 'all'");
    }
  }
}
