package dev.limpid.explorer.cli;

import dev.limpid.Analysis;
import dev.limpid.QuestionException;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.files.ContributionsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code limpid contributions}: the contributions at every node as a safetensors file. */
@Command(
    name = "contributions",
    description = "Writes how much every part contributed to every state to a safetensors file.",
    footer = {
      "",
      "Examples:",
      "  limpid contributions \"The capital of France is\" --out c.safetensors",
      "  limpid contributions --tokens 1,2,3 --out c.safetensors --bias separate"
    })
final class ContributionsCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();
  @Mixin private final AttributionOptions attribution = new AttributionOptions();

  @Mixin private final OutOption out = new OutOption();

  ContributionsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, QuestionException {
    ContributionOptions options = attribution.options();
    Path file = out.writable();
    Analysis analysis =
        run.open(
            console, prompt -> out.announce(ContributionsFile.bytes(prompt, options), console));
    ContributionsFile.write(file, analysis, options);
    return ExitCode.DONE;
  }
}
