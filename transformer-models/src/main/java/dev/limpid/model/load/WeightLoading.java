package dev.limpid.model.load;

import dev.limpid.model.BlockWeights;
import dev.limpid.model.Linear;
import dev.limpid.model.MlpWeights;
import dev.limpid.model.NormWeights;
import dev.limpid.model.StreamedBlocks;
import dev.limpid.model.StreamedExperts;
import dev.limpid.model.TransformerWeights;
import dev.limpid.model.TransformerWeights.Entrance;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Positions;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.WeightLayout;
import dev.limpid.tensor.weights.WeightSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the weights of a model part by part, each through a mapping of its own: what was packed is
 * then not in memory a second time, as pages of the file.
 */
final class WeightLoading {
  private final WeightSource source;
  private final ModelConfig config;
  private final WeightNames names;
  private final TensorOps ops;
  private final String prefix;
  private final Set<String> unread;

  WeightLoading(WeightSource source, ModelConfig config, WeightNames names, TensorOps ops) {
    this.source = source;
    this.config = config;
    this.names = names;
    this.ops = ops;
    this.prefix =
        // The norm, too, since a tied embedding may be stored under the name of the head.
        Stream.of(Weight.EMBEDDING, Weight.FINAL_NORM)
            .flatMap(w -> names.prefixes().stream().filter(p -> isStored(p + names.of(w))))
            .findFirst()
            .orElse(names.prefixes().getFirst());
    this.unread = new LinkedHashSet<>(source.names());
  }

  private boolean isStored(String name) {
    return source.names().contains(name + ".weight");
  }

  /**
   * Reads all weights, or those of the first layer and all that is in no layer.
   *
   * @param progress told after each layer how many are done
   */
  TransformerWeights read(LayerStorage storage, LoadProgress progress) throws IOException {
    String headName = names.of(Weight.HEAD, this::isStored);
    String ownName = prefix + names.of(Weight.EMBEDDING);
    boolean isHead = config.tiedHead() && !isStored(ownName) && isStored(headName);
    String embeddingName = isHead ? headName : ownName;
    Tensor embedding = table(embeddingName, config.dVocab(), width());
    @Nullable Tensor positions =
        config.positions() instanceof Positions.Learned learned
            ? table(
                prefix + names.of(Weight.POSITIONS),
                config.nContext() + learned.offset(),
                config.dModel())
            : null;
    // A head that is stored counts, even where the configuration ties it, as for Hugging Face.
    boolean tied = isHead || (config.tiedHead() && !isStored(headName));
    Tensor unembedding = tied ? embedding : table(headName, config.dVocab(), width());
    PackedMatrix head = head(unembedding, tied ? embeddingName : headName);
    @Nullable Tensor bias =
        config.head().bias()
            ? once(reader -> reader.resident(headName + ".bias", config.dVocab()))
            : null;
    return new TransformerWeights(
        embedding,
        positions,
        new Entrance(projection(Weight.PROJECT_IN), entranceNorm()),
        blocks(storage, head.bytes(), progress),
        config.head().normed()
            ? once(reader -> reader.norm(prefix + names.of(Weight.FINAL_NORM)))
            : NormWeights.NONE,
        unembedding,
        new Linear(head, bias),
        projection(Weight.PROJECT_OUT));
  }

  /** Returns how wide the tables of tokens are. */
  private int width() {
    return config.embedding().width().orElse(config.dModel());
  }

  private NormWeights entranceNorm() throws IOException {
    return config.embedding().normed()
        ? once(reader -> reader.norm(prefix + names.of(Weight.EMBEDDING_NORM)))
        : NormWeights.NONE;
  }

  /** Returns what is between tables and states; null where they are as wide. */
  private @Nullable PackedMatrix projection(Weight which) throws IOException {
    if (config.embedding().width().isEmpty()) {
      return null;
    }
    String name = prefix + names.of(which);
    int from = which == Weight.PROJECT_IN ? width() : config.dModel();
    int to = which == Weight.PROJECT_IN ? config.dModel() : width();
    return once(reader -> reader.linear(name, from, to, false).weight());
  }

  /** Returns a table of which rows are read later, after a look at all of them. */
  private Tensor table(String name, int rows, int width) throws IOException {
    String whole = name + ".weight";
    Tensor read = once(reader -> reader.tensor(whole, rows, width));
    return read.onHeap() ? read : source.tensor(whole, rows, width);
  }

  private PackedMatrix head(Tensor table, String name) throws IOException {
    return once(reader ->
        ops.pack(
            table.onHeap() ? table : reader.stored(name + ".weight", config.dVocab(), width()),
            WeightLayout.OUT_IN));
  }

