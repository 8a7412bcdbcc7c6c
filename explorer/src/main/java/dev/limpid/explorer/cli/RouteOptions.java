package dev.limpid.explorer.cli;

import dev.limpid.RouteSettings;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.routes.ThresholdMode;
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

  /** Returns the settings; checks what the command line says, before anything is computed. */
  RouteSettings settings() {
    ContributionOptions options = attribution.options();
    if (!(threshold >= 0 && threshold < 1)) {
      throw new UsageFailure("--threshold: " + threshold + " is not in [0, 1)");
    }
    return new RouteSettings(options, mode, threshold);
  }
}
