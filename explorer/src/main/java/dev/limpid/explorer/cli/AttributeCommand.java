package dev.limpid.explorer.cli;

import dev.limpid.Ablation;
import dev.limpid.Analysis;
import dev.limpid.Attribution;
import dev.limpid.AttributionSettings;
import dev.limpid.AttributionSettings.Method;
import dev.limpid.Comparison;
import dev.limpid.QuestionException;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.explorer.show.AttributeReport;
import dev.limpid.explorer.show.AttributeText;
import dev.limpid.files.AttributionFile;
import dev.limpid.files.OutputFile;
import dev.limpid.view.AttributeView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpid attribute}: what a logit depends on, by gradients or by relevance. */
@Command(
    name = "attribute",
    description = {
      "Attributes a logit, or the difference of two, to the tokens of the text or to the heads and"
          + " MLPs of the model: by relevance, by gradients, or by attribution patching, which"
          + " estimates what 'limpid patch' measures. Without --answer, the most probable token is"
          + " asked about."
    },
    footer = {
      "",
      "Examples:",
      "  limpid attribute \"The capital of France is\" --answer \" Paris\" \\",
      "      --distractor \" Rome\"",
      "  limpid attribute \"The capital of France is\" \\",
      "      --source \"The capital of Italy is\" \\",
      "      --method attribution_patching --answer \" Paris\" --distractor \" Rome\"",
      "  limpid attribute \"The capital of France is\" --by token --json"
    })
final class AttributeCommand implements Callable<Integer> {
  /** How far the sum of scores may be from the difference it should be. */
  private static final double TOLERATED_ERROR = 0.05;

  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();
  @Mixin private final ComparisonOptions others = new ComparisonOptions();

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      description =
          "One of: ${COMPLETION-CANDIDATES} (default: relevance; by token, integrated_gradients).")
  private @Nullable Method method;

  /** What has scores. */
  enum By {
    TOKEN,
    COMPONENT;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--by",
      paramLabel = "token|component",
      description = "What is given a score: ${COMPLETION-CANDIDATES} (default: as the method has).")
  private @Nullable By by;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Points of the path, for methods with one (default: 16).")
  private @Nullable Integer steps;

  @Option(
      names = "--ablation",
      paramLabel = "zero|patch|mean",
      description =
          "What patching puts in a component's place: ${COMPLETION-CANDIDATES}"
              + " (default: patch with a source, else zero).")
  private @Nullable Ablation ablation;

  /** Whether attention patterns follow from the states. */
  enum Patterns {
    RECOMPUTED,
    FROZEN;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--patterns",
      paramLabel = "PATTERNS",
      defaultValue = "recomputed",
      description =
          "Attention patterns: ${COMPLETION-CANDIDATES}; frozen ones count as constants (default:"
              + " recomputed).")
  private Patterns patterns = Patterns.RECOMPUTED;

  @Option(
      names = "--alpha",
      paramLabel = "A",
      description = "The share of attention that relevance gives to its patterns (default: 0.2).")
  private @Nullable Double alpha;

  @OptionGroup(Heading.OUTPUT)
  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Also write gradients and scores of all terms to a safetensors file.")
  private @Nullable Path out;

  @Mixin private final HtmlOption html = new HtmlOption();

  @OptionGroup(Heading.OUTPUT)
  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  AttributeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, QuestionException {
    others.requireUsable();
    AttributionSettings settings = settings();
    if (out != null) {
      OutputFile.requireWritable(out);
    }
    html.requireUsable(json);
    Analysis analysis = run.open(console);
    Comparison comparison = others.of(analysis, run);
    Attribution attribution = analysis.attribution(comparison, settings, out != null);
    warnOfError(attribution.view());
    if (out != null) {
      AttributionFile.write(out, analysis, attribution);
    }
    if (html.isGiven()) {
      html.write(new AttributeReport(attribution.view()), analysis.model(), console);
    } else if (json) {
      console.print(attribution.view());
    } else {
      new AttributeText(attribution.view(), console.width()).print(console.out());
    }
    return ExitCode.DONE;
  }

  private AttributionSettings settings() {
    Method asked =
        method != null ? method : by == By.TOKEN ? Method.INTEGRATED_GRADIENTS : Method.RELEVANCE;
    if (by != null && asked.isOfTokens() != (by == By.TOKEN)) {
      throw new UsageFailure(
          "--by %s: %s gives scores by %s"
              .formatted(by, asked, asked.isOfTokens() ? "token" : "component"));
    }
    require(steps == null || asked.hasPath(), "--steps", asked);
    require(ablation == null || asked.isPatching(), "--ablation", asked);
    require(alpha == null || asked.hasRelevance(), "--alpha", asked);
    if (asked == Method.ATTRIBUTION_PATCHING_IG && !others.hasSource()) {
      throw new UsageFailure(asked + ": needs a --source, whose embeddings its path begins at");
    }
    try {
      return new AttributionSettings(
          asked,
          asked.isPatching() ? ablation() : Ablation.ZERO,
          steps == null ? AttributionSettings.STEPS : steps,
          patterns == Patterns.FROZEN,
          alpha == null ? AttributionSettings.ALPHA : alpha);
    } catch (IllegalArgumentException e) {
      throw new UsageFailure(String.valueOf(e.getMessage()));
    }
  }

  private static void require(boolean fits, String option, Method method) {
    if (!fits) {
      throw new UsageFailure(option + ": means nothing for " + method);
    }
  }

  private Ablation ablation() {
    Ablation asked = ablation != null ? ablation : Ablation.byDefault(others.hasSource());
    others.requireRunsFor(asked);
    return asked;
  }

  private void warnOfError(AttributeView view) {
    if (view.error() != null
        && view.difference() != null
        && Math.abs(view.error()) > TOLERATED_ERROR * Math.abs(view.difference())) {
      console.warn(
          "the scores sum to %.5f, should be %.5f: the path is not followed closely enough; more --steps help%s"
              .formatted(
                  view.sum(),
                  view.difference(),
                  others.hasSource() ? "" : ", or a --source to begin at in place of zeros"));
    }
  }
}
