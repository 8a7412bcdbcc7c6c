package dev.limpid.explorer.cli;

import dev.limpid.attribution.BiasOption;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.explorer.process.UsageFailure;
import picocli.CommandLine.Option;

/** {@code --bias} and {@code --floor}: how contributions are computed. */
final class AttributionOptions {
  @Option(
      names = "--bias",
      defaultValue = "excluded",
      description = "Biases: excluded, or separate parts (default: excluded).")
  private BiasOption bias = BiasOption.EXCLUDED;

  @Option(
      names = "--floor",
      defaultValue = "0",
      description = "Least proximity of a part (default: 0; LM-TT's is 0.00001).")
  private double floor;

  ContributionOptions options() {
    if (!(floor >= 0 && floor < 1)) {
      throw new UsageFailure("--floor: " + floor + " is not in [0, 1)");
    }
    return new ContributionOptions(bias, floor);
  }
}
