package dev.limpid.model.load;

import dev.limpid.model.BlockWeights;
import dev.limpid.model.StreamedBlocks;
import dev.limpid.model.TransformerWeights;
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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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
    String headName = names.of(Weight.HEAD);
    String ownName = prefix + names.of(Weight.EMBEDDING);
    boolean isHead = config.tiedHead() && !isStored(ownName) && isStored(headName);
    String embeddingName = isHead ? headName : ownName;
    Tensor embedding = table(embeddingName, config.dVocab());
    @Nullable Tensor positions =
        config.positions() instanceof Positions.Learned learned
            ? table(prefix + names.of(Weight.POSITIONS), config.nContext() + learned.offset())
            : null;
    // A head that is stored counts, even where the configuration ties it, as for Hugging Face.
    boolean tied = isHead || (config.tiedHead() && !isStored(headName));
    Tensor unembedding = tied ? embedding : table(headName, config.dVocab());
    PackedMatrix head = head(unembedding, tied ? embeddingName : headName);
    return new TransformerWeights(
        embedding,
        positions,
        blocks(storage, head.bytes(), progress),
        once(reader -> reader.norm(prefix + names.of(Weight.FINAL_NORM))),
        unembedding,
        head);
  }

  /** Returns a table of which rows are read later, after a look at all of them. */
  private Tensor table(String name, int rows) throws IOException {
    String whole = name + ".weight";
    Tensor read = once(reader -> reader.tensor(whole, rows, config.dModel()));
    return read.onHeap() ? read : source.tensor(whole, rows, config.dModel());
  }

  private PackedMatrix head(Tensor table, String name) throws IOException {
    return once(reader ->
        ops.pack(
            table.onHeap()
                ? table
                : reader.stored(name + ".weight", config.dVocab(), config.dModel()),
            WeightLayout.OUT_IN));
  }

  private List<BlockWeights> blocks(LayerStorage storage, long others, LoadProgress progress)
      throws IOException {
    Map<String, int[]> asked = new LinkedHashMap<>();
    BlockWeights first =
        once(reader -> {
          BlockWeights block = reader.block(inLayer(0));
          asked.putAll(reader.asked());
          return block;
        });
    if (storage.streams(others + first.bytes() * config.nLayers())) {
      requireInAllLayers(asked);
      progress.layersDone(config.nLayers(), config.nLayers());
      return StreamedBlocks.startingWith(first, config.nLayers(), this::block);
    }
    List<BlockWeights> blocks = new ArrayList<>(List.of(first));
    progress.layersDone(1, config.nLayers());
    for (int layer = 1; layer < config.nLayers(); layer++) {
      blocks.add(block(layer));
      progress.layersDone(layer + 1, config.nLayers());
    }
    return blocks;
  }

  private BlockWeights block(int layer) throws IOException {
    return once(reader -> reader.block(inLayer(layer)));
  }

  private String inLayer(int layer) {
    return prefix + String.format(Locale.ROOT, names.block(), layer);
  }

  /** Checks that all layers have what the first one was asked for, without reading it. */
  private void requireInAllLayers(Map<String, int[]> asked) throws IOException {
    for (int layer = 1; layer < config.nLayers(); layer++) {
      for (Map.Entry<String, int[]> tensor : asked.entrySet()) {
        String name = inLayer(layer) + tensor.getKey().substring(inLayer(0).length());
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
