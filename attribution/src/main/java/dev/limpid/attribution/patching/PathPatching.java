package dev.limpid.attribution.patching;

import dev.limpid.attribution.logits.Metric;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.Transformer;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.intervene.Change;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.model.intervene.Site;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * What each sender does to a prediction by way of one receiver alone, along the residual stream
 * (path patching).
 *
 * <p>The receiver reads the base state plus what replacing the sender would change of it, at all
 * positions; every other reader keeps the base state. Its new output is put in place of its old
 * one, and all after it runs again.
 *
 * @param runs the prompt and the position that is measured
 * @param replacement what comes in place of a sender
 */
public record PathPatching(PatchedRuns runs, Replacement replacement) {

  /** Who reads the changed state. */
  public sealed interface Receiver {
    /** The queries of a head. */
    record Query(int layer, int head) implements Receiver {}

    /** The keys of a head, as this query head alone sees them. */
    record Key(int layer, int head) implements Receiver {}

    /** The values of a head, as this query head alone sees them. */
    record Value(int layer, int head) implements Receiver {}

    /** An MLP. */
    record MlpIn(int layer) implements Receiver {}

    /** The final norm and the unembedding: what it gives is the direct effect. */
    record Logits() implements Receiver {}

    /** Returns the layer it is in; L for the logits. */
    default int layerIn(int nLayers) {
      return switch (this) {
        case Query(int l, int _) -> l;
        case Key(int l, int _) -> l;
        case Value(int l, int _) -> l;
        case MlpIn(int l) -> l;
        case Logits() -> nLayers;
      };
    }
  }

  /**
   * The effects of all senders in front of a receiver: metric after less metric before.
   *
   * @param heads [layer][head]
   * @param mlps [layer]
   */
  public record Effects(double embedding, double[][] heads, double[] mlps) {}

  /** Returns how many senders are in front of a receiver: the embedding, heads and MLPs. */
  public int senders(Receiver receiver) {
    ModelConfig config = runs.model().config();
    int mlps = receiver.layerIn(config.nLayers());
    return 1 + mlps + config.nHeads() * headLayers(receiver, mlps);
  }

  /** An MLP reads the heads of its own layer too. */
  private static int headLayers(Receiver receiver, int layer) {
    return receiver instanceof Receiver.MlpIn ? layer + 1 : layer;
  }

  /**
   * Measures them.
   *
   * @param done hears how many senders are done
   */
  public Effects effects(Receiver receiver, Metric metric, IntConsumer done) {
    Transformer model = runs.model();
    int nLayers = model.config().nLayers();
    int nHeads = model.config().nHeads();
    int mlpLayers = receiver.layerIn(nLayers);
    int headLayers = headLayers(receiver, mlpLayers);
    List<Tensor> changes = new ArrayList<>();
    changes.add(change(run -> run.before(0)));
    for (int l = 0; l < headLayers; l++) {
      int layer = l;
      Tensor heads = change(run -> model.headOut(layer, run.layer(layer)));
      IntStream.range(0, nHeads).mapToObj(heads::row).forEach(changes::add);
    }
    for (int l = 0; l < mlpLayers; l++) {
      int layer = l;
      changes.add(change(run -> run.layer(layer).mlpOut()));
    }
    double[] values = values(receiver, changes, metric, done);
    double before = metric.of(runs.logits());
    double[][] heads = new double[headLayers][nHeads];
    double[] mlps = new double[mlpLayers];
    for (int l = 0; l < headLayers; l++) {
      for (int h = 0; h < nHeads; h++) {
        heads[l][h] = values[1 + l * nHeads + h] - before;
      }
    }
    for (int l = 0; l < mlpLayers; l++) {
      mlps[l] = values[1 + headLayers * nHeads + l] - before;
    }
    return new Effects(values[0] - before, heads, mlps);
  }

  private interface Output {
    Tensor of(ForwardTrace run);
  }

