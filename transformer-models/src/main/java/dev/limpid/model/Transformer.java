package dev.limpid.model;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Positions;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.model.intervene.Site.Stage;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.AttentionShape;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A transformer: one forward pass for all families, which differ only in their {@link ModelConfig}.
 *
 * <p>Letters in shapes: T positions, D model width, H and K query and key/value heads, d head
 * width, F neurons, V vocabulary. Safe to share between threads.
 */
public final class Transformer {
  private final ModelConfig config;
  private final TransformerWeights weights;
  private final TensorOps ops;
  private final Provenance provenance;

  /** Puts a model together; see {@code ModelLoader} for one from a checkpoint. */
  public Transformer(
      ModelConfig config, TransformerWeights weights, TensorOps ops, Provenance provenance) {
    this.config = config;
    this.weights = weights;
    this.ops = ops;
    this.provenance = provenance;
  }

  /** Returns the facts of the architecture. */
  public ModelConfig config() {
    return config;
  }

  /** Returns the weights. */
  public TransformerWeights weights() {
    return weights;
  }

  /** Returns the operations this model runs on. */
  public TensorOps ops() {
    return ops;
  }

  /** Returns where this model comes from and what it runs on. */
  public Provenance provenance() {
    return provenance;
  }

  /**
   * Runs one prompt and keeps its insides.
   *
   * @param tokens T ids, BOS included
   * @throws NonFiniteStateException if the weights are too large to compute with
   * @throws IllegalArgumentException if there are none, more than the context holds, or an id is
   *     not in the vocabulary
   */
  public ForwardTrace trace(List<Integer> tokens, TraceDetail detail) {
    return run(tokens, detail, LayerVisitor.NONE);
  }

  /**
   * Runs one prompt and shows every layer as soon as it is there: whoever computes something from
   * each layer needs no second pass, and a model that is streamed is read once.
   *
   * @param tokens T ids, BOS included
   * @param detail what the trace that is returned keeps beside that
   * @param each sees the layers; what it throws ends the pass
   * @throws NonFiniteStateException if the weights are too large to compute with
   * @throws IllegalArgumentException if there are none, more than the context holds, or an id is
   *     not in the vocabulary
   */
  public ForwardTrace run(List<Integer> tokens, TraceDetail detail, LayerVisitor each) {
    return run(tokens, List.of(), detail, each);
  }

  /**
   * Runs one prompt with interventions, and shows every layer as soon as it is there.
   *
   * @param tokens T ids, BOS included
   * @param interventions what is changed; with none it is the run, bit for bit
   * @param detail what the trace that is returned keeps beside that
   * @param each sees the layers; what it throws ends the pass
   * @throws NonFiniteStateException if the weights, or the changes, are too large to compute with
   * @throws IllegalArgumentException if the tokens cannot be run, or the model has no such site
   */
  public ForwardTrace run(
      List<Integer> tokens,
      List<Intervention> interventions,
      TraceDetail detail,
      LayerVisitor each) {
    requireValid(tokens, 0);
    interventions.forEach(i -> i.requireFits(config, tokens.size()));
    Tensor embedded;
    try (Scope scope = ops.scope()) {
      embedded = scope.keep(embed(tokens));
    }
    return run(tokens, embedded, interventions, detail, each);
  }

  /**
   * Runs from another state in front of the first layer than that of the tokens themselves.
   *
   * @param tokens T ids, for the record; they are not looked up
   * @param embedded [T, D], not modified; the trace that is returned keeps it
   * @param detail what the trace keeps beside the residual states
   * @throws NonFiniteStateException if the weights are too large to compute with
   */
  public ForwardTrace runFrom(List<Integer> tokens, Tensor embedded, TraceDetail detail) {
    return run(tokens, embedded, List.of(), detail, LayerVisitor.NONE);
  }

