package dev.limpid.explorer.cli;

import dev.limpid.Analysis;
import dev.limpid.Anatomy;
import dev.limpid.Explanation;
import dev.limpid.ExplanationComparison;
import dev.limpid.Prompt;
import dev.limpid.Question;
import dev.limpid.QuestionException;
import dev.limpid.RouteSettings;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.CommandFailure;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.explorer.show.ExplainHtml;
import dev.limpid.explorer.show.ExplainText;
import dev.limpid.explorer.show.ExplanationComparisonReport;
import dev.limpid.explorer.show.ExplanationComparisonText;
import dev.limpid.files.PromptLine;
import dev.limpid.view.ExplainView;
import dev.limpid.view.PredictionView;
import dev.limpid.view.RouteReadings;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpid explain}: a prediction, the route behind it, and the tokens it came from. */
@Command(
    name = "explain",
    description = "Shows what a model predicts after a text, and which tokens and heads built it.",
    footer = {
      "",
      "Examples:",
      "  limpid explain \"When Mary and John went to the store, John gave a drink to\"",
      "  limpid explain \"The capital of France is\" --answer \" Paris\" \\",
      "      --distractor \" Rome\"",
      "  limpid explain \"The capital of France is\" --answer \" Paris\" --faithful",
      "  limpid explain --model path/to/model --file prompt.txt --threshold 0.02 --json",
      "  limpid explain \"The capital of France is\" --html route.html",
      "  limpid explain --adapter path/to/adapter --compare \"The capital of France is\"",
      "  limpid explain --prompts prompts.jsonl > explanations.jsonl"
    })
final class ExplainCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();
  @Mixin private final PromptsOption prompts = new PromptsOption();
  @Mixin private final RouteOptions options = new RouteOptions();
  @Mixin private final AnswerOptions answers = new AnswerOptions();
  @Mixin private final SourceOption source = new SourceOption();

  @OptionGroup(Heading.ROUTE)
  @Option(
      names = "--threshold",
      defaultValue = "auto",
      paramLabel = "TAU",
      description =
          "Contributions must be above it, in [0, 1); auto: the highest whose route still tells"
              + " where the state came from (default: auto).")
  private String threshold = "";

  @Option(
      names = "--position",
      paramLabel = "P",
      description = "Position to explain (default: the last).")
  private @Nullable Integer position;

  @Option(
      names = "--top",
      defaultValue = "5",
      paramLabel = "N",
      description = "Predictions to list (default: 5).")
  private int top;

  @OptionGroup(Heading.COMPARISON)
  @Option(
      names = "--faithful",
      description =
          "Also run the routes alone: what of the prediction they recover, all else taken from the"
              + " --source, or put to zero.")
  private boolean faithful;

  @OptionGroup(Heading.COMPARISON)
  @Option(
      names = "--compare",
      description =
          "Also run the base that the --adapter is added to: predictions and routes of both, beside"
              + " each other.")
  private boolean compare;

  @OptionGroup(Heading.OUTPUT)
  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  @Mixin private final HtmlOption html = new HtmlOption();

  ExplainCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, QuestionException {
    RouteSettings settings = options.settings(threshold);
    answers.requireAnswerBesideDistractor();
    source.requireUsable();
    if (source.isGiven() && !faithful) {
      throw new UsageFailure("--source: only together with --faithful");
    }
    if (top < 1) {
      throw new UsageFailure("--top: " + top + " is not a number of predictions");
    }
    html.requireTextBeside(run.hasPrompt() || prompts.isGiven());
    html.requireUsable(json);
    if (compare && (faithful || prompts.isGiven())) {
      throw new UsageFailure("--compare: not together with --faithful or --prompts");
    }
    if (prompts.isGiven()) {
      prompts.refuse("--html", html.isGiven());
      return prompts.answer(
          console,
          run,
          (analysis, line) -> {
            Question question = question(analysis, line);
            @Nullable Prompt other = source.of(analysis.prompt(), run, line);
            return PromptsOption.Answer.of(explain(analysis, question, settings, other).view());
          });
    }
    Analysis analysis = run.open(console, this::requireBase);
    Question question =
        new Question(
            AskedPositions.one(position, analysis),
            answers.answer(analysis.prompt()),
            answers.distractor(analysis.prompt()),
            top);
    if (compare) {
      compare(
          ExplanationComparison.of(run.openBase(analysis, console), analysis, question, settings),
          analysis);
      return ExitCode.DONE;
    }
    @Nullable Prompt other = source.of(analysis.prompt(), run);
    Explanation explanation = explain(analysis, question, settings, other);
    if (html.isGiven()) {
      writePage(explanation, analysis);
    } else if (json) {
      console.print(explanation.view());
    } else {
      new ExplainText(explanation, console.out(), console.width(), console.colours()).print();
    }
    return ExitCode.DONE;
  }

  private void requireBase(Prompt prompt) {
    if (compare && prompt.source().location().base().isEmpty()) {
      throw new UsageFailure("--compare: give --adapter DIR, or a --model that is an adapter");
    }
  }

  private void compare(ExplanationComparison comparison, Analysis adapted) throws IOException {
    if (html.isGiven()) {
      html.write(new ExplanationComparisonReport(comparison), adapted.model(), console);
    } else if (json) {
      console.print(comparison.view());
    } else {
      new ExplanationComparisonText(comparison, console.out(), console.width(), console.colours())
          .print();
    }
  }

  private Explanation explain(
      Analysis analysis, Question question, RouteSettings settings, @Nullable Prompt other)
      throws QuestionException {
    return faithful
        ? analysis.explain(question, settings, other)
        : analysis.explain(question, settings);
  }

  private Question question(Analysis analysis, PromptLine line) throws QuestionException {
    @Nullable Integer answer = answers.answer(analysis.prompt(), line);
    @Nullable Integer distractor = answers.distractor(analysis.prompt(), line);
    if (distractor != null && answer == null) {
      throw new CommandFailure("a distractor is compared with an answer: name one");
    }
    return new Question(AskedPositions.one(line, position, analysis), answer, distractor);
  }

  private void writePage(Explanation explanation, Analysis analysis)
      throws IOException, QuestionException {
    ExplainView view = explanation.view();
    PredictionView asked = view.answer() == null ? view.predictions().getFirst() : view.answer();
    List<PredictionView> throughLayers = analysis.throughLayers(view.position(), asked.id());
    RouteReadings readings = new Anatomy(analysis).readings(explanation.route(), ExplainHtml.READ);
    Map<String, String> facts = analysis.model().facts();
    html.write(out -> ExplainHtml.write(explanation, throughLayers, readings, facts, out), console);
  }
}
