package dev.limpid.files;

import dev.limpid.Analysis;
import dev.limpid.Progress;
import dev.limpid.Prompt;
import dev.limpid.QuestionException;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.Transformer;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import dev.limpid.tensor.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A file with the states of a forward pass: safetensors named {@code tokens}, {@code logits} and
 * {@code layers.3.resid_post} (see {@link TraceTensor}), float32, and metadata that say what made
 * them.
 */
public final class TraceFile {
  private final SafetensorsFile file;
  private final List<Integer> tokens;

  private TraceFile(SafetensorsFile file, List<Integer> tokens) {
    this.file = file;
    this.tokens = tokens;
  }

  /**
   * Returns how large the file of a prompt will be, but for a header of some kilobytes; nothing is
   * computed for that.
   *
   * @param layers only these, or null for all
   * @param kinds only these
   */
  public static long bytes(Prompt prompt, @Nullable Set<Integer> layers, Set<TraceTensor> kinds) {
    ModelConfig config = prompt.source().config();
    int nPositions = prompt.nPositions();
    long floats = 0;
    for (TraceTensor kind : kinds) {
      if (kind == TraceTensor.LOGITS) {
        floats += kind.shape(config, 0, nPositions).size();
        continue;
      }
      for (int l = 0; l < config.nLayers(); l++) {
        if ((layers == null || layers.contains(l)) && kind.isIn(config, l)) {
          floats += kind.shape(config, l, nPositions).size();
        }
      }
    }
    return Float.BYTES * floats;
  }

  /**
   * Writes the states of one prompt; where the pass was not kept, a layer is computed again when
   * its tensors are written.
   *
   * @param layers only these, or null for all
   * @param kinds only these
   * @throws QuestionException if there is no such layer, or the model's numbers overflow
   * @throws IOException if the file cannot be written, or the disk has no room for it; what was
   *     there before is then left
   */
  public static void write(
      Path file, Analysis analysis, @Nullable Set<Integer> layers, Set<TraceTensor> kinds)
      throws IOException, QuestionException {
    for (int layer : layers == null ? Set.<Integer>of() : layers) {
      analysis.requireLayer(layer);
    }
    OutputFile.requireRoom(file, bytes(analysis.prompt(), layers, kinds));
    Transformer model = analysis.model().transformer();
    ForwardTrace trace = analysis.trace();
    LastLayer last = new LastLayer(trace, analysis.progress());
    SafetensorsWriter writer = new SafetensorsWriter();
    analysis.model().facts().forEach(writer::metadata);
    writer.add("tokens", trace.tokens().stream().mapToInt(Integer::intValue).toArray());
    if (kinds.contains(TraceTensor.LOGITS)) {
      writer.add(
          TraceTensor.LOGITS.toString(),
          TraceTensor.LOGITS.shape(model.config(), 0, trace.nPositions()),
          () -> trace.logits());
    }
    for (int l = 0; l < trace.nLayers(); l++) {
      if (layers == null || layers.contains(l)) {
        add(writer, model, l, last, kinds);
      }
    }
    OutputFile.write(file, writer::writeTo);
  }

  private static void add(
      SafetensorsWriter writer, Transformer model, int l, LastLayer last, Set<TraceTensor> kinds) {
    for (TraceTensor kind : TraceTensor.values()) {
      if (!kinds.contains(kind) || kind == TraceTensor.LOGITS || !kind.isIn(model.config(), l)) {
        continue;
      }
      if (kind == TraceTensor.EXPERT_INDEX) {
        addIndices(writer, kind, model.config(), l, last);
        continue;
      }
      if (kind == TraceTensor.VALUE_BIAS) {
        @Nullable Tensor bias = model.weights().block(l).valueBias();
        if (bias != null) {
          writer.add(kind.in(l), bias.toHeap());
        }
        continue;
      }
      writer.add(
          kind.in(l),
          kind.shape(model.config(), l, last.trace.nPositions()),
          () -> kind.of(model, l, last.layer(l)).toHeap());
    }
  }

  /** Which experts positions went to: whole numbers, which are few. */
  private static void addIndices(
      SafetensorsWriter writer, TraceTensor kind, ModelConfig config, int l, LastLayer last) {
    writer.addIntegers(
        kind.in(l),
        kind.shape(config, l, last.trace.nPositions()),
        () ->
            Objects.requireNonNull(last.layer(l).experts()).chosen().stream()
                .flatMapToInt(chosen -> chosen.stream().mapToInt(Integer::intValue))
                .toArray());
  }

  /** Keeps the layer asked for last: a file lists all tensors of a layer before the next. */
  private static final class LastLayer {
    private final ForwardTrace trace;
    private final Progress progress;
    private int number = -1;
    private @Nullable LayerTrace last;

    LastLayer(ForwardTrace trace, Progress progress) {
      this.trace = trace;
      this.progress = progress;
    }

    LayerTrace layer(int asked) {
      @Nullable LayerTrace kept = last;
      if (kept == null || number != asked) {
        progress.done(Progress.Phase.WRITE, asked + 1, trace.nLayers());
        kept = trace.layer(asked);
        last = kept;
        number = asked;
      }
      return kept;
    }
  }

  /**
   * Opens a file; its tensors are read when they are asked for.
   *
   * @throws IOException if it cannot be read, is damaged, or is no trace
   */
  public static TraceFile read(Path path) throws IOException {
    SafetensorsFile file = SafetensorsFile.open(path, Arena.ofAuto());
    return new TraceFile(file, TokenRow.read(file, "a trace"));
  }

  /** Returns what made the numbers. */
  public Map<String, String> metadata() {
    return file.metadata();
  }

  /** Returns the prompt's token ids, T of them, BOS included. */
  public List<Integer> tokens() {
    return tokens;
  }

  /** Returns the layers of which it holds anything, in order. */
  public List<Integer> layers() {
    return file.names().stream()
        .filter(name -> name.startsWith("layers."))
        .map(name -> name.substring("layers.".length(), name.indexOf('.', "layers.".length())))
        .map(Integer::valueOf)
        .distinct()
        .sorted()
        .toList();
  }

  /** Returns what it holds of a layer. */
  public Set<TraceTensor> kinds(int layer) {
    return Arrays.stream(TraceTensor.values())
        .filter(kind -> kind != TraceTensor.LOGITS && file.names().contains(kind.in(layer)))
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Returns a tensor of a layer, in the shape that {@link TraceTensor} says; empty if the file does
   * not hold it.
   *
   * @throws IOException if it is of a type that is no float
   */
  public Optional<Tensor> tensor(int layer, TraceTensor kind) throws IOException {
    String name = kind.in(layer);
    return file.names().contains(name) ? Optional.of(file.tensor(name)) : Optional.empty();
  }

  /** Returns the logits, [T, V]; empty if the file does not hold them. */
  public Optional<Tensor> logits() throws IOException {
    return tensor(0, TraceTensor.LOGITS);
  }
}
