package dev.limpid.model;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Positions;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How tokens enter the residual stream: their rows of the table, projected and multiplied where a
 * model does so, with the vectors of their positions.
 */
public record TokenEmbedding(
    ModelConfig config, TransformerWeights weights, TensorOps ops, Provenance provenance) {

  /** Returns the state in front of the first layer, [T, D], of tokens from a position on. */
  public Tensor of(List<Integer> tokens, int first) {
    return normed(sum(tokens, first));
  }

  /** Returns the embeddings of tokens with those of positions, in front of any norm, [T, D]. */
  public Tensor sum(List<Integer> tokens, int first) {
    Tensor resid = ofTokens(tokens);
    @Nullable Tensor positions =
        ofPositions(IntStream.range(first, first + tokens.size()).boxed().toList());
    if (positions != null) {
      ops.add(resid, positions, resid);
    }
    return resid;
  }

  /** Returns the state in front of the first layer that such a sum becomes, [T, D]. */
  public Tensor normed(Tensor sum) {
    return weights.entrance().norm().of(ops, sum);
  }

  /**
   * Takes a gradient of the state in front of the first layer, [T, D], to that of the sum which it
   * is the norm of.
   *
   * @param sum not modified
   * @param rules whether norms are frozen
   * @param gradient modified
   */
  public Tensor back(Tensor sum, BackwardRules rules, Tensor gradient) {
    return weights.entrance().norm().back(ops, sum, rules.normsFrozen(), gradient);
  }

  /** Returns the embeddings of tokens alone, without those of positions and any norm, [T, D]. */
  public Tensor ofTokens(List<Integer> tokens) {
    int[] ids = tokens.stream().mapToInt(Integer::intValue).toArray();
    Tensor resid = rows(weights.embedding(), ids);
    if (weights.entrance().projection() != null) {
      Tensor wide = ops.zeros(ids.length, config.dModel());
      ops.matmul(resid, weights.entrance().projection(), null, wide);
      resid = wide;
    }
    if (config.embedding().scale() != 1) {
      ops.scale(resid, (float) config.embedding().scale(), resid);
    }
    return resid;
  }

  /** Returns the learned vectors of positions, [T, D]; null where none are learned. */
  public @Nullable Tensor ofPositions(List<Integer> positions) {
    if (weights.positions() != null && config.positions() instanceof Positions.Learned learned) {
      return rows(
          weights.positions(), positions.stream().mapToInt(t -> t + learned.offset()).toArray());
    }
    return null;
  }

  /** Reads rows of a table that, unlike the packed weights, stays where it is in its file. */
  private Tensor rows(Tensor table, int[] ids) {
    Tensor rows = ops.zeros(ids.length, table.dim(1));
    try {
      ops.embed(table, ids, rows);
    } catch (InternalError e) {
      throw new UncheckedIOException(
          new IOException(
              provenance.model()
                  + ": its weights were cut off while it was in use, or the disk"
                  + " cannot be read",
              e));
    }
    return rows;
  }
}
