package dev.limpid.explorer.cli;

import dev.limpid.Ablation;
import dev.limpid.Analysis;
import dev.limpid.Faithfulness;
import dev.limpid.FaithfulnessSettings;
import dev.limpid.FaithfulnessSettings.Method;
import dev.limpid.LanguageModel;
import dev.limpid.Progress;
import dev.limpid.Prompt;
import dev.limpid.QuestionException;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.CommandFailure;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.process.PhaseProgress;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.explorer.show.FaithfulnessReport;
import dev.limpid.explorer.show.FaithfulnessText;
import dev.limpid.files.PromptEntry;
import dev.limpid.files.PromptFile;
import dev.limpid.files.PromptLine;
import dev.limpid.routes.ThresholdMode;
import dev.limpid.view.FaithfulnessView;
import dev.limpid.view.FaithfulnessView.Skipped;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code limpid faithfulness}: does a route alone give the answer, and is the answer gone without?
 */
@Command(
    name = "faithfulness",
    description = {
      "Runs routes as circuits: their heads and MLPs alone, and everything but them, beside circuits"
          + " by chance; and draws how much of the answer the first components of an order recover."
    },
    footer = {
      "",
      "Examples:",
      "  limpid faithfulness \"The capital of France is\" \\",
      "      --source \"The capital of Italy is\" --answer \" Paris\" --distractor \" Rome\"",
      "  limpid faithfulness --prompts prompts.jsonl --methods routes,relevance --json"
    })
final class FaithfulnessCommand implements Callable<Integer> {
  private enum Parts {
    ALL,
    ATTENTION;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();
  @Mixin private final ComparisonOptions inputs = new ComparisonOptions();

  @Option(
      names = "--prompts",
      paramLabel = "FILE",
      description =
          "Many prompts in place of one: a JSON object a line, with text or tokens, answer,"
              + " distractor, source or source_tokens.")
  private @Nullable Path prompts;

  @Option(
      names = "--methods",
      paramLabel = "METHOD,...",
      split = ",",
      hideParamSyntax = true,
      description =
          "Orders of components, some of: ${COMPLETION-CANDIDATES} (default:"
              + " routes,contrast,relevance,random).")
  private List<Method> methods = FaithfulnessSettings.METHODS;

  @Option(
      names = "--ablation",
      paramLabel = "zero|patch|mean",
      description =
          "What comes in place of what does not run, one of: ${COMPLETION-CANDIDATES} (default:"
              + " patch with a source, else zero).")
  private @Nullable Ablation ablation;

  @Option(
      names = "--components",
      paramLabel = "all|attention",
      description =
          "One of: ${COMPLETION-CANDIDATES} (default: all); attention leaves MLPs as they are.")
  private Parts parts = Parts.ALL;

  @Option(
      names = "--patterns",
      paramLabel = "PATTERNS",
      description =
          "Whether heads look where the changed states let them look, or where they look in the"
              + " whole model, one of: ${COMPLETION-CANDIDATES} (default: recomputed).")
  private AttributeCommand.Patterns patterns = AttributeCommand.Patterns.RECOMPUTED;

  @Option(
      names = "--threshold",
      paramLabel = "X,...",
      split = ",",
      hideParamSyntax = true,
      description = "Of the routes that run as circuits (default: 0.04,0.01).")
  private List<Double> thresholds = List.of(0.04, 0.01);

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description = "Of these routes, one of: ${COMPLETION-CANDIDATES}.")
  private ThresholdMode mode = ThresholdMode.RENORMALISED;

  @Option(
      names = "--signed",
      description = "Orders by gradients begin with what helps, not with what matters most.")
  private boolean signed;

