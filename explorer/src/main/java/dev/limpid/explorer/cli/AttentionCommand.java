package dev.limpid.explorer.cli;

import dev.limpid.Analysis;
import dev.limpid.QuestionException;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.show.AttentionText;
import dev.limpid.view.AttentionView;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpid attention}: which tokens heads look at. */
@Command(
    name = "attention",
    description = {
      "Shows which tokens the heads of a layer look at from one position; with --head, the whole"
          + " pattern of one head; with both, one row of it."
    },
    footer = {
      "",
      "Examples:",
      "  limpid attention \"The capital of France is\" --layer 2",
      "  limpid attention \"The capital of France is\" --layer 2 --head 0",
      "  limpid attention \"The capital of France is\" --layer 2 --head 0 --position 5"
    })
final class AttentionCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();

  @Option(
      names = "--layer",
      required = true,
      paramLabel = "L",
      description = "The layer of the heads.")
  private int layer;

  @Option(names = "--head", paramLabel = "H", description = "One head only (default: all).")
  private @Nullable Integer head;

  @Option(
      names = "--position",
      paramLabel = "P",
      description = "The position they look from, or all (default: the last; all with --head).")
  private @Nullable String position;

  @OptionGroup(Heading.OUTPUT)
  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  AttentionCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, QuestionException {
    Analysis analysis = run.open(console);
    analysis.requireLayer(layer);
    int nHeads = analysis.model().source().config().nHeads();
    List<Integer> heads =
        head == null ? IntStream.range(0, nHeads).boxed().toList() : List.of(head);
    String asked = position == null && head != null ? "all" : position;
    AttentionView view = analysis.attention(layer, heads, AskedPositions.parse(asked, analysis));
    if (json) {
      console.print(view);
    } else {
      new AttentionText(view, console.out(), console.width(), console.colours()).print();
    }
    return ExitCode.DONE;
  }
}
