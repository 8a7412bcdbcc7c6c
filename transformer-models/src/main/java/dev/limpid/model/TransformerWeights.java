package dev.limpid.model;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a model.
 *
 * @param embedding [V, D], or [V, p] where it is projected
 * @param positions [n, D], or null where none are learned
 * @param entrance what comes between the embedding and the first layer
 * @param blocks the layers; all of them, or {@link StreamedBlocks}
 * @param finalNorm the norm in front of the head
 * @param unembedding W_U, [V, D] or [V, p]: a row is the direction of a token; the embedding, if
 *     tied
 * @param head the same weight packed, and the bias of the head: outputs V
 * @param headIn from states to what the head reads, D to p, or null where it reads states
 */
public record TransformerWeights(
    Tensor embedding,
    @Nullable Tensor positions,
    Entrance entrance,
    List<BlockWeights> blocks,
    NormWeights finalNorm,
    Tensor unembedding,
    Linear head,
    @Nullable PackedMatrix headIn) {

  /**
   * What comes between the embedding and the first layer.
   *
   * @param projection from p to D, or null where the table is as wide as states
   * @param norm of the embeddings
   */
  public record Entrance(@Nullable PackedMatrix projection, NormWeights norm) {
    /** Nothing. */
    public static final Entrance NONE = new Entrance(null, NormWeights.NONE);
  }

  /** Copies the list, if the layers are in memory. */
  public TransformerWeights {
    blocks = blocks instanceof StreamedBlocks ? blocks : List.copyOf(blocks);
  }

  /** Returns the same weights with other layers. */
  public TransformerWeights withBlocks(List<BlockWeights> others) {
    return new TransformerWeights(
        embedding, positions, entrance, others, finalNorm, unembedding, head, headIn);
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
    return head.weight().bytes()
        + (blocks instanceof StreamedBlocks unread
            ? unread.bytes()
            : blocks.stream().mapToLong(BlockWeights::bytes).sum());
  }
}
