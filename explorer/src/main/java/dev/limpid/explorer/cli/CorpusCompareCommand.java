package dev.limpid.explorer.cli;

import dev.limpid.corpus.CorpusComparison;
import dev.limpid.corpus.CorpusFolder;
import dev.limpid.corpus.PromptFlows;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.parquet.SampleFile;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.explorer.show.CorpusComparisonReport;
import dev.limpid.explorer.show.CorpusComparisonText;
import dev.limpid.view.CorpusComparisonView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpid corpus compare}: which heads matter more here than there. */
@Command(
    name = "compare",
    description = {
      "Compares what flows through each head in two folders of results, or in two groups: the"
          + " difference with a confidence interval, and how many of those called different may be so"
          + " by chance. Those that differ most come first."
    },
    footer = {
      "",
      "Examples:",
      "  limpid corpus compare results-a results-b",
      "  limpid corpus compare results results --group-a ioi --group-b facts",
      "  limpid corpus compare results-a results-b --html compared.html"
    })
final class CorpusCompareCommand implements Callable<Integer> {
  private final Console console;

  @OptionGroup(Heading.COMPARISON)
  @Parameters(index = "0", paramLabel = "DIR_A", description = "A folder of results.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Path folderA;

  @OptionGroup(Heading.COMPARISON)
  @Parameters(index = "1", paramLabel = "DIR_B", description = "Another, or the same.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Path folderB;

  @OptionGroup(Heading.COMPARISON)
  @Option(
      names = "--group-a",
      paramLabel = "G",
      description = "A group of the first (default: all prompts).")
  private @Nullable String groupA;

  @OptionGroup(Heading.COMPARISON)
  @Option(
      names = "--group-b",
      paramLabel = "G",
      description = "A group of the second (default: all prompts).")
  private @Nullable String groupB;

  @OptionGroup(Heading.COMPARISON)
  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "2000",
      description = "How often prompts are drawn anew for the intervals (default: 2000).")
  private int samples;

  @OptionGroup(Heading.COMPARISON)
  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Of these draws (default: 0).")
  private long seed;

  @Mixin private final HtmlOption html = new HtmlOption();

  @OptionGroup(Heading.OUTPUT)
  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  CorpusCompareCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    html.requireUsable(json);
    CorpusFolder a = CorpusFolder.open(folderA);
    CorpusFolder b = CorpusFolder.open(folderB);
    b.requireComparable(a);
    a.requireGroup(groupA);
    b.requireGroup(groupB);
    CorpusComparisonView view =
        comparison(a, b).of(groupA, flows(a, groupA), groupB, flows(b, groupB));
    if (html.isGiven()) {
      html.write(new CorpusComparisonReport(view)::write, console);
    } else if (json) {
      console.print(view);
    } else {
      new CorpusComparisonText(view, console.width()).print(console.out());
    }
    return ExitCode.DONE;
  }

  private CorpusComparison comparison(CorpusFolder a, CorpusFolder b) {
    try {
      return new CorpusComparison(a, b, samples, seed);
    } catch (IllegalArgumentException e) {
      throw new UsageFailure("--samples: " + e.getMessage());
    }
  }

  private static PromptFlows flows(CorpusFolder folder, @Nullable String group) throws IOException {
    PromptFlows flows = new PromptFlows(folder.model().nLayers() * folder.model().nHeads());
    SampleFile.read(
        folder.path(),
        sample -> {
          if (group == null || group.equals(sample.group())) {
            flows.add(sample.prompt(), sample.headFlows());
          }
        });
    return flows;
  }
}
