package dev.limpid.explorer.cli;

import dev.limpid.Analysis;
import dev.limpid.Prompt;
import dev.limpid.QuestionException;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.show.LogitsText;
import dev.limpid.view.LogitsView;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpid logits}: which part of the model, or which token, a logit came from. */
@Command(
    name = "logits",
    description = {
      "Splits the logit of a next token, or the difference of two, among heads and MLPs, or among"
          + " the tokens of the text. Without --answer, the most probable token is explained."
    },
    footer = {
      "",
      "Examples:",
      "  limpid logits \"The capital of France is\"",
      "  limpid logits \"The capital of France is\" --answer \" Paris\" \\",
      "      --distractor \" Rome\"",
      "  limpid logits \"The capital of France is\" --by token --json"
    })
final class LogitsCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();
  @Mixin private final PromptsOption prompts = new PromptsOption();
  @Mixin private final AnswerOptions answers = new AnswerOptions();

  @Option(
      names = "--by",
      paramLabel = "head|layer|token",
      defaultValue = "head",
      description = "What it is split among (default: head).")
  private LogitsView.By by = LogitsView.By.HEAD;

  @Option(
      names = "--position",
      paramLabel = "P",
      description = "Position to explain (default: the last).")
  private @Nullable Integer position;

  @OptionGroup(Heading.OUTPUT)
  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  LogitsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, QuestionException {
    if (prompts.isGiven()) {
      return prompts.answer(
          console,
          run,
          (analysis, line) ->
              PromptsOption.Answer.of(
                  analysis.logits(
                      AskedPositions.one(line, position, analysis),
                      answers.answer(analysis.prompt(), line),
                      answers.distractor(analysis.prompt(), line),
                      by)));
    }
    Analysis analysis = run.open(console);
    Prompt prompt = analysis.prompt();
    int t = AskedPositions.one(position, analysis);
    LogitsView view = analysis.logits(t, answers.answer(prompt), answers.distractor(prompt), by);
    if (json) {
      console.print(view);
    } else {
      new LogitsText(view, prompt.tokenViews(), console.width()).print(console.out());
    }
    return ExitCode.DONE;
  }
}
