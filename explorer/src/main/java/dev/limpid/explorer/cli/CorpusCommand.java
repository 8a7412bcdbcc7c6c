package dev.limpid.explorer.cli;

import dev.limpid.corpus.CorpusRun;
import dev.limpid.corpus.CorpusSettings;
import dev.limpid.corpus.PromptFormat;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.parquet.ParquetTable;
import dev.limpid.explorer.parquet.SampleFile;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.CorpusProgressLine;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.explorer.show.CorpusReport;
import dev.limpid.explorer.show.CorpusText;
import dev.limpid.routes.ThresholdMode;
import dev.limpid.view.CorpusView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpid corpus}: which heads and MLPs matter over many prompts. */
@Command(
    name = "corpus",
    description = {
      "Runs all prompts of files and tells what their routes have in common: which heads and MLPs are"
          + " on them, how much flows through, what heads read and from how far. The folder takes"
          + " summary.json, tables, examples and report.html."
    },
    footer = {
      "",
      "Examples:",
      "  limpid corpus prompts.jsonl --out results --group-by task",
      "  limpid corpus prompts.jsonl --out results --group-by task --resume",
      "  limpid corpus compare results-a results-b"
    })
final class CorpusCommand implements Callable<Integer> {
  private static final String STANDARD_INPUT = "-";

  private final Console console;

  @OptionGroup(Heading.PROMPT)
  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description = {
        "Prompts, by ending: .txt one a line; .jsonl objects with \"text\" or \"tokens\"; .csv and"
            + " .parquet with a column of one of these names; - for JSON lines from standard input."
      })
  private List<String> files = List.of();

  @OptionGroup(Heading.OUTPUT)
  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The folder that takes the results; made if it is not there.")
  private @Nullable Path out;

  @Option(
      names = "--position",
      paramLabel = "last|all|answer",
      defaultValue = "last",
      description =
          "Which positions are samples: the last; all but the first; the one before the answer,"
              + " where the text of a prompt ends (default: last).")
  private CorpusSettings.Position position = CorpusSettings.Position.LAST;

  @OptionGroup(Heading.ROUTE)
  @Option(
      names = "--threshold",
      paramLabel = "TAU",
      defaultValue = "0.04",
      description = "Contributions must be above it, in [0, 1) (default: 0.04).")
  private double threshold;

  @OptionGroup(Heading.ROUTE)
  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "renormalised",
      description =
          "renormalised: drop weak parts, share out the rest; raw: drop weak connections"
              + " (default: renormalised).")
  private ThresholdMode mode = ThresholdMode.RENORMALISED;

  @OptionGroup(Heading.PROMPT)
  @Option(
      names = "--group-by",
      paramLabel = "KEY",
      description = "Keep statistics apart by the values of a key, or column, as well.")
  private @Nullable String groupBy;

  @OptionGroup(Heading.PROMPT)
  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "0",
      description = "Read so many prompts at most; 0 for all (default: 0).")
  private long limit;

  @OptionGroup(Heading.OUTPUT)
  @Option(
      names = "--examples",
      paramLabel = "N",
      defaultValue = "10",
      description = "Keep so many of the strongest samples of each head (default: 10).")
  private int examples;

  @OptionGroup(Heading.OUTPUT)
  @Option(names = "--neurons", description = "Count neurons as well, which takes longer.")
  private boolean neurons;

  @OptionGroup(Heading.OUTPUT)
  @Option(names = "--resume", description = "Go on with a run that was broken off.")
  private boolean resume;

  @OptionGroup(Heading.OUTPUT)
  @Option(names = "--json", description = "Print summary.json in place of a text.")
  private boolean json;

  @Mixin private final CorpusModelOptions model = new CorpusModelOptions();

  CorpusCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    CorpusSettings settings = settings();
    // Not required of picocli: it would ask for them in front of a subcommand as well.
    if (files.isEmpty() || out == null) {
      throw new UsageFailure(files.isEmpty() ? "FILE is missing" : "--out=DIR is missing");
    }
    boolean isPiped = files.contains(STANDARD_INPUT);
    if (isPiped && files.size() > 1) {
      throw new UsageFailure("'-' reads standard input: give no other files");
    }
    CorpusRun run = model.open(settings, console);
    List<PromptFormat> formats = new ArrayList<>(PromptFormat.builtIn());
    formats.add(new ParquetTable());
    CorpusRun.Paths paths =
        new CorpusRun.Paths(
            isPiped ? List.of() : files.stream().map(Path::of).toList(),
            isPiped ? console.in() : null,
            formats,
            out,
            resume,
            List.of(SampleFile::write, CorpusReport::write));
    CorpusProgressLine progress = new CorpusProgressLine(console);
    CorpusView view = run.over(paths, progress);
    progress.clear();
    if (view.rejected() > 0) {
      console.warn(
          "%d of %d prompts could not be run: %s says why"
              .formatted(
                  view.rejected(), view.rejected() + view.prompts(), out.resolve("rejects.jsonl")));
    }
    if (json) {
      console.print(view);
    } else {
      new CorpusText(view, out.toString(), console.width()).print(console.out());
    }
    return ExitCode.DONE;
  }

  private CorpusSettings settings() {
    try {
      return new CorpusSettings(
          position, threshold, mode, Optional.ofNullable(groupBy), limit, examples, neurons);
    } catch (IllegalArgumentException e) {
      throw new UsageFailure(String.valueOf(e.getMessage()));
    }
  }
}
