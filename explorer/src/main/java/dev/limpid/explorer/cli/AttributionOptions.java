package dev.limpid.explorer.cli;

import dev.limpid.attribution.BiasOption;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.UsageFailure;
import picocli.CommandLine.Option;

/** {@code --bias} and {@code --floor}: how contributions are computed. */
@OptionGroup(Heading.CONTRIBUTIONS)
final class AttributionOptions {
  @Option(
      names = "--bias",
      paramLabel = "excluded|separate",
      defaultValue = "excluded",
      description = "Whether biases are parts of their own (default: excluded).")
  private BiasOption bias = BiasOption.EXCLUDED;

  @Option(
      names = "--floor",
      paramLabel = "F",
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
