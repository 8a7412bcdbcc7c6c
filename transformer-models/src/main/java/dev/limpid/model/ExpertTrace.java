package dev.limpid.model;

import dev.limpid.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a router sent the positions of a layer, and what came back; all on the heap, to be read,
 * not modified.
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

  /** Returns what all of them wrote together, on the heap: [T, D]. */
  Tensor sum() {
    Tensor sum = Tensor.zeros(out.dim(0), out.dim(2));
    for (int t = 0; t < out.dim(0); t++) {
      for (int i = 0; i < out.dim(2); i++) {
        double total = shared == null ? 0 : shared.get(t, i);
        total += beside == null ? 0 : beside.get(t, i);
        for (int j = 0; j < used(); j++) {
          total += out.get(t, j, i);
        }
        sum.array()[t * out.dim(2) + i] = (float) total;
      }
    }
    return sum;
  }
}
