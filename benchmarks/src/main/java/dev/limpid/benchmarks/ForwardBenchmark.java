package dev.limpid.benchmarks;

import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;

/**
 * The forward pass of models with random weights, with every residual state, pattern, value and
 * neuron kept, and the logits of all positions.
 */
public class ForwardBenchmark extends ModelBenchmark {
  /** Positions on which both sides are compared; the naive loops take a second for them. */
  private static final int CHECKED = 7;

  /** Of the largest logit: sums in another order through all layers. */
  private static final double TOLERANCE = 1e-4;

  @SuppressWarnings("NullAway.Init") // made in prepare()
  private Transformer vector;

  @SuppressWarnings("NullAway.Init")
  private Transformer reference;

  private List<Integer> tokens = List.of();

  /** Makes the model twice, and checks one against the other. */
  @Setup(Level.Trial)
  public void prepare() {
    vector = vectorModel();
    reference = referenceModel();
    tokens = RandomModel.tokens(shape, t);
    List<Integer> few = tokens.subList(0, Math.min(t, CHECKED));
    Tensor expected = logits(reference, few);
    float largest = Inputs.largest(expected);
    Inputs.requireClose(expected, logits(vector, few), TOLERANCE * largest);
  }

  /** The fast operations. */
  @Benchmark
  public Tensor vector() {
    return logits(vector, tokens);
  }

  /** The naive loops. */
  @Benchmark
  public Tensor reference() {
    return logits(reference, tokens);
  }

  private static Tensor logits(Transformer model, List<Integer> tokens) {
    ForwardTrace trace = model.trace(tokens, TraceDetail.FULL);
    return trace.logits();
  }
}