  private ForwardTrace run(
      List<Integer> tokens,
      Tensor embedded,
      List<Intervention> interventions,
      TraceDetail detail,
      LayerVisitor each) {
    List<Tensor> residuals = new ArrayList<>();
    List<LayerTrace> layers = new ArrayList<>();
    try (Scope pass = ops.scope()) {
      Rotary.@Nullable Angles angles = angles(0, tokens.size());
      Tensor resid = embedded;
      residuals.add(resid);
      for (int layer = 0; layer < config.nLayers(); layer++) {
        try (Scope ofLayer = ops.scope()) {
          LayerTrace traced = block(layer, resid, angles, interventions);
          each.layer(layer, traced);
          // What the trace holds outlives the layer, and then the pass.
          if (detail == TraceDetail.FULL) {
            traced.each(x -> pass.keep(ofLayer.keep(x)));
            layers.add(traced);
          }
          resid = pass.keep(ofLayer.keep(traced.residPost()));
        }
        residuals.add(resid);
      }
    }
    return new ForwardTrace(this, detail, tokens, interventions, residuals, layers);
  }

  /**
   * Runs one prompt many times with interventions, and of each run only what lies downstream of its
   * own: layers from the first that is changed, positions from the first that is changed. The runs
   * go through the same products as stacked rows.
   *
   * @param base the prompt's run without interventions
   * @param runs B lists of interventions
   * @param target the position that is asked about; what lies behind it is not computed
   * @param done hears how many runs are done, first of some that are as costly as the mean of all
   *     layers
   * @return the last states of the target, [B, D], on the heap; {@link #unembed} reads logits from
   *     them
   * @throws NonFiniteStateException if the changes are too large to compute with
   * @throws IllegalArgumentException if the model has no such site
   */
  public Tensor rerun(
      ForwardTrace base, List<List<Intervention>> runs, int target, IntConsumer done) {
    return new Rerun(this, base, target).lastStates(runs, done);
  }

  /**
   * Runs further tokens after those that a cache holds, and adds them to it: what they would give
   * at the end of the whole text, without running the text before them again.
   *
   * @param tokens n ids; the first stands at position {@code cache.length()}
   * @param cache made for this model; longer by n afterwards, and as before if this fails
   * @return the last states [n, D]; {@link #unembed} reads the logits from them
   * @throws IllegalArgumentException if there are no tokens, more than the context still holds, or
   *     an id is not in the vocabulary
   */
  public Tensor extend(List<Integer> tokens, KeyValueCache cache) {
    int first = cache.length();
    requireValid(tokens, first);
    cache.reserve(config, ops, tokens.size());
    try (Scope pass = ops.scope()) {
      Rotary.@Nullable Angles angles = angles(first, tokens.size());
      Tensor resid = embed(tokens, first);
      for (int layer = 0; layer < config.nLayers(); layer++) {
        int l = layer;
        Attention attention = (q, k, v) -> attendCached(l, q, k, v, cache);
        try (Scope ofLayer = ops.scope()) {
          resid = ofLayer.keep(run(l, resid, angles, attention, StackEdits.NONE).residPost());
        }
      }
      cache.advance(tokens.size());
      return pass.keep(resid);
    }
  }

  /** Returns the residual state in front of the first layer, [T, D]. */
  public Tensor embed(List<Integer> tokens) {
    return embed(tokens, 0);
  }

  private Tensor embed(List<Integer> tokens, int first) {
    Tensor resid = tokenEmbeddings(tokens);
    if (weights.positions() != null && config.positions() instanceof Positions.Learned learned) {
      int[] rows =
          IntStream.range(0, tokens.size()).map(t -> first + t + learned.offset()).toArray();
      ops.add(resid, rows(weights.positions(), rows), resid);
    }
    return resid;
  }

