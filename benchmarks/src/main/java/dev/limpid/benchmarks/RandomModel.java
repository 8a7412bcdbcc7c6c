package dev.limpid.benchmarks;

import dev.limpid.model.BlockWeights;
import dev.limpid.model.Linear;
import dev.limpid.model.MlpWeights;
import dev.limpid.model.NormWeights;
import dev.limpid.model.Provenance;
import dev.limpid.model.Transformer;
import dev.limpid.model.TransformerWeights;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Positions;
import dev.limpid.tensor.DType;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.WeightLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A model of a known shape with random weights, the same for all operations it is put on. */
final class RandomModel {
  private final ModelConfig config;
  private final DType dtype;
  private final TensorOps ops;
  private final Inputs inputs = new Inputs();

  private RandomModel(ModelShape shape, DType dtype, TensorOps ops) {
    this.config = shape.config();
    this.dtype = dtype;
    this.ops = ops;
  }

  static Transformer of(ModelShape shape, DType dtype, TensorOps ops) {
    RandomModel random = new RandomModel(shape, dtype, ops);
    return new Transformer(
        shape.config(), random.weights(), ops, new Provenance(shape.name(), "", "", ""));
  }

  /** Returns so many ids of a model's vocabulary. */
  static List<Integer> tokens(ModelShape shape, int count) {
    int vocabulary = shape.config().dVocab();
    return IntStream.range(0, count).map(t -> (t * 7919) % vocabulary).boxed().toList();
  }

  private TransformerWeights weights() {
    Tensor embedding = inputs.weight(dtype, config.dVocab(), config.dModel());
    @Nullable Tensor positions =
        config.positions() instanceof Positions.Learned
            ? inputs.weight(dtype, config.nContext(), config.dModel())
            : null;
    List<BlockWeights> blocks = new ArrayList<>();
    for (int layer = 0; layer < config.nLayers(); layer++) {
      blocks.add(block());
    }
    return new TransformerWeights(
        embedding,
        positions,
        TransformerWeights.Entrance.NONE,
        blocks,
        norm(),
        embedding,
        new Linear(ops.pack(embedding, WeightLayout.OUT_IN), null),
        null);
  }

  private BlockWeights block() {
    int width = config.dModel();
    int queries = config.nHeads() * config.dHead();
    int keys = config.nKvHeads() * config.dHead();
    boolean biased = config.attention().inputBias();
    PackedMatrix out = ops.packBothWays(inputs.weight(dtype, width, queries), WeightLayout.OUT_IN);
    return new BlockWeights(
        norm(),
        linear(queries, width, biased),
        linear(keys, width, biased),
        null,
        null,
        linear(keys, width, false),
        biased ? noise(config.nKvHeads(), config.dHead()) : null,
        List.of(),
        out,
        biased ? noise(width) : null,
        NormWeights.NONE,
        out,
        norm(),
        new MlpWeights.Dense(
            config.mlp().gated() ? linear(config.dMlp(), width, false) : null,
            linear(config.dMlp(), width, config.mlp().bias()),
            linear(width, config.dMlp(), config.mlp().bias())),
        NormWeights.NONE);
  }

  private Linear linear(int outputs, int inputs, boolean biased) {
    Tensor weight = this.inputs.weight(dtype, outputs, inputs);
    return new Linear(ops.pack(weight, WeightLayout.OUT_IN), biased ? noise(outputs) : null);
  }

  private Tensor noise(int... dims) {
    return ops.resident(inputs.gaussian(0.1f, dims));
  }

  private NormWeights norm() {
    float[] ones = new float[config.dModel()];
    Arrays.fill(ones, 1);
    boolean shifted = config.norm().bias();
    return new NormWeights(
        config.norm(),
        ops.resident(Tensor.of(ones, ones.length)),
        shifted ? noise(ones.length) : null);
  }
}
