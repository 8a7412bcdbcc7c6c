package dev.limpid.model;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a router sent the positions of a layer, and what came back; to be read, not modified. What
 * the router did is on the heap, what experts wrote lies where it was computed.
 *
 * @param chosen of each position, the experts it went to, [T][k], by falling router number
 * @param router [T, E] the numbers that the router chose by
 * @param weight [T, k] of the chosen ones
 * @param out [T, k, D] what they wrote, the weight inside
 * @param shared [T, D] what the expert wrote that all go to, its gate inside; null without one
 * @param beside [T, D] what interventions put in place of the zeros of experts that a position did
 *     not go to; null where they did not
 */
public record ExpertTrace(
    List<List<Integer>> chosen,
    Tensor router,
    Tensor weight,
    Tensor out,
    @Nullable Tensor shared,
    @Nullable Tensor beside) {

  /** Copies the lists. */
  public ExpertTrace {
    chosen = chosen.stream().map(List::copyOf).toList();
  }

  /** Returns k. */
  public int used() {
    return weight.dim(1);
  }

  /** Returns what an expert wrote at a position, [D]: the j-th of those it went to. */
  public Tensor out(int position, int j) {
    return out.row(position).row(j);
  }

  /** Returns what an expert wrote at a position, [D]; empty where the position did not go to it. */
  public Optional<Tensor> outOf(int expert, int position) {
    int j = chosen.get(position).indexOf(expert);
    return j < 0 ? Optional.empty() : Optional.of(out(position, j));
  }

  /** Writes what all of them wrote together into sum, [T, D]. */
  void sum(TensorOps ops, Tensor sum) {
    ops.sumTerms(out, Stream.of(shared, beside).filter(Objects::nonNull).toList(), sum);
  }

  /** Returns what a function makes of what they wrote. */
  ExpertTrace each(UnaryOperator<Tensor> f) {
    return new ExpertTrace(
        chosen,
        router,
        weight,
        f.apply(out),
        shared == null ? null : f.apply(shared),
        beside == null ? null : f.apply(beside));
  }
}
