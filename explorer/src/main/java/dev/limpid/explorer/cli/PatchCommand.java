package dev.limpid.explorer.cli;

import dev.limpid.Ablation;
import dev.limpid.Analysis;
import dev.limpid.Experiment;
import dev.limpid.QuestionException;
import dev.limpid.attribution.patching.PathPatching.Receiver;
import dev.limpid.attribution.patching.SiteSweep;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.explorer.show.PatchReport;
import dev.limpid.explorer.show.PatchText;
import dev.limpid.view.PatchView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpid patch}: the effect of replacing each of many values, one at a time. */
@Command(
    name = "patch",
    description = {
      "Replaces one value after the other and measures what becomes of the prediction: at every"
          + " layer and position of a --site, or along the paths to one --receiver."
    },
    footer = {
      "",
      "Examples:",
      "  limpid patch \"The capital of France is\" --site resid_pre \\",
      "      --source \"The capital of Italy is\" --answer \" Paris\"",
      "  limpid patch \"The capital of France is\" --site head_out --all-positions",
      "  limpid patch \"The capital of France is\" --receiver query.2.0 --json"
    })
final class PatchCommand implements Callable<Integer> {
  private static final Pattern RECEIVER =
      Pattern.compile("(logits)|(mlp_in)\\.(\\d{1,6})|(query|key|value)\\.(\\d{1,6})\\.(\\d{1,6})");

  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();
  @Mixin private final ComparisonOptions inputs = new ComparisonOptions();

  @Option(
      names = "--site",
      paramLabel = "SITE",
      description = "What is replaced, one of: ${COMPLETION-CANDIDATES}.")
  private SiteSweep.@Nullable Kind site;

  @Option(
      names = "--receiver",
      paramLabel = "R",
      description =
          "Who alone reads the change of every head and MLP in front of it: logits, mlp_in.L,"
              + " query.L.H, key.L.H or value.L.H.")
  private @Nullable String receiver;

  @Option(
      names = "--ablation",
      paramLabel = "zero|patch|mean",
      description =
          "What comes in place of a value, one of: ${COMPLETION-CANDIDATES} (default: patch with a"
              + " source, else zero).")
  private @Nullable Ablation ablation;

  @Option(names = "--all-positions", description = "Replace a value at all positions at once.")
  private boolean allPositions;

  @Option(
      names = "--layers",
      paramLabel = "L,...",
      description = "Only these layers, such as 0,3 or 0-3.")
  private @Nullable String layers;

  @Option(
      names = "--renormalise",
      description = "Attention put to zero is as if its scores were minus infinity.")
  private boolean renormalise;

  @Option(
      names = "--sample",
      paramLabel = "N",
      description = "Only so many attention edges, by chance, equally many of each layer.")
  private @Nullable Integer sample;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Of the sample (default: 0).")
  private long seed;

  @Mixin private final HtmlOption html = new HtmlOption();

  @OptionGroup(Heading.OUTPUT)
  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  PatchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, QuestionException {
    requireUsable();
    html.requireUsable(json);
    Analysis analysis = run.open(console);
    Experiment experiment = analysis.experiment(inputs.of(analysis, run));
    PatchView view =
        receiver != null
            ? experiment.paths(receiver(receiver), receiver, ablation())
            : sweep(analysis, experiment);
    if (html.isGiven()) {
      html.write(new PatchReport(view), analysis.model(), console);
    } else if (json) {
      console.print(view);
    } else {
      new PatchText(view, console.width()).print(console.out());
    }
    return ExitCode.DONE;
  }

  private void requireUsable() {
    inputs.requireUsable();
    if (site == null && receiver == null) {
      throw new UsageFailure("--site=SITE or --receiver=R is missing");
    }
    if (site != null && receiver != null) {
      throw new UsageFailure("--site and --receiver exclude one another");
    }
    if (receiver != null && (layers != null || allPositions || renormalise || sample != null)) {
      throw new UsageFailure(
          "--receiver: not together with --layers, --all-positions, --renormalise, --sample");
    }
    boolean isAttention = site == SiteSweep.Kind.ATTENTION;
    if (renormalise && (!isAttention || ablation() != Ablation.ZERO)) {
      throw new UsageFailure("--renormalise: only with --site attention and --ablation zero");
    }
    if (sample != null && (!isAttention || sample < 1)) {
      throw new UsageFailure("--sample: a number of edges, at least 1, with --site attention");
    }
    if (allPositions && isAttention) {
      throw new UsageFailure("--all-positions: an attention edge is of one position");
    }
    inputs.requireRunsFor(ablation());
  }

  private Ablation ablation() {
    if (ablation != null) {
      return ablation;
    }
    // What is dropped from a row is 0, whatever another prompt has there.
    return Ablation.byDefault(inputs.hasSource() && !renormalise);
  }

  private PatchView sweep(Analysis analysis, Experiment experiment) throws QuestionException {
    if (site == null) {
      throw new IllegalStateException("neither a site nor a receiver");
    }
    SiteSweep sweep =
        new SiteSweep(site, layers(site, analysis), analysis.prompt().nPositions(), allPositions);
    return sample == null
        ? experiment.patch(sweep, ablation(), renormalise)
        : experiment.patchSample(sweep, ablation(), renormalise, sample, seed);
  }

  private List<Integer> layers(SiteSweep.Kind of, Analysis analysis) throws QuestionException {
    if (layers == null) {
      return of.layers(analysis.prompt().source().config());
    }
    List<Integer> asked = new ArrayList<>();
    for (int layer : AskedLayers.parse(layers)) {
      asked.add(analysis.requireLayer(layer));
    }
    return asked;
  }

  private static Receiver receiver(String asked) {
    Matcher parts = RECEIVER.matcher(asked);
    if (!parts.matches()) {
      throw new UsageFailure(
          "--receiver: '%s' is none of logits, mlp_in.L, query.L.H, key.L.H and value.L.H"
              .formatted(asked));
    }
    if (parts.group(1) != null) {
      return new Receiver.Logits();
    }
    if (parts.group(2) != null) {
      return new Receiver.MlpIn(Integer.parseInt(parts.group(3)));
    }
    int layer = Integer.parseInt(parts.group(5));
    int head = Integer.parseInt(parts.group(6));
    return switch (parts.group(4)) {
      case "query" -> new Receiver.Query(layer, head);
      case "key" -> new Receiver.Key(layer, head);
      default -> new Receiver.Value(layer, head);
    };
  }
}
