package dev.limpid.attribution.gradients;

import dev.limpid.model.ForwardTrace;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import org.jspecify.annotations.Nullable;

/**
 * The straight line from one prompt's token embeddings, or from zeros, to another's. Positions are
 * the same all along; a norm of the embeddings is behind it.
 *
 * @param end the embeddings of tokens and positions where the line ends, [T, D]
 * @param way from its beginning to its end, [T, D]
 */
record EmbeddingPath(Tensor end, Tensor way) {

  /**
   * Returns the line to a run's embeddings.
   *
   * @param start the run it begins at, of as many tokens, or null for embeddings of zeros
   */
  static EmbeddingPath of(Transformer model, ForwardTrace run, @Nullable ForwardTrace start) {
    TensorOps ops = model.ops();
    try (Scope scope = ops.scope()) {
      Tensor way = scope.keep(model.embedding().ofTokens(run.tokens()));
      if (start != null) {
        ops.subtract(way, model.embedding().ofTokens(start.tokens()), way);
      }
      return new EmbeddingPath(scope.keep(model.embedding().sum(run.tokens(), 0)), way);
    }
  }

  /** Returns the embeddings at a point of the line, [T, D]: at 0 its beginning, at 1 its end. */
  Tensor at(TensorOps ops, double alpha) {
    Tensor sum = ops.zeros(end.dim(0), end.dim(1));
    ops.scale(way, (float) (alpha - 1), sum);
    ops.add(end, sum, sum);
    return sum;
  }
}
