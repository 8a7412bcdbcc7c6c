package dev.limpid.explorer.cli;

import dev.limpid.Prompt;
import dev.limpid.QuestionException;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.files.PromptLine;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --source} and {@code --source-tokens}: another prompt, whose values are patched in. */
@OptionGroup(Heading.COMPARISON)
final class SourceOption {
  @Option(
      names = "--source",
      paramLabel = "TEXT",
      description = "Another prompt of as many tokens, whose values are patched in.")
  private @Nullable String source;

  @Option(
      names = "--source-tokens",
      paramLabel = "IDS",
      description = "The same as token ids, such as 1,2,3.")
  private @Nullable String sourceTokens;

  /** Checks the command line alone. */
  void requireUsable() {
    if (source != null && sourceTokens != null) {
      throw new UsageFailure("more than one source given: give one of --source, --source-tokens");
    }
  }

  /** Returns whether a source was given. */
  boolean isGiven() {
    return source != null || sourceTokens != null;
  }

  /** Returns the source that a line names, else the option's, or null; cut as the prompt was. */
  @Nullable Prompt of(Prompt prompt, RunOptions run, PromptLine line)
      throws IOException, QuestionException {
    return line.source() == null ? of(prompt, run) : line.source().cut(prompt.source(), run.bos());
  }

  /** Returns the source, cut as the prompt was, or null if none was given. */
  @Nullable Prompt of(Prompt prompt, RunOptions run) throws IOException, QuestionException {
    if (source != null) {
      return run.alike(source, prompt.source());
    }
    return sourceTokens == null
        ? null
        : prompt.source().prompt(PromptOption.ids("--source-tokens", sourceTokens));
  }
}
