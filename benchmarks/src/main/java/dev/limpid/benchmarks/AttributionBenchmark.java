package dev.limpid.benchmarks;

import dev.limpid.attribution.gradients.ComponentScores;
import dev.limpid.attribution.gradients.GradientRun;
import dev.limpid.attribution.gradients.MeanGradients;
import dev.limpid.attribution.logits.Metric;
import dev.limpid.model.BackwardRules;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;

/** What gradients say of every component of a prompt's run, from traces that are there. */
public class AttributionBenchmark extends ModelBenchmark {
  /** Points of the path; time is proportional to them. */
  private static final int STEPS = 4;

  /** Positions on which both sides are compared; the naive loops take seconds for them. */
  private static final int CHECKED = 7;

  /** Of the largest score: sums in another order through all layers, twice. */
  private static final double TOLERANCE = 1e-3;

  @SuppressWarnings("NullAway.Init") // made in prepare()
  private GradientRun run;

  @SuppressWarnings("NullAway.Init")
  private ForwardTrace source;

  /** Makes the model twice, and checks one against the other. */
  @Setup(Level.Trial)
  public void prepare() {
    int few = Math.min(t, CHECKED);
    prepare(referenceModel(), few);
    Tensor expected = attributionPatching().layers().getFirst().attention();
    prepare(vectorModel(), few);
    Tensor actual = attributionPatching().layers().getFirst().attention();
    Inputs.requireClose(expected, actual, TOLERANCE * Inputs.largest(expected));
    prepare(run.model(), t);
  }

  private void prepare(Transformer model, int count) {
    List<Integer> tokens = RandomModel.tokens(shape, 2 * count);
    source = model.trace(tokens.subList(count, 2 * count), TraceDetail.FULL);
    run =
        new GradientRun(
            model,
            model.trace(tokens.subList(0, count), TraceDetail.FULL),
            count - 1,
            new Metric(Metric.Kind.LOGIT_DIFFERENCE, 3, 5, null),
            BackwardRules.EXACT);
  }

  /** Attribution patching: one backward pass. */
  @Benchmark
  public ComponentScores attributionPatching() {
    return patching(run.gradients(GradientRun.Observer.NONE));
  }

  /** The same with gradients along a path: {@value #STEPS} forward and backward passes. */
  @Benchmark
  public ComponentScores alongPath() {
    return patching(run.alongPath(source, STEPS, GradientRun.Observer.NONE));
  }

  private ComponentScores patching(MeanGradients gradients) {
    return ComponentScores.patching(run, gradients, List.of(source));
  }
}
