package dev.limpid.explorer.cli;

import dev.limpid.NoSuchTokenException;
import dev.limpid.Prompt;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.CommandFailure;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.files.PromptLine;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --answer} and {@code --distractor}: the next tokens that a question is about. */
@OptionGroup(Heading.ANSWER)
final class AnswerOptions {
  @Option(
      names = "--answer",
      paramLabel = "TOKEN",
      description = "A next token of interest, with its leading blank, or #id.")
  private @Nullable String answer;

  @Option(
      names = "--distractor",
      paramLabel = "TOKEN",
      description = "Another token to compare the answer with.")
  private @Nullable String distractor;

  /** Checks the command line of a command whose answer has no default. */
  void requireAnswerBesideDistractor() {
    if (distractor != null && answer == null) {
      throw new UsageFailure("--distractor: only together with --answer");
    }
  }

  /** Returns whether an answer was given. */
  boolean isGiven() {
    return answer != null;
  }

  /** Returns whether there is another token to compare the answer with. */
  boolean hasDistractor() {
    return distractor != null;
  }

  /** Returns the id of the answer that a line names, else of the option's. */
  @Nullable Integer answer(Prompt prompt, PromptLine line) {
    return line.answer() == null ? answer(prompt) : tokenId(prompt, "answer", line.answer());
  }

  /** Returns the id of the answer that a line names, else of the option's. */
  int required(Prompt prompt, PromptLine line) {
    @Nullable Integer id = answer(prompt, line);
    if (id == null) {
      throw new CommandFailure("names no answer, and there is no --answer");
    }
    return id;
  }

  /** Returns the id of the distractor that a line names, else of the option's. */
  @Nullable Integer distractor(Prompt prompt, PromptLine line) {
    return line.distractor() == null
        ? distractor(prompt)
        : tokenId(prompt, "distractor", line.distractor());
  }

  /** Returns the id of the answer, or null if none was given. */
  @Nullable Integer answer(Prompt prompt) {
    return tokenId(prompt, "--answer", answer);
  }

  /** Returns the id of the distractor, or null if none was given. */
  @Nullable Integer distractor(Prompt prompt) {
    return tokenId(prompt, "--distractor", distractor);
  }

  /**
   * Returns the id of the token that an option names, or null if it names none.
   *
   * @param option its name
   */
  static @Nullable Integer tokenId(Prompt prompt, String option, @Nullable String token) {
    if (token == null) {
      return null;
    }
    try {
      return prompt.tokenId(token);
    } catch (NoSuchTokenException e) {
      throw new CommandFailure(option + ": " + e.getMessage(), e);
    }
  }
}
