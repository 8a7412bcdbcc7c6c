package dev.limpid.model;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a model.
 *
 * @param embedding [V, D]
 * @param positions [n, D], or null where positions are rotated in
 * @param blocks the layers; all of them, or {@link StreamedBlocks}
 * @param finalNorm the norm in front of the head
 * @param unembedding W_U, [V, D]: a row is the direction of a token; the embedding, if tied
 * @param head the same weight packed: inputs D, outputs V
 */
public record TransformerWeights(
    Tensor embedding,
    @Nullable Tensor positions,
    List<BlockWeights> blocks,
    NormWeights finalNorm,
    Tensor unembedding,
    PackedMatrix head) {

  /** Copies the list, if the layers are in memory. */
  public TransformerWeights {
    blocks = blocks instanceof StreamedBlocks ? blocks : List.copyOf(blocks);
  }

  /** Returns one layer, counted from 0; {@link StreamedBlocks} may have to read it. */
  public BlockWeights block(int layer) {
    return blocks.get(layer);
  }

  /**
   * Returns whether layers are read from the model's files whenever they are needed, since all of
   * them together would not fit the memory: results are the same, and come more slowly.
   */
  public boolean streamed() {
    return blocks instanceof StreamedBlocks;
  }

  /** Returns the memory that all layers and the head take when they are in it. */
  public long bytes() {
    return head.bytes() + blocks.size() * blocks.getFirst().bytes();
  }
}