  private List<BlockWeights> blocks(LayerStorage storage, long others, LoadProgress progress)
      throws IOException {
    int nLayers = config.nLayers();
    IntFunction<LayerKind> kinds = kinds();
    BlockWeights first = kinds.apply(0).first();
    long bytes = 0;
    long mostExperts = 0; // those of every layer that has any: one expert of the first was measured
    for (int layer = 0; layer < nLayers; layer++) {
      bytes += kinds.apply(layer).first().bytes();
      mostExperts = Math.max(mostExperts, kinds.apply(layer).expertBytes());
    }
    if (storage.streams(others + bytes, ops.memoryLeft())) {
      requireInAllLayers(kinds);
      progress.layersDone(nLayers, nLayers);
      MlpReader.ExpertList experts = streamed(mostExperts);
      return StreamedBlocks.startingWith(
          first, nLayers, bytes, layer -> block(layer, experts, new LinkedHashMap<>()));
    }
    List<BlockWeights> blocks = new ArrayList<>();
    for (int layer = 0; layer < nLayers; layer++) {
      boolean isThere = layer == 0 && first.mlp() instanceof MlpWeights.Dense;
      blocks.add(
          isThere ? first : block(layer, MlpReader.ExpertList.IN_MEMORY, new LinkedHashMap<>()));
      progress.layersDone(layer + 1, nLayers);
    }
    return blocks;
  }

  /**
   * What all layers with experts have, or all without.
   *
   * @param first one of them, whose experts are not kept
   * @param asked the names within the layer, of all its experts, with their shapes
   */
  private record LayerKind(BlockWeights first, Map<String, int[]> asked) {
    long expertBytes() {
      return first.mlp() instanceof MlpWeights.Sparse(_, StreamedExperts experts, _, _)
          ? experts.bytes()
          : 0;
    }
  }

  /**
   * Returns the kind of each layer; the first layer of each is read, and one of its experts.
   * Nothing grows with the number of layers that a file claims to have.
   */
  private IntFunction<LayerKind> kinds() throws IOException {
    Map<Boolean, LayerKind> kinds = new HashMap<>();
    for (int layer = 0; layer < config.nLayers(); layer++) {
      if (!kinds.containsKey(isSparse(layer))) {
        Map<String, int[]> asked = new LinkedHashMap<>();
        kinds.put(isSparse(layer), new LayerKind(block(layer, this::measured, asked), asked));
      }
    }
    return layer -> Objects.requireNonNull(kinds.get(isSparse(layer)));
  }

  private boolean isSparse(int layer) {
    return config.mlp().expertsOf(layer).isPresent();
  }

  /**
   * Reads a layer.
   *
   * @param asked takes the names within the layer that were asked for, with their shapes
   */
  private BlockWeights block(int layer, MlpReader.ExpertList experts, Map<String, int[]> asked)
      throws IOException {
    return once(reader -> {
      BlockWeights block = reader.block(layer, inLayer(layer), experts);
      int prefixed = inLayer(layer).length();
      reader.asked().forEach((name, shape) -> asked.put(name.substring(prefixed), shape));
      return block;
    });
  }

  /** Experts that are read when a position goes to them. */
  private MlpReader.ExpertList streamed(long bytes) {
    return (_, layer, block, count) ->
        new StreamedExperts(
            count,
            bytes,
            expert -> once(reader -> new MlpReader(reader, layer, block).expert(expert)));
  }

  /** The same; one is read here to know what each takes, and that all are there. */
  private List<MlpWeights.Dense> measured(WeightReader of, int layer, String block, int count)
      throws IOException {
    MlpReader reader = new MlpReader(of, layer, block);
    long bytes = count * reader.expert(0).bytes();
    reader.requireAsFirst(count);
    return streamed(bytes).of(of, layer, block, count);
  }

  private String inLayer(int layer) {
    return prefix + String.format(Locale.ROOT, names.block(), layer);
  }

  /** Checks that all layers have what the first one of their kind has, without reading them. */
  private void requireInAllLayers(IntFunction<LayerKind> kinds) throws IOException {
    for (int layer = 0; layer < config.nLayers(); layer++) {
      LayerKind kind = kinds.apply(layer);
      for (Map.Entry<String, int[]> tensor : kind.asked().entrySet()) {
        String name = inLayer(layer) + tensor.getKey();
        source.require(name, tensor.getValue());
        unread.remove(name);
      }
    }
  }

  /** Reads a part of the weights and makes something of it that needs the files no more. */
  private interface Part<T> {
    T read(WeightReader reader) throws IOException;
  }

  /** Reads a part through a mapping that ends with it; a file may be cut off meanwhile. */
  private <T> T once(Part<T> part) throws IOException {
    try (Arena arena = Arena.ofShared()) {
      WeightReader reader = new WeightReader(source.mappedAgain(arena), config, names, ops);
      T read = part.read(reader);
      source.requireWhole();
      unread.removeAll(reader.asked().keySet());
      return read;
    } catch (InternalError e) {
      source.requireWhole();
      throw new IOException(source.location() + ": the weights cannot be read from the disk", e);
    }
  }

  /** Returns the names of the tensors that are no part of the model. */
  Set<String> unread() {
    return Collections.unmodifiableSet(unread);
  }
}
