package dev.limpid.benchmarks;

import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerVisitor;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.model.intervene.Site;
import dev.limpid.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;

/**
 * {@value #RUNS} runs of a prompt with one change each, of a sweep of attention edges and of one of
 * heads: what lies downstream of the change alone, and whole passes.
 */
public class RerunBenchmark extends ModelBenchmark {
  private static final int RUNS = 60;

  /** Of the largest element: sums in another order through all layers. */
  private static final double TOLERANCE = 1e-4;

  @SuppressWarnings("NullAway.Init") // made in prepare()
  private Transformer model;

  @SuppressWarnings("NullAway.Init")
  private ForwardTrace base;

  private List<List<Intervention>> edges = List.of();
  private List<List<Intervention>> heads = List.of();

  /** Makes the model, and checks the ways against one another. */
  @Setup(Level.Trial)
  public void prepare() {
    model = vectorModel();
    base = model.trace(RandomModel.tokens(shape, t), TraceDetail.FULL);
    edges = EdgeSample.of(shape.config(), t, RUNS / shape.config().nLayers()).runs();
    heads = someHeads();
    Tensor expected = wholePasses();
    double tolerance = TOLERANCE * Inputs.largest(expected);
    Inputs.requireClose(expected, edges(), tolerance);
  }

  private List<List<Intervention>> someHeads() {
    Random random = new Random(1);
    List<List<Intervention>> runs = new ArrayList<>();
    for (int i = 0; i < RUNS; i++) {
      int layer = i % shape.config().nLayers();
      int head = random.nextInt(shape.config().nHeads());
      runs.add(List.of(Intervention.zero(new Site.Head(layer, head, random.nextInt(t)))));
    }
    return runs;
  }

  /** Edges, downstream only. */
  @Benchmark
  public Tensor edges() {
    return model.rerun(base, edges, t - 1, done -> {});
  }

  /** Heads at one position each, downstream only. */
  @Benchmark
  public Tensor heads() {
    return model.rerun(base, heads, t - 1, done -> {});
  }

  /** The same edges, each in a pass of its own over all layers and positions. */
  @Benchmark
  public Tensor wholePasses() {
    int width = shape.config().dModel();
    Tensor states = Tensor.zeros(edges.size(), width);
    for (int i = 0; i < edges.size(); i++) {
      ForwardTrace run =
          model.run(base.tokens(), edges.get(i), TraceDetail.RESIDUALS, LayerVisitor.NONE);
      run.finalResidual().toHeap().copyTo((t - 1L) * width, states.array(), i * width, width);
    }
    return states;
  }
}