  /** Returns the embeddings of tokens alone, without those of positions, [T, D]. */
  public Tensor tokenEmbeddings(List<Integer> tokens) {
    return rows(weights.embedding(), tokens.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Reads rows of a table that, unlike the packed weights, stays where it is in its file. */
  private Tensor rows(Tensor table, int[] ids) {
    Tensor rows = ops.zeros(ids.length, config.dModel());
    try {
      ops.embed(table, ids, rows);
    } catch (InternalError e) {
      throw new UncheckedIOException(
          new IOException(
              provenance.model()
                  + ": its weights were cut off while it was in use, or the disk"
                  + " cannot be read",
              e));
    }
    return rows;
  }

  /**
   * Runs one layer: attention, then the MLP, each reading the normed residual stream and adding to
   * it.
   *
   * @param residPre [T, D], not modified
   */
  public LayerTrace block(int layer, Tensor residPre) {
    return block(layer, residPre, List.of());
  }

  /**
   * Runs one layer with those of some interventions that are on it.
   *
   * @param before what the layer before left, [T, D], not modified
   */
  public LayerTrace block(int layer, Tensor before, List<Intervention> interventions) {
    try (Scope scope = ops.scope()) {
      return block(layer, before, angles(0, before.dim(0)), interventions).each(scope::keep);
    }
  }

  private LayerTrace block(
      int layer, Tensor before, Rotary.@Nullable Angles angles, List<Intervention> interventions) {
    List<Intervention> here =
        interventions.stream().filter(i -> i.site().layer() == layer).toList();
    LayerEdits edits = new LayerEdits(ops, here, config.dHead(), 0);
    StackEdits stack =
        here.isEmpty()
            ? StackEdits.NONE
            : new StackEdits(List.of(new StackEdits.Part(edits, 0, before.dim(0))));
    return run(layer, before, angles, (q, k, v) -> attend(layer, q, k, v, edits), stack).trace();
  }

  /** Lets queries [n, H d] look at keys [n, K d], and mixes values [n, K d] accordingly. */
  interface Attention {
    /** Returns what they found. */
    BlockRun.Attended of(Tensor queries, Tensor keys, Tensor values);
  }

  /**
   * A layer, whether it runs a whole text, what follows one, or several runs stacked as rows.
   *
   * @param before what the layer before left, [n, D], not modified
   */
  BlockRun run(
      int layer,
      Tensor before,
      Rotary.@Nullable Angles angles,
      Attention attention,
      StackEdits edits) {
    BlockWeights block = weights.block(layer);
    Tensor residPre = edits.residPre(ops, before);

    // Attention: who looks at whom, what they say, and what it adds up to.
    Tensor attnIn = norm(residPre, block.attentionNorm());
    Tensor queries = normHeads(apply(block.query(), attnIn), block.queryGain()); // [T, H d]
    Tensor keys = normHeads(apply(block.key(), attnIn), block.keyGain()); // [T, K d]
    if (angles != null) {
      ops.rotate(queries, config.dHead(), angles.cos(), angles.sin());
      ops.rotate(keys, config.dHead(), angles.cos(), angles.sin());
    }
    Tensor values = apply(block.value(), null, attnIn); // [T, K d]
    BlockRun.Attended attended = attention.of(queries, keys, values);
    Tensor attnOut =
        edits.attentionOut(apply(block.attentionOut(), block.attentionBias(), attended.mixed()));
    Tensor residMid = edits.state(Stage.RESID_MID, sum(residPre, attnOut));

    // MLP: neurons fire on the new state and write their rows of W_out.
    Tensor mlpIn = norm(residMid, block.mlpNorm());
    Tensor up = apply(block.up(), mlpIn); // [T, F]
    Tensor neuronPre = block.gate() == null ? up : apply(block.gate(), mlpIn);
    Tensor neuronPost = ops.zeros(residPre.dim(0), config.dMlp());
    ops.activate(config.mlp().activation(), neuronPre, neuronPost);
    if (block.gate() != null) {
      ops.multiply(neuronPost, up, neuronPost);
    }
    Tensor mlpOut = edits.state(Stage.MLP_OUT, apply(block.down(), edits.neurons(neuronPost)));
    Tensor residPost = edits.state(Stage.RESID_POST, sum(residMid, mlpOut));
    // What is infinite elsewhere shows in one of these two.
    requireFinite(residPost, "the states after layer " + layer);
    requireFinite(neuronPre, "the neurons of layer " + layer);

    return new BlockRun(
        residPre,
        queries,
        keys,
        attended,
        attnOut,
        residMid,
        up,
        neuronPre,
        neuronPost,
        mlpOut,
        residPost);
  }

  /** Attention within a whole text. */
  private BlockRun.Attended attend(
      int layer, Tensor queries, Tensor keys, Tensor values, LayerEdits edits) {
    int nPositions = queries.dim(0);
    AttentionShape shape = config.attentionShape(layer);
    Tensor pattern = ops.zeros(shape.nHeads(), nPositions, nPositions);
    ops.causalPattern(queries, keys, shape, pattern);
    edits.pattern(pattern);
    Tensor value = ops.zeros(shape.nKvHeads(), nPositions, config.dHead());
    ops.splitHeads(values, value, 0);
    Tensor mixed = ops.zeros(nPositions, queries.dim(1));
    ops.attend(pattern, value, mixed);
    edits.mixed(mixed);
    return new BlockRun.Attended(pattern, value, mixed);
  }

  /** Attention to all that a cache holds and to what is new, which is written into it. */
  private BlockRun.Attended attendCached(
      int layer, Tensor queries, Tensor keys, Tensor values, KeyValueCache cache) {
    ops.splitHeads(keys, cache.keys(layer), cache.length());
    ops.splitHeads(values, cache.values(layer), cache.length());
    Tensor mixed = ops.zeros(queries.dim(0), queries.dim(1));
    ops.attendCached(
        queries,
        cache.keys(layer),
        cache.values(layer),
        cache.length() + mixed.dim(0),
        config.attentionShape(layer),
        mixed);
    return new BlockRun.Attended(null, null, mixed);
  }

  /** Returns the angles of some positions, or null for a model that does not rotate. */
  private Rotary.@Nullable Angles angles(int first, int count) {
    return config.positions() instanceof Positions.Rotary rotary
        ? Rotary.angles(rotary, config.dHead(), first, count).on(ops)
        : null;
  }

  /** Returns the angles that turn T positions back; null for a model that does not rotate. */
  Rotary.@Nullable Angles anglesBack(int count) {
    Rotary.@Nullable Angles angles = angles(0, count);
    if (angles != null) {
      ops.scale(angles.sin(), -1, angles.sin());
    }
    return angles;
  }

  /**
   * Returns what every head adds to the residual stream, summed over keys, without biases: [H, T,
   * D].
   */
  public Tensor headOut(int layer, LayerTrace trace) {
    int nPositions = trace.residPre().dim(0);
    int dHead = config.dHead();
    try (Scope scope = ops.scope()) {
      Tensor mixed = ops.zeros(nPositions, config.nHeads() * dHead);
      ops.attend(trace.pattern(), trace.value(), mixed);
      Tensor byHead = ops.zeros(config.nHeads(), nPositions, dHead);
      ops.splitHeads(mixed, byHead, 0);
      Tensor out = scope.keep(ops.zeros(config.nHeads(), nPositions, config.dModel()));
      PackedMatrix projection = weights.block(layer).attentionOut();
      for (int h = 0; h < config.nHeads(); h++) {
        PackedMatrix ofHead = projection.inputs(h * dHead, (h + 1) * dHead);
        ops.matmul(byHead.row(h), ofHead, null, out.row(h));
      }
      return out;
    }
  }

  /**
   * Returns queries or keys [T, n d], heads side by side, by head: [n, T, d]; x is not modified.
   */
  public Tensor byHead(Tensor x) {
    Tensor out = ops.zeros(x.dim(1) / config.dHead(), x.dim(0), config.dHead());
    ops.splitHeads(x, out, 0);
    return out;
  }

  /**
   * Turns queries or keys of one position by its angles; nothing for a model that does not rotate.
   *
   * @param x [n, m d], heads side by side, modified
   */
  public void rotate(Tensor x, int position) {
    if (config.positions() instanceof Positions.Rotary rotary) {
      int[] rows = new int[x.dim(0)];
      Rotary.Angles one = Rotary.angles(rotary, config.dHead(), position, 1).of(rows).on(ops);
      ops.rotate(x, config.dHead(), one.cos(), one.sin());
    }
  }

  /** Returns the logits of states through the final norm and the head: [n, D] to [n, V]. */
  public Tensor unembed(Tensor states) {
    try (Scope scope = ops.scope()) {
      Tensor logits = scope.keep(apply(weights.head(), null, finalNorm(states)));
      requireFinite(logits, "the logits");
      return logits;
    }
  }

  /** Returns states through the final norm: [n, D] to [n, D]. */
  public Tensor finalNorm(Tensor states) {
    return norm(states, weights.finalNorm());
  }

  /** Returns states through one of this model's norms: [n, D] to [n, D]; x is not modified. */
  public Tensor norm(Tensor x, NormWeights learned) {
    Tensor out = ops.zeros(x.dim(0), x.dim(1));
    float epsilon = config.norm().epsilon();
    switch (config.norm().kind()) {
      case LAYER_NORM -> ops.layerNorm(x, learned.gain(), learned.bias(), epsilon, out);
      case RMS_NORM -> ops.rmsNorm(x, Objects.requireNonNull(learned.gain()), epsilon, out);
    }
    return out;
  }

  /** Brings every head of x [T, n d] to a root mean square of 1, times the gain; modifies x. */
  private Tensor normHeads(Tensor x, @Nullable Tensor gain) {
    if (gain != null) {
      Tensor heads = x.reshape(x.dim(0) * x.dim(1) / config.dHead(), config.dHead());
      ops.rmsNorm(heads, gain, config.norm().epsilon(), heads);
    }
    return x;
  }

  /** Returns a linear map of x: [n, in] to [n, out]. */
  Tensor apply(Linear linear, Tensor x) {
    return apply(linear.weight(), linear.bias(), x);
  }

  private Tensor apply(PackedMatrix weight, @Nullable Tensor bias, Tensor x) {
    Tensor out = ops.zeros(x.dim(0), weight.outputs());
    ops.matmul(x, weight, bias, out);
    return out;
  }

  /** Checks that numbers did not overflow. */
  void requireFinite(Tensor state, String what) {
    if (!ops.allFinite(state)) {
      throw new NonFiniteStateException(provenance.model(), what);
    }
  }

  private Tensor sum(Tensor a, Tensor b) {
    Tensor out = ops.zeros(a.dim(0), a.dim(1));
    ops.add(a, b, out);
    return out;
  }

  private void requireValid(List<Integer> tokens, int before) {
    if (tokens.isEmpty()) {
      throw new IllegalArgumentException(
          "the prompt has no tokens; give some text, or a BOS in front of it");
    }
    if (tokens.size() > config.nContext() - before) {
      throw new IllegalArgumentException(
          "the prompt has %d tokens, the model's context holds %d; shorten it"
              .formatted(before + tokens.size(), config.nContext()));
    }
    for (int t = 0; t < tokens.size(); t++) {
      if (tokens.get(t) < 0 || tokens.get(t) >= config.dVocab()) {
        throw new IllegalArgumentException(
            "token %d at position %d is not in the vocabulary (0 to %d)"
                .formatted(tokens.get(t), before + t, config.dVocab() - 1));
      }
    }
  }

  @Override
  public String toString() {
    return "Transformer[%s, %d layers, width %d, %d heads, on %s]"
        .formatted(
            config.modelType(), config.nLayers(), config.dModel(), config.nHeads(), ops.name());
  }
}
