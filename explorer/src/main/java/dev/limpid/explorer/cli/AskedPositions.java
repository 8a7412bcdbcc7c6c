package dev.limpid.explorer.cli;

import dev.limpid.Analysis;
import dev.limpid.QuestionException;
import dev.limpid.explorer.process.UsageFailure;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The value of {@code --position P|all}. */
final class AskedPositions {
  private AskedPositions() {}

  /** Returns the position asked for, -1 for the last; the last where nothing was said. */
  static int one(@Nullable Integer asked, Analysis analysis) throws QuestionException {
    int position = asked == null ? -1 : asked;
    boolean isFromEnd = position < 0 && position >= -1 - analysis.last();
    return analysis.requirePosition(isFromEnd ? analysis.last() + 1 + position : position);
  }

  /** Returns the positions asked for; the last where nothing was said. */
  static List<Integer> parse(@Nullable String asked, Analysis analysis) throws QuestionException {
    if (asked == null) {
      return List.of(analysis.last());
    }
    if (asked.equals("all")) {
      return IntStream.rangeClosed(0, analysis.last()).boxed().toList();
    }
    try {
      return List.of(one(Integer.parseInt(asked), analysis));
    } catch (NumberFormatException e) {
      throw new UsageFailure("--position: '" + asked + "' is neither a position nor 'all'");
    }
  }
}
