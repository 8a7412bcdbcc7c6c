package dev.limpid.explorer.cli;

import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.model.generate.Sampling;
import picocli.CommandLine.Option;

/** {@code --temperature} and what goes with it: how tokens are chosen. */
@OptionGroup(Heading.SAMPLING)
final class SamplingOptions {
  @Option(
      names = "--temperature",
      defaultValue = "0",
      paramLabel = "T",
      description = "What logits are divided by; 0 always takes the largest (default: 0).")
  private double temperature;

  @Option(
      names = "--top-k",
      defaultValue = "0",
      paramLabel = "K",
      description = "Choose among the K most probable tokens; 0 for all (default: 0).")
  private int topK;

  @Option(
      names = "--top-p",
      defaultValue = "1",
      paramLabel = "P",
      description =
          "Choose among the most probable tokens that have the probability P together (default:"
              + " 1).")
  private double topP;

  @Option(
      names = "--seed",
      defaultValue = "0",
      paramLabel = "N",
      description = "The same seed chooses the same tokens (default: 0).")
  private long seed;

  /** Returns the settings; warns of those that change nothing. */
  Sampling read(Console console) {
    Sampling sampling;
    try {
      sampling = new Sampling(temperature, topK, topP, seed);
    } catch (IllegalArgumentException e) {
      throw new UsageFailure("--" + e.getMessage());
    }
    if (sampling.isGreedy() && (topK > 0 || topP < 1 || seed != 0)) {
      console.warn(
          "--top-k, --top-p and --seed change nothing at temperature 0; give --temperature 1");
    }
    return sampling;
  }
}
