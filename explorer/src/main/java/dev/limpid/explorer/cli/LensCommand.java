package dev.limpid.explorer.cli;

import dev.limpid.Analysis;
import dev.limpid.LensQuestion;
import dev.limpid.QuestionException;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.explorer.show.LensText;
import dev.limpid.view.LensView;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpid lens}: what each state would predict. */
@Command(
    name = "lens",
    description = "Reads the states between layers as predictions (logit lens).",
    footer = {
      "",
      "Examples:",
      "  limpid lens \"The capital of France is\"",
      "  limpid lens \"The capital of France is\" --layer 2 --position all --top 3 --json"
    })
final class LensCommand implements Callable<Integer> {
  private static final int IN_JSON = 10;

  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();

  @Option(
      names = "--top",
      description = "Tokens to list (default: as many as fit a line; 10 with --json).")
  private @Nullable Integer top;

  @Option(
      names = "--state",
      defaultValue = "resid_post",
      description = "One of: ${COMPLETION-CANDIDATES} (default: resid_post).")
  private LensQuestion.State state = LensQuestion.State.RESID_POST;

  @Option(names = "--layer", description = "One layer only (default: all).")
  private @Nullable Integer layer;

  @Option(names = "--position", description = "One position, or all (default: the last).")
  private @Nullable String position;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  LensCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, QuestionException {
    int listed = top != null ? top : json ? IN_JSON : LensText.fitting(console.width());
    if (listed < 1) {
      throw new UsageFailure("--top: " + listed + " is not a number of tokens");
    }
    Analysis analysis = run.open(console);
    List<Integer> positions = AskedPositions.parse(position, analysis);
    int nLayers = analysis.model().source().config().nLayers();
    List<Integer> layers =
        layer == null
            ? IntStream.range(0, nLayers).boxed().toList()
            : List.of(analysis.requireLayer(layer));
    LensView view = analysis.lens(new LensQuestion(state, layers, positions, listed));
    if (json) {
      console.print(view);
    } else {
      new LensText(view, state.toString()).print(console.out());
    }
    return ExitCode.DONE;
  }
}
