package dev.limpid.explorer.cli;

import dev.limpid.attribution.BiasOption;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.LayerContributions;
import dev.limpid.attribution.Unexplained;
import dev.limpid.explorer.output.OutputFile;
import dev.limpid.model.ForwardTrace;
import dev.limpid.tensor.Shape;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpid contributions}: the contributions at every node as a safetensors file. */
@Command(
    name = "contributions",
    description = "Writes how much every part contributed to every state to a safetensors file.",
    footer = {
      "",
      "Examples:",
      "  limpid contributions \"The capital of France is\" --out contributions.safetensors",
      "  limpid contributions --tokens 1,2,3 --out c.safetensors --bias separate --floor 0.00001"
    })
final class ContributionsCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();
  @Mixin private final AttributionOptions attribution = new AttributionOptions();

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "File to write.")
  private Path out = Path.of("");

  ContributionsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    ContributionOptions options = attribution.options();
    OutputFile.requireWritable(out);
    PromptRun prompt = run.open(console);
    ForwardTrace trace = prompt.trace();
    Contributions contributions = Contributions.of(prompt.model(), trace, options);

    SafetensorsWriter writer = new SafetensorsWriter();
    FileMetadata.of(prompt).forEach(writer::metadata);
    List<String> cancelling = new ArrayList<>();
    writer.add("tokens", prompt.prompt().tokens().stream().mapToInt(Integer::intValue).toArray());
    for (int l = 0; l < trace.nLayers(); l++) {
      LayerContributions layer = contributions.layers().get(l);
      String prefix = "layers." + l + ".";
      add(writer, prefix, layer, options.bias());
      Unexplained unexplained = Unexplained.of(prompt.model(), l, trace.layer(l));
      writer.add(prefix + "attention_unexplained", unexplained.attention());
      writer.add(prefix + "mlp_unexplained", unexplained.mlp());
      int number = l;
      layer.shares().attentionCancelling().forEach(t -> cancelling.add("A" + number + "_" + t));
      layer.shares().mlpCancelling().forEach(t -> cancelling.add("I" + number + "_" + t));
    }
    writer.metadata("bias", options.bias().toString());
    writer.metadata("floor", Double.toString(options.floor()));
    writer.metadata("cancelling", String.join(",", cancelling));
    OutputFile.write(out, writer::writeTo);
    return Limpid.DONE;
  }

  private static void add(
      SafetensorsWriter writer, String prefix, LayerContributions layer, BiasOption bias) {
    int t = layer.nPositions();
    writer.add(prefix + "attention", Shape.of(t, t, layer.nHeads()), () -> square(layer));
    writer.add(prefix + "attention_residual", layer.shares().attentionResidual());
    writer.add(prefix + "mlp", layer.shares().mlp());
    writer.add(prefix + "mlp_residual", layer.shares().mlpResidual());
    if (bias == BiasOption.SEPARATE) {
      writer.add(prefix + "attention_bias", layer.shares().attentionBias());
      writer.add(prefix + "mlp_bias", layer.shares().mlpBias());
    }
  }

  /** Spreads the triangle of pairs out to [T, T, H], 0 above the diagonal. */
  private static Tensor square(LayerContributions layer) {
    int t = layer.nPositions();
    int nHeads = layer.nHeads();
    Tensor square = Tensor.zeros(t, t, nHeads);
    for (int q = 0; q < t; q++) {
      for (int k = 0; k <= q; k++) {
        for (int h = 0; h < nHeads; h++) {
          square.array()[(q * t + k) * nHeads + h] = layer.attention(q, k, h);
        }
      }
    }
    return square;
  }
}
