package dev.limpid.benchmarks;

import dev.limpid.model.BlockWeights;
import dev.limpid.model.KeyValueCache;
import dev.limpid.model.Linear;
import dev.limpid.model.NormWeights;
import dev.limpid.model.Transformer;
import dev.limpid.model.TransformerWeights;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Positions;
import dev.limpid.model.trace.Provenance;
import dev.limpid.model.trace.TraceDetail;
import dev.limpid.tensor.DType;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Activation;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.WeightLayout;
import dev.limpid.tensor.ops.vector.VectorBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One greedy step of a model with the shape of SmolLM2-135M and random weights, behind a text of
 * some length; and the run of that text. Tokens a second are 1000 / milliseconds of a step.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 2,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class GenerateBenchmark {
  private static final int LAYERS = 30;
  private static final int WIDTH = 576;
  private static final int HEADS = 9;
  private static final int KEY_HEADS = 3;
  private static final int HEAD_WIDTH = 64;
  private static final int NEURONS = 1536;
  private static final int VOCABULARY = 49152;

  /** Of the largest logit: sums in another order through all layers. */
  private static final double TOLERANCE = 1e-4;

  /** Positions in front of the step. */
  @Param({"16", "128", "512", "2000"})
  public int behind;

  /** How the weights are stored. */
  @Param({"F32", "F16", "BF16"})
  public DType dtype = DType.F32;

  private final TensorOps ops = new VectorBackend().open();
  private final KeyValueCache cache = new KeyValueCache();
  private final Inputs inputs = new Inputs();
  private List<Integer> text = List.of();
  private List<Transformer> model = List.of();

  /** Makes the model, runs the text, and checks a step against the pass over all of it. */
  @Setup(Level.Trial)
  public void prepare() {
    model = List.of(new Transformer(config(), weights(), ops, new Provenance("", "", "", "")));
    text = IntStream.range(0, behind + 1).map(t -> (t * 7919) % VOCABULARY).boxed().toList();
    model().extend(text.subList(0, behind), cache);
    Tensor expected = model().trace(text, TraceDetail.RESIDUALS).logits(behind);
    float largest = Math.abs(expected.get(ops.topK(expected, 1)[0]));
    Tensor step = model().unembed(model().extend(text.subList(behind, behind + 1), cache)).row(0);
    Inputs.requireClose(expected, step, TOLERANCE * largest);
  }

  /** One more token. */
  @Benchmark
  public int step() {
    cache.truncate(behind);
    Tensor states = model().extend(text.subList(behind, behind + 1), cache);
    return ops.topK(model().unembed(states).row(0), 1)[0];
  }

  /** The text in front of it, in one go. */
  @Benchmark
  public int prompt() {
    cache.truncate(0);
    Tensor states = model().extend(text.subList(0, behind), cache);
    return ops.topK(model().unembed(states.rows(behind - 1, behind)).row(0), 1)[0];
  }

  private Transformer model() {
    return model.getFirst();
  }

  private static ModelConfig config() {
    return new ModelConfig(
        "llama",
        LAYERS,
        WIDTH,
        VOCABULARY,
        8192,
        new ModelConfig.Attention(
            HEADS, KEY_HEADS, HEAD_WIDTH, true, false, false, false, false, List.of()),
        new ModelConfig.Mlp(NEURONS, true, Activation.SILU, false),
        new ModelConfig.Norm(ModelConfig.NormKind.RMS_NORM, 1e-5f, true),
        new Positions.Rotary(100_000, new Positions.Scaling.None()),
        true,
        OptionalInt.empty(),
        List.of());
  }

  private TransformerWeights weights() {
    Tensor embedding = inputs.weight(dtype, VOCABULARY, WIDTH);
    List<BlockWeights> blocks = new ArrayList<>();
    for (int layer = 0; layer < LAYERS; layer++) {
      blocks.add(block());
    }
    return new TransformerWeights(
        embedding, null, blocks, norm(), embedding, ops.pack(embedding, WeightLayout.OUT_IN));
  }

  private BlockWeights block() {
    PackedMatrix out = packed(WIDTH, HEADS * HEAD_WIDTH);
    return new BlockWeights(
        norm(),
        new Linear(packed(HEADS * HEAD_WIDTH, WIDTH), null),
        new Linear(packed(KEY_HEADS * HEAD_WIDTH, WIDTH), null),
        null,
        null,
        packed(KEY_HEADS * HEAD_WIDTH, WIDTH),
        null,
        out,
        out, // transposed, only attribution needs it
        null,
        norm(),
        new Linear(packed(NEURONS, WIDTH), null),
        new Linear(packed(NEURONS, WIDTH), null),
        new Linear(packed(WIDTH, NEURONS), null));
  }

  private PackedMatrix packed(int outputs, int inputs) {
    return ops.pack(this.inputs.weight(dtype, outputs, inputs), WeightLayout.OUT_IN);
  }

  private static NormWeights norm() {
    float[] ones = new float[WIDTH];
    Arrays.fill(ones, 1);
    return new NormWeights(Tensor.of(ones, WIDTH), null);
  }
}
