package dev.limpid.explorer.cli;

import dev.limpid.explorer.output.OutputFile;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.Transformer;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.tensor.Shape;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.IntStream;
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
      "  limpid trace --tokens 1,2,3 --out t.safetensors --layers 0,3 --only resid_post,pattern"
    })
final class TraceCommand implements Callable<Integer> {
  /** A tensor of a layer: its shape before it is computed, and how to get it. */
  private record Kind(Function<ModelConfig, int[]> shape, TensorOf tensor) {}

  /** Gives a tensor of layer l. */
  private interface TensorOf {
    Tensor of(Transformer model, int layer, LayerTrace trace);
  }

  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "File to write.")
  private Path out = Path.of("");

  @Option(names = "--layers", split = ",", description = "Only these layers, such as 0,3.")
  private @Nullable Set<Integer> layers;

  @Option(
      names = "--only",
      split = ",",
      description = "Only these tensors, such as resid_post,pattern,logits.")
  private @Nullable Set<String> only;

  TraceCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    OutputFile.requireWritable(out);
    PromptRun prompt = run.open(console);
    ForwardTrace trace = prompt.trace();
    LastLayer cache = new LastLayer(trace);
    Map<String, Kind> kinds = kinds(trace.nPositions());
    requireKnown(prompt.model().config(), kinds.keySet());

    SafetensorsWriter writer = new SafetensorsWriter();
    FileMetadata.of(prompt).forEach(writer::metadata);
    writer.add("tokens", prompt.prompt().tokens().stream().mapToInt(Integer::intValue).toArray());
    if (wanted("logits")) {
      ModelConfig config = prompt.model().config();
      writer.add("logits", Shape.of(trace.nPositions(), config.dVocab()), trace::logits);
    }
    for (int l : IntStream.range(0, trace.nLayers()).filter(this::wanted).toArray()) {
      for (Map.Entry<String, Kind> kind : kinds.entrySet()) {
        if (wanted(kind.getKey())) {
          writer.add(
              "layers." + l + "." + kind.getKey(),
              Shape.of(kind.getValue().shape.apply(prompt.model().config())),
              () -> kind.getValue().tensor.of(prompt.model(), l, cache.layer(l)));
        }
      }
      Tensor valueBias = prompt.model().weights().blocks().get(l).valueBias();
      if (valueBias != null && wanted("value_bias")) {
        writer.add("layers." + l + ".value_bias", valueBias);
      }
    }
    OutputFile.write(out, writer::writeTo);
    return Limpid.DONE;
  }

  private static Map<String, Kind> kinds(int t) {
    Map<String, Kind> kinds = new LinkedHashMap<>();
    Function<ModelConfig, int[]> state = c -> new int[] {t, c.dModel()};
    Function<ModelConfig, int[]> neurons = c -> new int[] {t, c.dMlp()};
    kinds.put("resid_pre", new Kind(state, (m, l, trace) -> trace.residPre()));
    kinds.put("attn_out", new Kind(state, (m, l, trace) -> trace.attnOut()));
    kinds.put("resid_mid", new Kind(state, (m, l, trace) -> trace.residMid()));
    kinds.put("mlp_out", new Kind(state, (m, l, trace) -> trace.mlpOut()));
    kinds.put("resid_post", new Kind(state, (m, l, trace) -> trace.residPost()));
    kinds.put(
        "pattern", new Kind(c -> new int[] {c.nHeads(), t, t}, (m, l, trace) -> trace.pattern()));
    kinds.put(
        "value",
        new Kind(c -> new int[] {c.nKvHeads(), t, c.dHead()}, (m, l, trace) -> trace.value()));
    kinds.put(
        "head_out",
        new Kind(c -> new int[] {c.nHeads(), t, c.dModel()}, (m, l, trace) -> m.headOut(l, trace)));
    kinds.put("neuron_pre", new Kind(neurons, (m, l, trace) -> trace.neuronPre()));
    kinds.put("neuron_post", new Kind(neurons, (m, l, trace) -> trace.neuronPost()));
    return kinds;
  }

  private void requireKnown(ModelConfig config, Set<String> layerTensors) {
    Set<String> known = new LinkedHashSet<>(List.of("logits"));
    known.addAll(layerTensors);
    known.add("value_bias");
    for (String name : only == null ? Set.<String>of() : only) {
      if (!known.contains(name)) {
        throw new UsageFailure(
            "--only: there is no tensor '" + name + "'; there are " + String.join(", ", known));
      }
    }
    for (int layer : layers == null ? Set.<Integer>of() : layers) {
      if (layer < 0 || layer >= config.nLayers()) {
        throw new CommandFailure(
            "layer %d is not in the model, whose layers go from 0 to %d"
                .formatted(layer, config.nLayers() - 1));
      }
    }
  }

  private boolean wanted(String tensor) {
    return only == null || only.contains(tensor);
  }

  private boolean wanted(int layer) {
    return layers == null || layers.contains(layer);
  }

  /** Keeps the layer asked for last: a file lists all tensors of a layer before the next. */
  private static final class LastLayer {
    private final ForwardTrace trace;
    private int number = -1;
    private @Nullable LayerTrace last;

    LastLayer(ForwardTrace trace) {
      this.trace = trace;
    }

    LayerTrace layer(int asked) {
      @Nullable LayerTrace kept = last;
      if (kept == null || number != asked) {
        kept = trace.layer(asked);
        last = kept;
        number = asked;
      }
      return kept;
    }
  }
}
