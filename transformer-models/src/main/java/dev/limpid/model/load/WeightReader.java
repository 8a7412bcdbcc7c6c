package dev.limpid.model.load;

import dev.limpid.model.BlockWeights;
import dev.limpid.model.Linear;
import dev.limpid.model.NormWeights;
import dev.limpid.model.TransformerWeights;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Positions;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.WeightLayout;
import dev.limpid.tensor.weights.MissingTensorException;
import dev.limpid.tensor.weights.WeightSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Asks the files of a model for its weights by name and shape, and packs them. */
final class WeightReader {
  private final WeightSource source;
  private final ModelConfig config;
  private final WeightNames names;
  private final TensorOps ops;
  private final String prefix;
  private final Set<String> unread;

  WeightReader(WeightSource source, ModelConfig config, WeightNames names, TensorOps ops) {
    this.source = source;
    this.config = config;
    this.names = names;
    this.ops = ops;
    this.prefix =
        names.prefixes().stream()
            .filter(p -> source.names().contains(p + names.embedding() + ".weight"))
            .findFirst()
            .orElse(names.prefixes().getFirst());
    this.unread = new LinkedHashSet<>(source.names());
  }

  /**
   * Reads all weights.
   *
   * @param progress told after each layer how many are done
   */
  TransformerWeights read(LoadProgress progress) throws IOException {
    int dModel = config.dModel();
    Tensor embedding = tensor(names.embedding() + ".weight", config.dVocab(), dModel);
    @Nullable Tensor positions = null;
    if (config.positions() instanceof Positions.Learned learned) {
      positions =
          tensor(names.positions() + ".weight", config.nContext() + learned.offset(), dModel);
    }
    Tensor unembedding = unembedding(embedding);
    List<BlockWeights> blocks = new ArrayList<>();
    for (int layer = 0; layer < config.nLayers(); layer++) {
      blocks.add(block(String.format(Locale.ROOT, names.block(), layer)));
      progress.layersDone(layer + 1, config.nLayers());
    }
    return new TransformerWeights(
        embedding,
        positions,
        blocks,
        norm(names.finalNorm()),
        unembedding,
        ops.pack(unembedding, WeightLayout.OUT_IN));
  }

  /** A head that is stored counts, even where the configuration ties it, as for Hugging Face. */
  private Tensor unembedding(Tensor embedding) throws IOException {
    String name = names.head() + ".weight";
    if (config.tiedHead() && !source.names().contains(name)) {
      return embedding;
    }
    return finite(name, config.dVocab(), config.dModel());
  }

  private BlockWeights block(String block) throws IOException {
    int dModel = config.dModel();
    int dMlp = config.dMlp();
    ModelConfig.Attention attention = config.attention();
    int queryWidth = attention.nHeads() * attention.dHead();
    int keyWidth = attention.nKvHeads() * attention.dHead();
    boolean inputBias = attention.inputBias();

    Linear query;
    Linear key;
    Linear value;
    switch (names.queryKeyValue()) {
      case WeightNames.Fused(String name) -> {
        int all = queryWidth + 2 * keyWidth;
        Tensor weight = weight(block + name, dModel, all);
        @Nullable Tensor bias = inputBias ? tensor(block + name + ".bias", all).toHeap() : null;
        query = part(weight, bias, 0, queryWidth);
        key = part(weight, bias, queryWidth, queryWidth + keyWidth);
        value = part(weight, bias, queryWidth + keyWidth, all);
      }
      case WeightNames.Separate(String q, String k, String v) -> {
        query = linear(block + q, dModel, queryWidth, inputBias);
        key = linear(block + k, dModel, keyWidth, inputBias);
        value = linear(block + v, dModel, keyWidth, inputBias);
      }
    }
    Tensor outWeight = weight(block + names.attentionOut(), queryWidth, dModel);
    PackedMatrix out = ops.pack(outWeight, names.layout());
    @Nullable Tensor outBias =
        attention.outputBias()
            ? tensor(block + names.attentionOut() + ".bias", dModel).toHeap()
            : null;
    boolean mlpBias = config.mlp().bias();
    return new BlockWeights(
        norm(block + names.attentionNorm()),
        query,
        key,
        headNorm(block + names.queryNorm()),
        headNorm(block + names.keyNorm()),
        value.weight(),
        value.bias() == null ? null : value.bias().reshape(attention.nKvHeads(), attention.dHead()),
        out,
        ops.pack(outWeight, names.layout().transposed()),
        attentionBias(value.bias(), out, outBias),
        norm(block + names.mlpNorm()),
        config.mlp().gated() ? linear(block + names.gate(), dModel, dMlp, mlpBias) : null,
        linear(block + names.up(), dModel, dMlp, mlpBias),
        linear(block + names.down(), dMlp, dModel, mlpBias));
  }

  /** beta = sum over h of b_V^h W_O^h + b_O; every query head of a group shares its b_V. */
  private @Nullable Tensor attentionBias(
      @Nullable Tensor valueBias, PackedMatrix out, @Nullable Tensor outBias) {
    if (valueBias == null) {
      return outBias;
    }
    int dHead = config.dHead();
    int group = config.nHeads() / config.nKvHeads();
    Tensor perHead = Tensor.zeros(1, config.nHeads() * dHead);
    for (int h = 0; h < config.nHeads(); h++) {
      valueBias.copyTo((long) (h / group) * dHead, perHead.array(), h * dHead, dHead);
    }
    Tensor beta = Tensor.zeros(1, config.dModel());
    ops.matmul(perHead, out, outBias, beta);
    return beta.row(0);
  }

  private Linear part(Tensor weight, @Nullable Tensor bias, int from, int to) {
    return new Linear(
        ops.pack(weight, names.layout(), from, to), bias == null ? null : bias.rows(from, to));
  }

  private Linear linear(String name, int inputs, int outputs, boolean bias) throws IOException {
    return new Linear(
        ops.pack(weight(name, inputs, outputs), names.layout()),
        bias ? tensor(name + ".bias", outputs).toHeap() : null);
  }

  private Tensor weight(String name, int inputs, int outputs) throws IOException {
    return names.layout() == WeightLayout.OUT_IN
        ? tensor(name + ".weight", outputs, inputs)
        : tensor(name + ".weight", inputs, outputs);
  }

  private @Nullable Tensor headNorm(String name) throws IOException {
    return config.attention().headNorm() ? tensor(name + ".weight", config.dHead()).toHeap() : null;
  }

  private NormWeights norm(String name) throws IOException {
    if (!config.norm().affine()) {
      return new NormWeights(null, null);
    }
    Tensor gain = tensor(name + ".weight", config.dModel()).toHeap();
    boolean bias = config.norm().kind() == ModelConfig.NormKind.LAYER_NORM;
    return new NormWeights(gain, bias ? tensor(name + ".bias", config.dModel()).toHeap() : null);
  }

  private Tensor tensor(String name, int... shape) throws IOException {
    return finite(prefix + name, shape);
  }

  private Tensor finite(String name, int... shape) throws IOException {
    Tensor tensor = source.tensor(name, shape);
    unread.remove(name);
    if (!tensor.allFinite()) {
      throw new MissingTensorException(
          source.location(), name, "has weights that are NaN or infinite");
    }
    return tensor;
  }

  /** Returns the names of the tensors that were not asked for. */
  Set<String> unread() {
    return Collections.unmodifiableSet(unread);
  }
}
