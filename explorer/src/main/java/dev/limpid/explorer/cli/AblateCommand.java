package dev.limpid.explorer.cli;

import dev.limpid.Ablation;
import dev.limpid.Analysis;
import dev.limpid.Experiment;
import dev.limpid.InterventionRequest;
import dev.limpid.InterventionRequest.Action;
import dev.limpid.QuestionException;
import dev.limpid.attribution.patching.SiteSweep;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.input.InputFile;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.explorer.show.AblateReport;
import dev.limpid.explorer.show.AblateText;
import dev.limpid.files.InterventionsFile;
import dev.limpid.view.AblateView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpid ablate}: what becomes of a prediction when parts of the pass are changed. */
@Command(
    name = "ablate",
    description = {
      "Runs the prompt with parts of the forward pass changed, and shows the prediction before and"
          + " after.",
      "An address ADDR is",
      "  SITE.LAYER[.HEAD|.NEURON|.EXPERT][@POSITION[:KEY]]",
      "such as mlp_out.3, head_out.2.0@-1 or attention.2.0@14:2; * means all, -1 the last position."
    },
    footer = {
      "",
      "Examples:",
      "  limpid ablate \"The capital of France is\" --zero head_out.2.0",
      "  limpid ablate \"The capital of France is\" --zero 'attention.*@*:4' \\",
      "      --renormalise --answer \" Paris\"",
      "  limpid ablate \"The capital of France is\" --patch resid_post.1@4 \\",
      "      --source \"The capital of Italy is\" --json"
    })
final class AblateCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();
  @Mixin private final ComparisonOptions inputs = new ComparisonOptions();

  @Option(names = "--zero", paramLabel = "ADDR", description = "Put 0 in place of these values.")
  private List<String> zero = List.of();

  @Option(
      names = "--patch",
      paramLabel = "ADDR",
      description = "Put the source's values in their place.")
  private List<String> patch = List.of();

  @Option(
      names = "--mean",
      paramLabel = "ADDR",
      description = "Put the mean of the references in their place.")
  private List<String> mean = List.of();

  @Option(names = "--scale", paramLabel = "ADDR=F", description = "Multiply these values with F.")
  private List<String> scale = List.of();

  @Option(
      names = "--renormalise",
      description = "Attention put to zero is as if its scores were minus infinity.")
  private boolean renormalise;

  @Option(
      names = "--interventions",
      paramLabel = "FILE",
      description = "Changes as JSON, made after those of the options.")
  private @Nullable Path file;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "5",
      description = "How many predictions (default: 5).")
  private int top;

  @Mixin private final HtmlOption html = new HtmlOption();

  @OptionGroup(Heading.OUTPUT)
  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  AblateCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, QuestionException {
    if (top < 1) {
      throw new UsageFailure("--top: " + top + " predictions are none");
    }
    inputs.requireUsable();
    List<InterventionRequest> requests = requests();
    if (requests.isEmpty() && file == null) {
      throw new UsageFailure(
          "a change is missing: one of --zero, --patch, --mean, --scale and --interventions");
    }
    html.requireUsable(json);
    Analysis analysis = run.open(console);
    Experiment experiment = analysis.experiment(inputs.of(analysis, run));
    AblateView view = experiment.ablate(requests, top);
    if (html.isGiven()) {
      html.write(new AblateReport(view), analysis.model(), console);
    } else if (json) {
      console.print(view);
    } else {
      new AblateText(view, console.width()).print(console.out());
    }
    return ExitCode.DONE;
  }

  private List<InterventionRequest> requests() throws IOException {
    List<InterventionRequest> requests = new ArrayList<>();
    for (String address : zero) {
      InterventionRequest plain = SiteAddress.parse("--zero", address, new Action.Zero(false));
      boolean isEdge = plain.site() == SiteSweep.Kind.ATTENTION;
      if (renormalise && !isEdge) {
        throw new UsageFailure("--renormalise: only of attention put to zero, not " + address);
      }
      requests.add(SiteAddress.parse("--zero", address, new Action.Zero(renormalise)));
    }
    if (renormalise && zero.isEmpty()) {
      throw new UsageFailure("--renormalise: only of attention put to zero, by --zero");
    }
    patch.forEach(a -> requests.add(SiteAddress.parse("--patch", a, new Action.Patch())));
    mean.forEach(a -> requests.add(SiteAddress.parse("--mean", a, new Action.Mean())));
    scale.forEach(a -> requests.add(scaled(a)));
    if (file != null) {
      requests.addAll(InterventionsFile.read(InputFile.read(file), file.toString()));
    }
    for (InterventionRequest request : requests) {
      switch (request.action()) {
        case Action.Patch _ -> inputs.requireRunsFor(Ablation.PATCH);
        case Action.Mean _ -> inputs.requireRunsFor(Ablation.MEAN);
        default -> {}
      }
    }
    return requests;
  }

  private static InterventionRequest scaled(String option) {
    int equals = option.indexOf('=');
    if (equals < 0) {
      throw new UsageFailure("--scale: '" + option + "' is not ADDR=F, such as head_out.2.0=0.5");
    }
    String factor = option.substring(equals + 1);
    try {
      float number = Float.parseFloat(factor);
      if (Float.isFinite(number)) {
        return SiteAddress.parse("--scale", option.substring(0, equals), new Action.Scale(number));
      }
    } catch (NumberFormatException e) {
      // said below, like what is no finite number
    }
    throw new UsageFailure("--scale: '" + factor + "' is not a finite number");
  }
}
