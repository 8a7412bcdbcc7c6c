package dev.limpid.benchmarks;

import dev.limpid.attribution.Contributions;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;

/** The contributions of all layers of models with random weights, from a finished trace. */
public class ContributionsBenchmark extends ModelBenchmark {
  /** Positions on which both sides are compared; above 16, where both go the same way. */
  private static final int CHECKED = 19;

  /** Of a contribution, which is at most 1. */
  private static final double TOLERANCE = 1e-5;

  @SuppressWarnings("NullAway.Init") // made in prepare()
  private Transformer vector;

  @SuppressWarnings("NullAway.Init")
  private Transformer reference;

  @SuppressWarnings("NullAway.Init")
  private ForwardTrace trace;

  /** Makes the model twice, and checks one against the other on the same trace. */
  @Setup(Level.Trial)
  public void prepare() {
    vector = vectorModel();
    reference = referenceModel();
    List<Integer> tokens = RandomModel.tokens(shape, t);
    ForwardTrace few = vector.trace(tokens.subList(0, Math.min(t, CHECKED)), TraceDetail.FULL);
    requireClose(Contributions.of(reference, few), Contributions.of(vector, few));
    trace = vector.trace(tokens, TraceDetail.FULL);
  }

  private static void requireClose(Contributions expected, Contributions actual) {
    for (int l = 0; l < expected.layers().size(); l++) {
      var a = expected.layers().get(l);
      var b = actual.layers().get(l);
      Inputs.requireClose(a.attention(), b.attention(), TOLERANCE);
      Inputs.requireClose(
          a.shares().attentionResidual(), b.shares().attentionResidual(), TOLERANCE);
      Inputs.requireClose(a.shares().mlp(), b.shares().mlp(), TOLERANCE);
      Inputs.requireClose(a.shares().mlpResidual(), b.shares().mlpResidual(), TOLERANCE);
    }
  }

  /** The fast operations. */
  @Benchmark
  public Contributions vector() {
    return Contributions.of(vector, trace);
  }

  /** The naive loops: brute force in double. */
  @Benchmark
  public Contributions reference() {
    return Contributions.of(reference, trace);
  }
}
