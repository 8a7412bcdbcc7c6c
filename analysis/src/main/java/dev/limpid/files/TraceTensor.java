package dev.limpid.files;

import dev.limpid.model.ExpertTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.SinkBias;
import dev.limpid.model.Transformer;
import dev.limpid.model.config.Experts;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Residual;
import dev.limpid.tensor.Shape;
import dev.limpid.tensor.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
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
  /** [T], what the norm behind the attention scales by, where there is one. */
  ATTN_OUT_SCALE,
  /** [T], what the norm behind the MLP scales by, where there is one. */
  MLP_OUT_SCALE,
  /** [T], what the norm of the sum after attention scales by, where sums are normed. */
  RESID_MID_SCALE,
  /** [T], what the norm of the sum after the MLP scales by, where sums are normed. */
  RESID_POST_SCALE,
  /** [H, T], what of a row of attention went to no key, where heads have sinks. */
  ATTN_SINK,
  /** [T, F]; of a gated MLP, the gate. */
  NEURON_PRE,
  /** [T, F]. */
  NEURON_POST,
  /** [T, k], the experts that positions went to, by falling router number; whole numbers. */
  EXPERT_INDEX,
  /** [T, k], what their outputs were weighed with. */
  EXPERT_WEIGHT,
  /** [T, k, D], what they wrote, weighed. */
  EXPERT_OUT,
  /** [T, D], what the expert wrote that all positions go to, weighed. */
  SHARED_OUT,
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

  /** Returns whether a layer of a model has it. */
  boolean isIn(ModelConfig c, int layer) {
    Residual residual = c.residual();
    Optional<Experts> experts = c.mlp().expertsOf(layer);
    return switch (this) {
      case RESID_MID -> !residual.isParallel();
      case ATTN_OUT_SCALE, MLP_OUT_SCALE -> residual.postNorms();
      case RESID_MID_SCALE, RESID_POST_SCALE -> residual.normsSums();
      case ATTN_SINK -> c.attention().scores().sinks();
      case NEURON_PRE, NEURON_POST -> experts.isEmpty();
      case EXPERT_INDEX, EXPERT_WEIGHT, EXPERT_OUT -> experts.isPresent();
      case SHARED_OUT -> experts.flatMap(e -> e.dShared().stream().boxed().findFirst()).isPresent();
      case VALUE_BIAS -> c.attention().inputBias() && c.attention().clip().isEmpty();
      default -> true;
    };
  }

  /** Returns its shape in a trace of T positions, in a layer that has it. */
  Shape shape(ModelConfig c, int layer, int nPositions) {
    int used = c.mlp().expertsOf(layer).map(Experts::used).orElse(0);
    return switch (this) {
      case LOGITS -> Shape.of(nPositions, c.dVocab());
      case RESID_PRE, ATTN_OUT, RESID_MID, MLP_OUT, RESID_POST -> Shape.of(nPositions, c.dModel());
      case PATTERN -> Shape.of(c.nHeads(), nPositions, nPositions);
      case VALUE, KEY -> Shape.of(c.nKvHeads(), nPositions, c.dHead());
      case QUERY -> Shape.of(c.nHeads(), nPositions, c.dHead());
      case HEAD_OUT -> Shape.of(c.nHeads(), nPositions, c.dModel());
      case NEURON_PRE, NEURON_POST -> Shape.of(nPositions, c.dMlp());
      case ATTN_OUT_SCALE, MLP_OUT_SCALE, RESID_MID_SCALE, RESID_POST_SCALE -> Shape.of(nPositions);
      case ATTN_SINK -> Shape.of(c.nHeads(), nPositions);
      case EXPERT_INDEX, EXPERT_WEIGHT -> Shape.of(nPositions, used);
      case EXPERT_OUT -> Shape.of(nPositions, used, c.dModel());
      case SHARED_OUT -> Shape.of(nPositions, c.dModel());
      case VALUE_BIAS -> Shape.of(c.nKvHeads(), c.dHead());
    };
  }

  /** Returns what a layer has of it. */
  Tensor of(Transformer model, int layer, LayerTrace trace) {
    return switch (this) {
      case LOGITS, VALUE_BIAS, EXPERT_INDEX ->
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
      case ATTN_OUT_SCALE, RESID_MID_SCALE -> Objects.requireNonNull(trace.attentionScale());
      case MLP_OUT_SCALE, RESID_POST_SCALE -> Objects.requireNonNull(trace.mlpScale());
      case ATTN_SINK -> sink(trace.pattern());
      case EXPERT_WEIGHT -> experts(trace).weight();
      case EXPERT_OUT -> experts(trace).out();
      case SHARED_OUT -> Objects.requireNonNull(experts(trace).shared());
      case QUERY -> model.byHead(trace.queries());
      case KEY -> model.byHead(trace.keys());
    };
  }

  private static ExpertTrace experts(LayerTrace trace) {
    return Objects.requireNonNull(trace.experts());
  }

  private static Tensor sink(Tensor pattern) {
    double[][] mass = SinkBias.mass(pattern);
    Tensor sink = Tensor.zeros(pattern.dim(0), mass.length);
    for (int i = 0; i < sink.size(); i++) {
      sink.array()[i] = (float) (1 - mass[i % mass.length][i / mass.length]);
    }
    return sink;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
