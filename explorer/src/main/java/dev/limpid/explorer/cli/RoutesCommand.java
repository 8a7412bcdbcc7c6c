package dev.limpid.explorer.cli;

import dev.limpid.Analysis;
import dev.limpid.Question;
import dev.limpid.QuestionException;
import dev.limpid.RelevanceSettings;
import dev.limpid.RouteSettings;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.routes.export.RouteDocument;
import dev.limpid.routes.export.RouteDot;
import dev.limpid.routes.export.RouteGraphMl;
import dev.limpid.routes.export.RouteSvg;
import dev.limpid.routes.export.RoutesJson;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpid routes}: routes for programs, graph tools and the eye. */
@Command(
    name = "routes",
    description = "Prints information-flow routes as JSON, DOT, GraphML or SVG.",
    footer = {
      "",
      "Examples:",
      "  limpid routes \"The capital of France is\" --threshold 0.02",
      "  limpid routes \"The capital of France is\" --position all --mode raw",
      "  limpid routes \"The capital of France is\" --by relevance --answer \" Paris\"",
      "  limpid routes \"The capital of France is\" --format svg > route.svg"
    })
final class RoutesCommand implements Callable<Integer> {
  /** The formats of the output. */
  enum Format {
    JSON,
    DOT,
    GRAPHML,
    SVG;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();
  @Mixin private final PromptsOption prompts = new PromptsOption();
  @Mixin private final RouteOptions options = new RouteOptions();

  @Mixin private final AnswerOptions answers = new AnswerOptions();

  /** What makes a part of a route large. */
  enum By {
    CONTRIBUTION,
    RELEVANCE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @OptionGroup(Heading.ROUTE)
  @Option(
      names = "--by",
      paramLabel = "contribution|relevance",
      defaultValue = "contribution",
      description =
          "contribution: how the state was built, whatever is predicted; relevance: what made the"
              + " --answer, or puts it ahead of the --distractor (default: contribution).")
  private By by = By.CONTRIBUTION;

  @OptionGroup(Heading.ROUTE)
  @Option(
      names = "--alpha",
      paramLabel = "A",
      description = "The share of attention that relevance gives to its patterns (default: 0.2).")
  private @Nullable Double alpha;

  @OptionGroup(Heading.ROUTE)
  @Option(
      names = "--threshold",
      defaultValue = "0.04",
      paramLabel = "TAU",
      description =
          "Contributions must be above it, in [0, 1); auto: the one that explain takes for the"
              + " position, with all: for the last; by relevance, the least share of the logit"
              + " (default: 0.04).")
  private String threshold = "";

  @Option(
      names = "--position",
      paramLabel = "P",
      description = "One position, or all (default: the last).")
  private @Nullable String position;

  @OptionGroup(Heading.OUTPUT)
  @Option(
      names = "--format",
      paramLabel = "json|dot|graphml|svg",
      defaultValue = "json",
      description = "The format (default: json).")
  private Format format = Format.JSON;

  @OptionGroup(Heading.OUTPUT)
  @Option(names = "--json", hidden = true, description = "The default format.")
  private boolean json;

  RoutesCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, QuestionException {
    RouteSettings settings = options.settings(threshold);
    if ("all".equals(position) && format != Format.JSON) {
      throw new UsageFailure("--position all: only with --format json");
    }
    if (json && format != Format.JSON) {
      throw new UsageFailure("--json and --format " + format + " exclude one another");
    }
    answers.requireAnswerBesideDistractor();
    if (by == By.CONTRIBUTION && (answers.isGiven() || alpha != null)) {
      throw new UsageFailure("--answer, --distractor, --alpha: only with --by relevance");
    }
    if (by == By.RELEVANCE) {
      return behindAnswer(settings);
    }
    if (prompts.isGiven()) {
      prompts.refuse("--format " + format, format != Format.JSON);
      return prompts.answer(
          console,
          run,
          (analysis, line) -> {
            RouteDocument document =
                analysis.routes(settings, AskedPositions.parse(line, position, analysis));
            return out -> write(document, out);
          });
    }
    Analysis analysis = run.open(console);
    write(analysis.routes(settings, AskedPositions.parse(position, analysis)), console.out());
    return ExitCode.DONE;
  }

  private int behindAnswer(RouteSettings plain) throws IOException, QuestionException {
    if (plain.mode() != RouteSettings.DEFAULT.mode()
        || !plain.contributions().equals(RouteSettings.DEFAULT.contributions())) {
      throw new UsageFailure("--mode, --bias, --floor: only with --by contribution");
    }
    if (plain.threshold().isEmpty()) {
      throw new UsageFailure("--threshold auto: only with --by contribution; give a number");
    }
    if ("all".equals(position)) {
      throw new UsageFailure("--position all: only with --by contribution");
    }
    RelevanceSettings settings = relevance(plain.threshold().getAsDouble());
    if (prompts.isGiven()) {
      prompts.refuse("--format " + format, format != Format.JSON);
      return prompts.answer(
          console,
          run,
          (analysis, line) -> {
            Question question =
                new Question(
                    AskedPositions.parse(line, position, analysis).getFirst(),
                    answers.required(analysis.prompt(), line),
                    answers.distractor(analysis.prompt(), line));
            RouteDocument document = analysis.routeBehind(question, settings);
            return out -> write(document, out);
          });
    }
    if (!answers.isGiven()) {
      throw new UsageFailure("--by relevance: needs an --answer, whose logit is followed back");
    }
    Analysis analysis = run.open(console);
    Question question =
        new Question(
            AskedPositions.parse(position, analysis).getFirst(),
            answers.answer(analysis.prompt()),
            answers.distractor(analysis.prompt()));
    write(analysis.routeBehind(question, settings), console.out());
    return ExitCode.DONE;
  }

  private RelevanceSettings relevance(double threshold) {
    try {
      double share = alpha == null ? RelevanceSettings.DEFAULT.alpha() : alpha;
      return new RelevanceSettings(threshold, share);
    } catch (IllegalArgumentException e) {
      throw new UsageFailure("--alpha: " + e.getMessage());
    }
  }

  private void write(RouteDocument document, OutputStream stream) throws IOException {
    Writer out = new BufferedWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8));
    switch (format) {
      case JSON -> RoutesJson.write(document, out);
      case DOT -> RouteDot.write(document, out);
      case GRAPHML -> RouteGraphMl.write(document, out);
      case SVG -> RouteSvg.write(document, out);
    }
    out.flush();
  }
}
