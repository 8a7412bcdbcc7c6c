package dev.limpid.model.load;

import dev.limpid.model.BlockWeights;
import dev.limpid.model.Linear;
import dev.limpid.model.NormWeights;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Norm;
import dev.limpid.model.config.Residual;
import dev.limpid.model.load.HeadRows.Kind;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.WeightLayout;
import dev.limpid.tensor.weights.MissingTensorException;
import dev.limpid.tensor.weights.WeightSource;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks for weights by name and shape, and packs them. */
final class WeightReader {
  private final WeightSource source;
  private final ModelConfig config;
  private final WeightNames names;
  private final TensorOps ops;
  private final Map<String, int[]> asked = new LinkedHashMap<>();

  WeightReader(WeightSource source, ModelConfig config, WeightNames names, TensorOps ops) {
    this.source = source;
    this.config = config;
    this.names = names;
    this.ops = ops;
  }

  ModelConfig config() {
    return config;
  }

  WeightNames names() {
    return names;
  }

  TensorOps ops() {
    return ops;
  }

  /** Returns whether there is a tensor of that whole name. */
  boolean isStored(String name) {
    return source.names().contains(name);
  }

  /** Returns the name of a linear map or norm behind what stands in front of it. */
  String name(String block, Weight weight) {
    return block + names.of(weight, name -> isStored(block + name + ".weight"));
  }

  /** Returns whether a family has a weight, and, where it may lie in others, it does not. */
  boolean has(String block, Weight weight) {
    return names.has(weight)
        && (!(names.has(Weight.QUERY) && weight == Weight.FUSED_QKV)
            || isStored(block + names.of(weight) + ".weight"));
  }

  /**
   * Reads a layer.
   *
   * @param block what comes before the names of its weights
   * @param experts reads those of a layer that has them
   */
  BlockWeights block(int layer, String block, MlpReader.ExpertList experts) throws IOException {
    int dModel = config.dModel();
    AttentionReader attention = new AttentionReader(this, layer, block);
    AttentionReader.Projections of = attention.projections();
    String outName = name(block, Weight.ATTENTION_OUT);
    Tensor outWeight = weight(outName, config.nHeads() * config.dHead(), dModel);
    @Nullable Tensor outBias =
        config.attention().outputBias() ? resident(outName + ".bias", dModel) : null;
    // What is folded into a weight is read here; a device would have to be waited for.
    NormWeights folded = postNorm(block, Weight.ATTENTION_POST_NORM);
    NormWeights behind = resident(folded);
    PackedMatrix out =
        behind.isThere()
            ? ops.pack(outWeight, names.layout())
            : ops.packBothWays(outWeight, names.layout());
    boolean clips = config.attention().clip().isPresent();
    @Nullable Tensor bias = clips ? null : of.value().bias();
    NormWeights attentionNorm = preNorm(block, Weight.ATTENTION_NORM);
    return new BlockWeights(
        attentionNorm,
        of.query(),
        of.key(),
        attention.norm(Kind.QUERY),
        attention.norm(Kind.KEY),
        clips ? of.value() : new Linear(of.value().weight(), null),
        bias == null ? null : bias.reshape(config.nKvHeads(), config.dHead()),
        attention.sinks(),
        out,
        attention.bias(bias, out, outBias),
        behind,
        behind.isThere() ? attention.terms(outWeight, folded) : out,
        config.residual().sharedNorm() ? attentionNorm : preNorm(block, Weight.MLP_NORM),
        new MlpReader(this, layer, block).mlp(experts),
        resident(postNorm(block, Weight.MLP_POST_NORM)));
  }

  private NormWeights preNorm(String block, Weight weight) throws IOException {
    return config.residual().preNorms() ? norm(name(block, weight)) : NormWeights.NONE;
  }

  /** Reads the norm behind a block as it is stored. */
  private NormWeights postNorm(String block, Weight weight) throws IOException {
    Residual residual = config.residual();
    return residual.postNorms() || residual.normsSums()
        ? stored(config.norm(), name(block, weight), config.dModel())
        : NormWeights.NONE;
  }

  Linear linear(String name, int inputs, int outputs, boolean bias) throws IOException {
    return new Linear(
        ops.pack(weight(name, inputs, outputs), names.layout()),
        bias ? resident(name + ".bias", outputs) : null);
  }

  Tensor weight(String name, int inputs, int outputs) throws IOException {
    return names.layout() == WeightLayout.OUT_IN
        ? tensor(name + ".weight", outputs, inputs)
        : tensor(name + ".weight", inputs, outputs);
  }

  /** Reads one of the norms of the stream. */
  NormWeights norm(String name) throws IOException {
    return norm(config.norm(), name, config.dModel());
  }

  /** Reads a norm of rows of some width. */
  NormWeights norm(Norm norm, String name, int width) throws IOException {
    return resident(stored(norm, name, width));
  }

  /** Reads a norm of rows of some width as it is stored. */
  NormWeights stored(Norm norm, String name, int width) throws IOException {
    @Nullable Tensor gain =
        switch (norm.gain()) {
          case NONE -> null;
          case STORED -> tensor(name + ".weight", width);
          case ONE_PLUS_STORED ->
              names.wholeGains()
                  ? tensor(name + ".weight", width)
                  : onePlus(tensor(name + ".weight", width));
        };
    return new NormWeights(norm, gain, norm.bias() ? tensor(name + ".bias", width) : null);
  }

  private NormWeights resident(NormWeights norm) {
    return new NormWeights(
        norm.norm(),
        norm.gain() == null ? null : ops.resident(norm.gain()),
        norm.bias() == null ? null : ops.resident(norm.bias()));
  }

  private static Tensor onePlus(Tensor stored) {
    float[] gain = stored.toFloats();
    for (int i = 0; i < gain.length; i++) {
      gain[i]++;
    }
    return Tensor.of(gain, gain.length);
  }

  /** Returns a gain or a bias where the model computes. */
  Tensor resident(String name, int... shape) throws IOException {
    return ops.resident(tensor(name, shape));
  }

  /** Returns a tensor by its whole name as it is stored, unlooked at. */
  Tensor stored(String name, int... shape) throws IOException {
    asked.put(name, shape);
    return source.tensor(name, shape);
  }

  /** Returns a tensor by its whole name; all its elements are finite. */
  Tensor tensor(String name, int... shape) throws IOException {
    Tensor tensor = stored(name, shape);
    if (!ops.allFinite(tensor)) {
      throw new MissingTensorException(
          source.location(), name, "has weights that are NaN or infinite");
    }
    return tensor;
  }

  /**
   * Returns a part of a tensor by its whole name and shape; all elements of the part are finite.
   */
  Tensor part(int row, String name, int... shape) throws IOException {
    asked.put(name, shape);
    Tensor part = source.part(name, row, shape);
    if (!ops.allFinite(part)) {
      throw new MissingTensorException(
          source.location(), name, "has weights that are NaN or infinite");
    }
    return part;
  }

  /** Checks that a tensor is there, by its whole name and shape, without reading it. */
  void require(String name, int... shape) throws IOException {
    asked.put(name, shape);
    source.require(name, shape);
  }

  /** Returns the names of the tensors that were asked for, with their shapes. */
  Map<String, int[]> asked() {
    return asked;
  }
}
