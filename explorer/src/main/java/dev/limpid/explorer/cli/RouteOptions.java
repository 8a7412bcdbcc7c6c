package dev.limpid.explorer.cli;

import dev.limpid.RouteSettings;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.routes.ThresholdMode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How routes are extracted: mode, and how contributions are computed. */
@OptionGroup(Heading.ROUTE)
final class RouteOptions {
  private static final String AUTO = "auto";

  @Mixin private final AttributionOptions attribution = new AttributionOptions();

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "renormalised",
      description =
          "renormalised: drop weak parts, share out the rest; raw: drop weak connections"
              + " (default: renormalised).")
  private ThresholdMode mode = ThresholdMode.RENORMALISED;

  /**
   * Returns the settings; checks what the command line says, before anything is computed.
   *
   * @param threshold what {@code --threshold} says, whose default differs between commands
   */
  RouteSettings settings(String threshold) {
    RouteSettings settings =
        RouteSettings.DEFAULT.withContributions(attribution.options()).withMode(mode);
    if (threshold.equals(AUTO)) {
      return settings.withFittingThreshold();
    }
    try {
      return settings.withThreshold(Double.parseDouble(threshold));
    } catch (IllegalArgumentException e) { // no number, or not in [0, 1)
      throw new UsageFailure(
          "--threshold: '%s' is neither a number in [0, 1) nor '%s'".formatted(threshold, AUTO));
    }
  }
}
