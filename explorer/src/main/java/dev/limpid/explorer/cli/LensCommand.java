package dev.limpid.explorer.cli;

import dev.limpid.Analysis;
import dev.limpid.LensQuestion;
import dev.limpid.QuestionException;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.explorer.show.LensText;
import dev.limpid.files.PromptLine;
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
      "  limpid lens \"The capital of France is\" --answer \" Paris\"",
      "  limpid lens \"The capital of France is\" --layer 2 --position all --top 3 --json"
    })
final class LensCommand implements Callable<Integer> {
  private static final int IN_JSON = 10;

  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();
  @Mixin private final PromptsOption prompts = new PromptsOption();

  @Option(
      names = "--top",
      paramLabel = "N",
      description = "Tokens to list (default: as many as fit a line; 10 with --json).")
  private @Nullable Integer top;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      defaultValue = "resid_post",
      description = "One of: ${COMPLETION-CANDIDATES} (default: resid_post).")
  private LensQuestion.State state = LensQuestion.State.RESID_POST;

  @Option(names = "--layer", paramLabel = "L", description = "One layer, or all (default: all).")
  private @Nullable String layer;

  @OptionGroup(Heading.ANSWER)
  @Option(
      names = "--answer",
      paramLabel = "TOKEN",
      description =
          "How this token fares, with its leading blank, or #id: rank, logit, probability.")
  private @Nullable String answer;

  @Option(
      names = "--position",
      paramLabel = "P",
      description = "One position, or all (default: the last).")
  private @Nullable String position;

  @OptionGroup(Heading.OUTPUT)
  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  LensCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, QuestionException {
    if (top != null && top < 1) {
      throw new UsageFailure("--top: " + top + " is not a number of tokens");
    }
    if (prompts.isGiven()) {
      return prompts.answer(
          console, run, (analysis, line) -> PromptsOption.Answer.of(read(analysis, line)));
    }
    Analysis analysis = run.open(console);
    List<Integer> positions = AskedPositions.parse(position, analysis);
    int fitting = LensText.fitting(console.width(), positions.size() == 1);
    int listed = top != null ? top : json ? IN_JSON : fitting;
    Integer chosen = AnswerOptions.tokenId(analysis.prompt(), "--answer", answer);
    LensQuestion question = new LensQuestion(state, layers(analysis), positions, listed, chosen);
    LensView view = analysis.lens(question);
    if (json) {
      console.print(view);
    } else {
      new LensText(view, analysis.prompt().tokenViews(), console.width()).print(console.out());
    }
    return ExitCode.DONE;
  }

  private LensView read(Analysis analysis, PromptLine line) throws QuestionException {
    List<Integer> positions = AskedPositions.parse(line, position, analysis);
    Integer chosen =
        line.answer() == null
            ? AnswerOptions.tokenId(analysis.prompt(), "--answer", answer)
            : AnswerOptions.tokenId(analysis.prompt(), "answer", line.answer());
    return analysis.lens(
        new LensQuestion(state, layers(analysis), positions, top == null ? IN_JSON : top, chosen));
  }

  private List<Integer> layers(Analysis analysis) throws QuestionException {
    if (layer == null || layer.equals("all")) {
      int nLayers = analysis.model().source().config().nLayers();
      return IntStream.range(0, nLayers).boxed().toList();
    }
    try {
      return List.of(analysis.requireLayer(Integer.parseInt(layer)));
    } catch (NumberFormatException e) {
      throw new UsageFailure("--layer: '" + layer + "' is neither a layer nor 'all'");
    }
  }
}
