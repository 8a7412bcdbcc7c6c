package dev.limpid.explorer.cli;

import dev.limpid.Analysis;
import dev.limpid.QuestionException;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.files.TraceFile;
import dev.limpid.files.TraceTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpid trace}: every state of a forward pass as a safetensors file. */
@Command(
    name = "trace",
    description = "Writes every state of a forward pass to a safetensors file.",
    footer = {
      "",
      "Examples:",
      "  limpid trace \"The capital of France is\" --out trace.safetensors",
      "  limpid trace --tokens 1,2,3 --out t.safetensors --layers 0,3 --only pattern"
    })
final class TraceCommand implements Callable<Integer> {

  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();

  @Mixin private final OutOption out = new OutOption();

  @Option(
      names = "--layers",
      paramLabel = "L,...",
      description = "Only these layers, such as 0,3 or 0-3.")
  private @Nullable String layers;

  @Option(
      names = "--only",
      paramLabel = "NAME,...",
      split = ",",
      hideParamSyntax = true,
      description = "Only these tensors, such as resid_post,pattern,logits.")
  private @Nullable Set<String> only;

  TraceCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, QuestionException {
    Path file = out.writable();
    Set<TraceTensor> kinds = kinds();
    @Nullable Set<Integer> numbers = layers == null ? null : AskedLayers.parse(layers);
    Analysis analysis =
        run.open(console, prompt -> out.announce(TraceFile.bytes(prompt, numbers, kinds), console));
    TraceFile.write(file, analysis, numbers, kinds);
    return ExitCode.DONE;
  }

  private Set<TraceTensor> kinds() {
    if (only == null) {
      return TraceTensor.USUAL;
    }
    Set<TraceTensor> kinds = EnumSet.noneOf(TraceTensor.class);
    for (String name : only) {
      kinds.add(
          TraceTensor.named(name)
              .orElseThrow(() ->
                  new UsageFailure(
                      "--only: there is no tensor '%s'; there are %s"
                          .formatted(name, String.join(", ", TraceTensor.names())))));
    }
    return kinds;
  }
}
