package dev.limpid.attribution.patching;

import dev.limpid.attribution.logits.Metric;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.Transformer;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What a prompt predicts at one position when it runs with interventions; of each run only what
 * lies downstream is computed ({@link Transformer#rerun}).
 *
 * @param base the prompt's run without interventions
 * @param target the position whose prediction is measured
 */
public record PatchedRuns(Transformer model, ForwardTrace base, int target) {
  /** Rows of logits that are read at a time. */
  private static final int ROWS = 32;

  /**
   * Returns the logits of the run without interventions, [V], on the heap: read as those of the
   * others are, so that what changes nothing has the same bits.
   */
  public Tensor logits() {
    return logits(List.of());
  }

  /** Returns the logits of a run with interventions, [V], on the heap. */
  public Tensor logits(List<Intervention> interventions) {
    return each(List.of(interventions), Function.identity(), _ -> {}).getFirst();
  }

  /**
   * Returns a metric of every run.
   *
   * @param done hears how many runs are done
   */
  public double[] values(List<List<Intervention>> runs, Metric metric, IntConsumer done) {
    return each(runs, metric::of, done).stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Returns a metric of every last state, [B, D]. */
  public double[] values(Tensor states, Metric metric) {
    ToDoubleFunction<Tensor> value = metric::of;
    return each(states, value::applyAsDouble).stream().mapToDouble(Double::doubleValue).toArray();
  }

  /**
   * Returns what a function reads from the logits [V] of every run.
   *
   * @param done hears how many runs are done
   */
  public <T> List<T> each(
      List<List<Intervention>> runs, Function<Tensor, T> read, IntConsumer done) {
    return each(model.rerun(base, runs, target, done), read);
  }

  private <T> List<T> each(Tensor states, Function<Tensor, T> read) {
    return IntStream.range(0, Math.ceilDiv(states.dim(0), ROWS))
        .mapToObj(i -> states.rows(i * ROWS, Math.min((i + 1) * ROWS, states.dim(0))))
        .map(this::unembed)
        .flatMap(logits -> IntStream.range(0, logits.dim(0)).mapToObj(logits::row))
        .map(read)
        .toList();
  }

  /** One row alone goes through another kernel, with other last digits: it has company here. */
  private Tensor unembed(Tensor states) {
    try (Scope _ = model.ops().scope()) {
      int n = states.dim(0);
      Tensor there = model.ops().zeros(n == 1 ? 2 : n, states.dim(1));
      model.ops().copy(states, there.rows(0, n));
      return model.unembed(there).toHeap().rows(0, n);
    }
  }
}
