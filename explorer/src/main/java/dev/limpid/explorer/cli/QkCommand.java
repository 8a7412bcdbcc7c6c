package dev.limpid.explorer.cli;

import dev.limpid.Analysis;
import dev.limpid.QuestionException;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.explorer.show.QkReport;
import dev.limpid.explorer.show.QkText;
import dev.limpid.view.QkView;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpid qk}: why a head looks where it looks. */
@Command(
    name = "qk",
    description = {
      "Splits the score by which a head looks from one position at another, exactly, among pairs of"
          + " parts of the two states: tokens, positions, earlier heads and MLPs."
    },
    footer = {
      "",
      "Examples:",
      "  limpid qk \"The capital of France is\" --layer 2 --head 0 --key 4",
      "  limpid qk \"The capital of France is\" --layer 2 --head 0 --key 4 \\",
      "      --versus 0 --json"
    })
final class QkCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();

  @Option(
      names = "--layer",
      paramLabel = "L",
      required = true,
      description = "The layer of the head.")
  private int layer;

  @Option(names = "--head", paramLabel = "H", required = true, description = "The head.")
  private int head;

  @Option(
      names = "--position",
      paramLabel = "P",
      description = "Where it looks from (default: the last).")
  private @Nullable Integer position;

  @Option(names = "--key", paramLabel = "K", required = true, description = "Where it looks at.")
  private int key;

  @Option(
      names = "--versus",
      paramLabel = "KEY",
      description = "Why not here? The score of this key is subtracted.")
  private @Nullable Integer versus;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "10",
      description = "How many pairs (default: 10; 0 for all).")
  private int top;

  @Mixin private final HtmlOption html = new HtmlOption();

  @OptionGroup(Heading.OUTPUT)
  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  QkCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, QuestionException {
    if (top < 0) {
      throw new UsageFailure("--top: " + top + " pairs; give 0 for all");
    }
    html.requireUsable(json);
    Analysis analysis = run.open(console);
    int t = AskedPositions.one(position, analysis);
    QkView view = analysis.qk(layer, head, t, key, versus, top);
    if (html.isGiven()) {
      html.write(new QkReport(view), analysis.model(), console);
    } else if (json) {
      console.print(view);
    } else {
      new QkText(view, console.width()).print(console.out());
    }
    return ExitCode.DONE;
  }
}
