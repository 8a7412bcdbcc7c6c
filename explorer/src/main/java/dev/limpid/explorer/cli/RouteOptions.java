package dev.limpid.explorer.cli;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.model.ForwardTrace;
import dev.limpid.routes.FlowGraph;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.ThresholdMode;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How routes are extracted: threshold, mode, and how contributions are computed. */
final class RouteOptions {
  @Mixin private final AttributionOptions attribution = new AttributionOptions();

  @Option(
      names = "--threshold",
      defaultValue = "0.04",
      paramLabel = "TAU",
      description = "Contributions must be above it, in [0, 1) (default: 0.04).")
  private double threshold;

  @Option(
      names = "--mode",
      defaultValue = "renormalised",
      description =
          "renormalised: drop weak parts, share out the rest; raw: drop weak connections"
              + " (default: renormalised).")
  private ThresholdMode mode = ThresholdMode.RENORMALISED;

  /** Checks what the command line says, before anything is computed. */
  void check() {
    attribution.options();
    if (!(threshold >= 0 && threshold < 1)) {
      throw new UsageFailure("--threshold: " + threshold + " is not in [0, 1)");
    }
  }

  /** Computes contributions and prepares the extraction. */
  RouteExtractor extractor(PromptRun run, ForwardTrace trace, Console console) {
    return extractor(run, trace, threshold, console);
  }

  /**
   * Does the same on a graph that also serves lower thresholds.
   *
   * @param finest the lowest of them
   */
  RouteExtractor extractor(PromptRun run, ForwardTrace trace, double finest, Console console) {
    FlowGraph graph = run.graph(trace, contributionOptions(), finest, console);
    return new RouteExtractor(graph, mode, threshold);
  }

  ContributionOptions contributionOptions() {
    return attribution.options();
  }

  double threshold() {
    return threshold;
  }

  String mode() {
    return mode.name().toLowerCase(Locale.ROOT);
  }
}
