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

  /** Copies the list. */
  public TransformerWeights {
    blocks = List.copyOf(blocks);
  }
}
