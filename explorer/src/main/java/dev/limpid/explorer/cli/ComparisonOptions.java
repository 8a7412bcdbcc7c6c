package dev.limpid.explorer.cli;

import dev.limpid.Ablation;
import dev.limpid.Analysis;
import dev.limpid.Comparison;
import dev.limpid.Prompt;
import dev.limpid.QuestionException;
import dev.limpid.attribution.logits.Metric;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.CommandFailure;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.files.PromptEntry;
import dev.limpid.files.PromptFile;
import dev.limpid.files.PromptLine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What a change is measured by, and the other runs that values come from: {@code --answer}, {@code
 * --distractor}, {@code --metric}, {@code --position}, {@code --source}, {@code --reference}.
 */
@OptionGroup(Heading.COMPARISON)
final class ComparisonOptions {
  @Mixin private final AnswerOptions answers = new AnswerOptions();
  @Mixin private final SourceOption source = new SourceOption();

  @Option(
      names = "--metric",
      paramLabel = "METRIC",
      description =
          "The number that is read from the logits, one of: ${COMPLETION-CANDIDATES} (default:"
              + " logit_difference with a distractor, else log_probability).")
  private Metric.@Nullable Kind metric;

  @Option(
      names = "--position",
      paramLabel = "P",
      description = "Whose logits are read (default: the last).")
  private @Nullable Integer position;

  @Option(
      names = "--reference",
      paramLabel = "FILE",
      description =
          "Prompts of as many tokens, whose mean values are taken: a JSON object a line, with text"
              + " or tokens.")
  private @Nullable Path reference;

  /** Checks the command line alone. */
  void requireUsable() {
    source.requireUsable();
    if (metric == Metric.Kind.LOGIT_DIFFERENCE && !answers.hasDistractor()) {
      throw new UsageFailure("--metric logit_difference: needs a --distractor");
    }
  }

  /** Returns whether a source was given. */
  boolean hasSource() {
    return source.isGiven();
  }

  /** Checks that the runs were given whose values come in the place of others. */
  void requireRunsFor(Ablation ablation) {
    if (ablation == Ablation.PATCH && !hasSource()) {
      throw new UsageFailure("patch: needs a --source, or --source-tokens, to take values from");
    }
    if (ablation == Ablation.MEAN && reference == null) {
      throw new UsageFailure("mean: needs a --reference, a file of prompts to take means over");
    }
  }

  /** Reads the other prompts and cuts them as the prompt of the analysis is cut. */
  Comparison of(Analysis analysis, RunOptions run) throws IOException, QuestionException {
    requireUsable();
    Prompt prompt = analysis.prompt();
    Comparison asked =
        Comparison.of(
            AskedPositions.one(position, analysis),
            answers.answer(prompt),
            answers.distractor(prompt));
    return with(asked, source.of(prompt, run), prompt, run);
  }

  /** Returns the same for one of many prompts: what its line names goes before the options. */
  Comparison of(Analysis analysis, RunOptions run, PromptLine line)
      throws IOException, QuestionException {
    Prompt prompt = analysis.prompt();
    @Nullable Integer answer = answers.answer(prompt);
    if (line.answer() != null) {
      answer = prompt.tokenId(line.answer());
    }
    @Nullable Integer distractor = answers.distractor(prompt);
    if (line.distractor() != null) {
      distractor = prompt.tokenId(line.distractor());
    }
    Comparison asked =
        Comparison.of(AskedPositions.one(line, position, analysis), answer, distractor);
    return with(asked, source.of(prompt, run, line), prompt, run);
  }

  private Comparison with(Comparison asked, @Nullable Prompt other, Prompt prompt, RunOptions run)
      throws IOException, QuestionException {
    Comparison comparison = metric == null ? asked : asked.by(metric);
    if (other != null) {
      Comparison.requireSameLength(prompt, other, "the source");
      comparison = comparison.withSource(other);
    }
    return reference == null
        ? comparison
        : comparison.withReferences(references(reference, prompt, run.bos()));
  }

  private static List<Prompt> references(Path file, Prompt prompt, Optional<Boolean> bos)
      throws IOException, QuestionException {
    List<Prompt> references = new ArrayList<>();
    try (PromptFile lines = PromptFile.open(file)) {
      for (var entry = lines.next(); entry.isPresent(); entry = lines.next()) {
        String where = file + ":" + entry.get().number();
        Prompt reference = reference(entry.get(), prompt, bos, where);
        Comparison.requireSameLength(prompt, reference, where);
        references.add(reference);
      }
    }
    if (references.isEmpty()) {
      throw new CommandFailure(
          file + ": holds no prompts; one JSON object a line, with text or tokens");
    }
    return references;
  }

  private static Prompt reference(
      PromptEntry entry, Prompt prompt, Optional<Boolean> bos, String where) throws IOException {
    return switch (entry) {
      case PromptEntry.Bad bad -> throw new CommandFailure(where + ": " + bad.reason());
      case PromptLine line -> {
        try {
          yield line.prompt().cut(prompt.source(), bos);
        } catch (QuestionException e) {
          throw new CommandFailure(where + ": " + e.getMessage(), e);
        }
      }
    };
  }
}
