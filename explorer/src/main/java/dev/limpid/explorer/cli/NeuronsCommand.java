package dev.limpid.explorer.cli;

import dev.limpid.Analysis;
import dev.limpid.QuestionException;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.explorer.show.NeuronsText;
import dev.limpid.view.NeuronsView;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpid neurons}: what the neurons of one MLP brought to one position. */
@Command(
    name = "neurons",
    description = "Shows which neurons of a layer brought most to one position, and to what end.",
    footer = {
      "",
      "Examples:",
      "  limpid neurons \"The capital of France is\" --layer 2",
      "  limpid neurons \"The capital of France is\" --layer 2 --top 5 --json"
    })
final class NeuronsCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();
  @Mixin private final AttributionOptions attribution = new AttributionOptions();

  @Option(
      names = "--layer",
      paramLabel = "L",
      required = true,
      description = "The layer of the neurons.")
  private int layer;

  @Option(
      names = "--position",
      paramLabel = "P",
      description = "The position they write to (default: the last).")
  private @Nullable Integer position;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "20",
      description = "Neurons to list (default: 20).")
  private int top;

  @OptionGroup(Heading.OUTPUT)
  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  NeuronsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, QuestionException {
    ContributionOptions options = attribution.options();
    if (top < 1) {
      throw new UsageFailure("--top: " + top + " is not a number of neurons");
    }
    Analysis analysis = run.open(console);
    int l = analysis.requireLayer(layer);
    NeuronsView view = analysis.neurons(l, AskedPositions.one(position, analysis), top, options);
    if (json) {
      console.print(view);
    } else {
      new NeuronsText(view, analysis.prompt().tokenViews(), console.width()).print(console.out());
    }
    return ExitCode.DONE;
  }
}
