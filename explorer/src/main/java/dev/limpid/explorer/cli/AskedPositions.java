package dev.limpid.explorer.cli;

import dev.limpid.Analysis;
import dev.limpid.QuestionException;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.files.PromptLine;
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

  /** Returns the position that a line names, else the one asked for. */
  static int one(PromptLine line, @Nullable Integer asked, Analysis analysis)
      throws QuestionException {
    return one(line.position() == null ? asked : line.position(), analysis);
  }

  /** Returns the position that a line names, else those asked for. */
  static List<Integer> parse(PromptLine line, @Nullable String asked, Analysis analysis)
      throws QuestionException {
    return line.position() == null
        ? parse(asked, analysis)
        : List.of(one(line.position(), analysis));
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
