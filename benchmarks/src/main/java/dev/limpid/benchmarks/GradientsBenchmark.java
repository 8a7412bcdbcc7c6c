package dev.limpid.benchmarks;

import dev.limpid.model.BackwardRules;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.GradientVisitor;
import dev.limpid.model.Gradients;
import dev.limpid.model.LayerVisitor;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;

/**
 * A forward pass that keeps residual states alone, and a backward pass behind it, which computes
 * every layer again, from one logit of the last position to the embeddings.
 */
public class GradientsBenchmark extends ModelBenchmark {
  /** Positions on which both sides are compared; the naive loops take seconds for them. */
  private static final int CHECKED = 7;

  /** Of the largest element: sums in another order through all layers, twice. */
  private static final double TOLERANCE = 1e-3;

  @SuppressWarnings("NullAway.Init") // made in prepare()
  private Transformer vector;

  private List<Integer> tokens = List.of();

  @SuppressWarnings("NullAway.Init")
  private ForwardTrace kept;

  /** Makes the model twice, and checks one against the other. */
  @Setup(Level.Trial)
  public void prepare() {
    vector = vectorModel();
    tokens = RandomModel.tokens(shape, t);
    List<Integer> few = tokens.subList(0, Math.min(t, CHECKED));
    Tensor expected = gradient(referenceModel(), few);
    float largest = Inputs.largest(expected);
    Inputs.requireClose(expected, gradient(vector, few), TOLERANCE * largest);
    kept = vector.trace(tokens, TraceDetail.FULL);
  }

  /** The forward pass alone. */
  @Benchmark
  public Tensor forward() {
    return trace(vector, tokens).logits(tokens.size() - 1);
  }

  /** Both. */
  @Benchmark
  public Tensor forwardAndBackward() {
    return gradient(vector, tokens);
  }

  /** The backward pass alone, behind a trace that keeps everything. */
  @Benchmark
  public Tensor backward() {
    return gradient(vector, kept);
  }

  private static Tensor gradient(Transformer model, List<Integer> tokens) {
    return gradient(model, trace(model, tokens));
  }

  private static Tensor gradient(Transformer model, ForwardTrace trace) {
    List<Integer> tokens = trace.tokens();
    Tensor logits = Tensor.zeros(model.config().dVocab());
    logits.array()[tokens.getLast()] = 1;
    return new Gradients(model, BackwardRules.EXACT)
        .run(trace, tokens.size() - 1, logits, GradientVisitor.NONE);
  }

  private static ForwardTrace trace(Transformer model, List<Integer> tokens) {
    return model.run(tokens, TraceDetail.RESIDUALS, LayerVisitor.NONE);
  }
}
