package dev.limpid.explorer.cli;

import dev.limpid.Analysis;
import dev.limpid.Generation;
import dev.limpid.GenerationSettings;
import dev.limpid.QuestionException;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.model.generate.Sampling;
import dev.limpid.model.generate.StopReason;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpid generate}: how the model continues a text. */
@Command(
    name = "generate",
    description = "Continues a text; prints what is new, as it comes.",
    footer = {
      "",
      "Examples:",
      "  limpid generate \"When Mary and John went to the store\"",
      "  limpid generate \"Once\" --max-new 200 --temperature 0.8 --top-p 0.9 --seed 1"
    })
final class GenerateCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();
  @Mixin private final SamplingOptions samplingOptions = new SamplingOptions();

  @Option(
      names = "--max-new",
      defaultValue = "50",
      paramLabel = "N",
      description = "The most new tokens (default: 50).")
  private int maxNew;

  @Option(names = "--ignore-eos", description = "Go on behind tokens that end a text.")
  private boolean ignoreEos;

  @OptionGroup(Heading.OUTPUT)
  @Option(names = "--json", description = "Print one JSON document, when all is done.")
  private boolean json;

  GenerateCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, QuestionException {
    if (maxNew < 1) {
      throw new UsageFailure("--max-new: " + maxNew + " is not a number of tokens");
    }
    Sampling sampling = samplingOptions.read(console);
    Analysis analysis = run.open(console);
    Generation generation = analysis.generate(new GenerationSettings(sampling, maxNew, ignoreEos));
    if (json) {
      console.print(generation.toEnd());
    } else if (print(generation) == 1 && generation.stopReason() == StopReason.EOS) {
      console.note(
          "the model ended the text at once: --ignore-eos goes on; a model made for chats expects the"
              + " marks of its template round a question");
    }
    if (generation.stopReason() == StopReason.CONTEXT) {
      console.warn(
          "stopped, since the model's context of %d tokens is full"
              .formatted(analysis.model().source().config().nContext()));
    }
    return ExitCode.DONE;
  }

  /**
   * Prints the text alone, so that another program gets it as it is; or ids, which end a line.
   *
   * @return how many tokens there were
   */
  private int print(Generation generation) throws QuestionException {
    String separator = "";
    int count = 0;
    while (generation.hasNext()) {
      count++;
      Generation.Token token = generation.next();
      console.out().print(token.text() == null ? separator + token.id() : token.text());
      console.out().flush();
      separator = ",";
    }
    if (!generation.hasText() || console.outIsTerminal()) {
      console.out().println();
    }
    return count;
  }
}