  /** What replacing a value would change, on the heap: its mean in other runs less its own. */
  private Tensor change(Output output) {
    try (Scope _ = runs.model().ops().scope()) {
      float[] change = output.of(runs.base()).toFloats();
      double[] mean = new double[change.length];
      for (ForwardTrace run : replacement.runs()) {
        float[] value = output.of(run).toFloats();
        for (int i = 0; i < mean.length; i++) {
          mean[i] += (double) value[i] / replacement.runs().size();
        }
      }
      for (int i = 0; i < mean.length; i++) {
        change[i] = (float) (mean[i] - change[i]);
      }
      List<Integer> dims = output.of(runs.base()).shape().dims();
      return Tensor.of(change, dims.stream().mapToInt(Integer::intValue).toArray());
    }
  }

  private double[] values(
      Receiver receiver, List<Tensor> changes, Metric metric, IntConsumer done) {
    if (receiver instanceof Receiver.Logits) {
      return runs.values(lastStates(changes), metric);
    }
    List<List<Intervention>> interventions =
        changes.stream().map(change -> newOutput(receiver, change)).toList();
    return runs.values(interventions, metric, done);
  }

  /** The last states of the target with every change, [n, D]. */
  private Tensor lastStates(List<Tensor> changes) {
    float[] state = runs.base().finalResidual().row(runs.target()).toFloats();
    Tensor states = Tensor.zeros(changes.size(), state.length);
    for (int i = 0; i < changes.size(); i++) {
      float[] change = changes.get(i).row(runs.target()).toFloats();
      for (int j = 0; j < state.length; j++) {
        states.array()[i * state.length + j] = state[j] + change[j];
      }
    }
    return states;
  }

  /** What the receiver gives after a change [T, D] of what it reads, in place of what it gave. */
  private List<Intervention> newOutput(Receiver receiver, Tensor change) {
    return switch (receiver) {
      case Receiver.MlpIn(int l) -> {
        boolean parallel = runs.model().config().residual().isParallel();
        Site.Stage read = parallel ? Site.Stage.RESID_PRE : Site.Stage.RESID_MID;
        LayerTrace changed = reread(l, read, change);
        yield each(t ->
            Intervention.put(new Site.State(Site.Stage.MLP_OUT, l, t), changed.mlpOut().row(t)));
      }
      case Receiver.Query(int l, int h) -> newHead(receiver, l, h, change);
      case Receiver.Key(int l, int h) -> newHead(receiver, l, h, change);
      case Receiver.Value(int l, int h) -> newHead(receiver, l, h, change);
      case Receiver.Logits() -> throw new IllegalStateException("logits give no output");
    };
  }

  private List<Intervention> newHead(Receiver receiver, int l, int h, Tensor change) {
    LayerTrace base = runs.base().layer(l);
    LayerTrace changed = reread(l, Site.Stage.RESID_PRE, change);
    Tensor queries = receiver instanceof Receiver.Query ? changed.queries() : base.queries();
    Tensor keys = receiver instanceof Receiver.Key ? changed.keys() : base.keys();
    Tensor value = receiver instanceof Receiver.Value ? changed.value() : base.value();
    TensorOps ops = runs.model().ops();
    try (Scope _ = ops.scope()) {
      int nPositions = queries.dim(0);
      Tensor pattern = ops.zeros(runs.model().config().nHeads(), nPositions, nPositions);
      ops.causalPattern(queries, keys, runs.model().attentionShape(l), pattern);
      Tensor mixed = ops.zeros(nPositions, queries.dim(1));
      ops.attend(pattern, value, mixed);
      Tensor here = mixed.toHeap();
      int dHead = runs.model().config().dHead();
      return each(t -> {
        Tensor ofHead = Tensor.zeros(dHead);
        here.copyTo((long) t * here.dim(1) + (long) h * dHead, ofHead.array(), 0, dHead);
        return new Intervention(new Site.Head(l, h, t), new Change.PutMixed(ofHead));
      });
    }
  }

  private List<Intervention> each(IntFunction<Intervention> at) {
    return IntStream.rangeClosed(0, runs.target()).mapToObj(at).toList();
  }

  /** The layer as it computes on a changed state, on the heap or where the model runs. */
  private LayerTrace reread(int layer, Site.Stage stage, Tensor change) {
    List<Intervention> added =
        IntStream.range(0, change.dim(0))
            .mapToObj(t -> Intervention.add(new Site.State(stage, layer, t), change.row(t)))
            .toList();
    return runs.model().block(layer, runs.base().before(layer), added);
  }
}
