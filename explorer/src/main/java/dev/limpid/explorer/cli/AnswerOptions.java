package dev.limpid.explorer.cli;

import dev.limpid.model.tokenizer.LoadedTokenizer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --answer} and {@code --distractor}: the next tokens that a question is about. */
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

  /** Returns the id of the answer, or null if none was given. */
  @Nullable Integer answer(PromptRun run) {
    return tokenId(run, "--answer", answer);
  }

  /** Returns the id of the distractor, or null if none was given. */
  @Nullable Integer distractor(PromptRun run) {
    return tokenId(run, "--distractor", distractor);
  }

  /** The id of a token given as text, or as #id. */
  private static @Nullable Integer tokenId(PromptRun run, String option, @Nullable String token) {
    if (token == null) {
      return null;
    }
    int dVocab = run.model().config().dVocab();
    if (token.matches("#\\d{1,9}") && Integer.parseInt(token.substring(1)) < dVocab) {
      return Integer.parseInt(token.substring(1));
    }
    LoadedTokenizer loaded =
        run.prompt()
            .tokenizer()
            .orElseThrow(
                () -> new CommandFailure(option + ": without a tokenizer, give #id, such as #17"));
    // Encoded alone, a token can get a word's beginning in front: the text decides, not the ids.
    int[] found =
        IntStream.range(0, Math.min(dVocab, loaded.tokenizer().size()))
            .filter(id -> loaded.tokenizer().text(id).equals(token))
            .toArray();
    if (found.length == 0) {
      throw new CommandFailure(
          "%s: '%s' is not one token of this model; 'limpid tokens' shows how it is cut"
              .formatted(option, token));
    }
    return found[0];
  }
}
