package dev.limpid.files;

import dev.limpid.model.LayerTrace;
import dev.limpid.model.Transformer;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.tensor.Shape;
import dev.limpid.tensor.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The tensors of a trace file. Its names in the file are those of the constants, in small letters.
 */
public enum TraceTensor {
  /** [T, V]; of no layer. */
  LOGITS,
  /** [T, D]. */
  RESID_PRE,
  /** [T, D]. */
  ATTN_OUT,
  /** [T, D]. */
  RESID_MID,
  /** [T, D]. */
  MLP_OUT,
  /** [T, D]. */
  RESID_POST,
  /** [H, T, T]. */
  PATTERN,
  /** [K, T, d], without their bias. */
  VALUE,
  /** [H, T, D], summed over keys, without biases. */
  HEAD_OUT,
  /** [T, F]; of a gated MLP, the gate. */
  NEURON_PRE,
  /** [T, F]. */
  NEURON_POST,
  /** [K, d], in the file of a model that has one. */
  VALUE_BIAS,
  /** [H, T, d], positions in them; in a file only if it is asked for. */
  QUERY,
  /** [K, T, d], positions in them; in a file only if it is asked for. */
  KEY;

  /** What a file holds if nothing else is asked for: all but queries and keys. */
  public static final Set<TraceTensor> USUAL =
      Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.of(QUERY, KEY)));

  /** Returns the tensor of that name, if there is one. */
  public static Optional<TraceTensor> named(String name) {
    return Arrays.stream(values()).filter(kind -> kind.toString().equals(name)).findFirst();
  }

  /** Returns the names of all. */
  public static List<String> names() {
    return Arrays.stream(values()).map(TraceTensor::toString).toList();
  }

  /** Returns its name in a file. */
  String in(int layer) {
    return this == LOGITS ? toString() : "layers." + layer + "." + this;
  }

  /** Returns its shape in a trace of T positions. */
  Shape shape(ModelConfig c, int nPositions) {
    return switch (this) {
      case LOGITS -> Shape.of(nPositions, c.dVocab());
      case RESID_PRE, ATTN_OUT, RESID_MID, MLP_OUT, RESID_POST -> Shape.of(nPositions, c.dModel());
      case PATTERN -> Shape.of(c.nHeads(), nPositions, nPositions);
      case VALUE, KEY -> Shape.of(c.nKvHeads(), nPositions, c.dHead());
      case QUERY -> Shape.of(c.nHeads(), nPositions, c.dHead());
      case HEAD_OUT -> Shape.of(c.nHeads(), nPositions, c.dModel());
      case NEURON_PRE, NEURON_POST -> Shape.of(nPositions, c.dMlp());
      case VALUE_BIAS -> Shape.of(c.nKvHeads(), c.dHead());
    };
  }

  /** Returns what a layer has of it. */
  Tensor of(Transformer model, int layer, LayerTrace trace) {
    return switch (this) {
      case LOGITS, VALUE_BIAS ->
          throw new IllegalArgumentException(this + " is of no prompt's layer");
      case RESID_PRE -> trace.residPre();
      case ATTN_OUT -> trace.attnOut();
      case RESID_MID -> trace.residMid();
      case MLP_OUT -> trace.mlpOut();
      case RESID_POST -> trace.residPost();
      case PATTERN -> trace.pattern();
      case VALUE -> trace.value();
      case HEAD_OUT -> model.headOut(layer, trace);
      case NEURON_PRE -> trace.neuronPre();
      case NEURON_POST -> trace.neuronPost();
      case QUERY -> model.byHead(trace.queries());
      case KEY -> model.byHead(trace.keys());
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