  @Option(
      names = "--random",
      paramLabel = "N",
      defaultValue = "20",
      description = "Circuits by chance beside each route (default: 20).")
  private int random;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Of these (default: 0).")
  private long seed;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "16",
      description = "Points of the path of attribution_patching_ig (default: 16).")
  private int steps;

  @Option(
      names = "--alpha",
      paramLabel = "A",
      defaultValue = "0.2",
      description = "The share of attention that relevance gives to its patterns (default: 0.2).")
  private double alpha;

  @Option(
      names = "--correlations",
      description = "Compare scores with the measured effects of single heads, MLPs and terms.")
  private boolean correlations;

  @Mixin private final HtmlOption html = new HtmlOption();

  @OptionGroup(Heading.OUTPUT)
  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  FaithfulnessCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, QuestionException {
    if (prompts == null) {
      inputs.requireUsable();
    }
    if (prompts != null && run.hasPrompt()) {
      throw new UsageFailure("more than one prompt given: give one of TEXT and --prompts");
    }
    html.requireUsable(json);
    Faithfulness faithfulness = prompts == null ? one() : many(prompts);
    FaithfulnessView view = faithfulness.view();
    if (html.isGiven()) {
      html.write(new FaithfulnessReport(view), faithfulness.model(), console);
    } else if (json) {
      console.print(view);
    } else {
      new FaithfulnessText(view, console.width()).print(console.out());
    }
    return ExitCode.DONE;
  }

  private Faithfulness one() throws IOException, QuestionException {
    FaithfulnessSettings settings = settings(inputs.hasSource());
    inputs.requireRunsFor(settings.ablation());
    Analysis analysis = run.open(console);
    Faithfulness faithfulness = new Faithfulness(analysis.model(), settings);
    faithfulness.add(analysis, inputs.of(analysis, run));
    return faithfulness;
  }

  private Faithfulness many(Path file) throws IOException {
    List<PromptEntry> lines = read(file);
    boolean haveSources =
        lines.stream().allMatch(e -> e instanceof PromptLine line && line.source() != null);
    FaithfulnessSettings settings = settings(haveSources || inputs.hasSource());
    LanguageModel model = run.openModel(console);
    Faithfulness faithfulness = new Faithfulness(model, settings);
    PhaseProgress progress = new PhaseProgress(console, model.source().name());
    progress.begins(Progress.Phase.PROMPTS, lines.size(), 1);
    for (int i = 0; i < lines.size(); i++) {
      String where = file + ":" + lines.get(i).number();
      switch (lines.get(i)) {
        case PromptEntry.Bad bad -> faithfulness.skip(where, bad.reason());
        case PromptLine line -> {
          try {
            Prompt prompt = line.prompt().cut(model.source(), run.bos());
            Analysis analysis = model.analyse(prompt, Progress.NONE);
            faithfulness.add(analysis, inputs.of(analysis, run, line));
          } catch (QuestionException | CommandFailure e) {
            faithfulness.skip(where, String.valueOf(e.getMessage()));
          }
        }
      }
      progress.done(Progress.Phase.PROMPTS, i + 1, lines.size());
    }
    if (faithfulness.size() == 0) {
      Skipped first = faithfulness.skipped().getFirst();
      throw new CommandFailure(
          "none of the prompts can be run; " + first.prompt() + ": " + first.reason());
    }
    faithfulness.skipped().forEach(s -> console.warn(s.prompt() + ": " + s.reason()));
    return faithfulness;
  }

  private static List<PromptEntry> read(Path file) throws IOException {
    List<PromptEntry> lines = new ArrayList<>();
    try (PromptFile prompts = PromptFile.open(file)) {
      for (var entry = prompts.next(); entry.isPresent(); entry = prompts.next()) {
        lines.add(entry.get());
      }
    }
    if (lines.isEmpty()) {
      throw new CommandFailure(
          file + ": holds no prompts; one JSON object a line, with text or tokens");
    }
    return lines;
  }

  private FaithfulnessSettings settings(boolean hasSource) {
    for (Method method : methods) {
      if (method.needsSource() && !hasSource) {
        throw new UsageFailure(method + ": needs a --source, whose embeddings its path begins at");
      }
    }
    try {
      return new FaithfulnessSettings(
          methods,
          ablation != null ? ablation : Ablation.byDefault(hasSource),
          parts == Parts.ALL,
          patterns == AttributeCommand.Patterns.FROZEN,
          thresholds,
          mode,
          signed,
          random,
          seed,
          steps,
          alpha,
          correlations);
    } catch (IllegalArgumentException e) {
      throw new UsageFailure(String.valueOf(e.getMessage()));
    }
  }
}
