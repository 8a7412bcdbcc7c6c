package dev.limpid.model;

import dev.limpid.model.ResidualStream.Added;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.model.intervene.Site.Stage;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.AttentionShape;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
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
  private final TokenEmbedding embedding;
  private final Unembedding unembedding;
  private final ResidualStream stream;

  /** Puts a model together; see {@code ModelLoader} for one from a checkpoint. */
  public Transformer(
      ModelConfig config, TransformerWeights weights, TensorOps ops, Provenance provenance) {
    this.config = config;
    this.weights = weights;
    this.ops = ops;
    this.provenance = provenance;
    this.embedding = new TokenEmbedding(config, weights, ops, provenance);
    this.unembedding = new Unembedding(config, weights, ops);
    this.stream = new ResidualStream(config.residual(), ops);
  }

  /** Returns the facts of the architecture. */
  public ModelConfig config() {
    return config;
  }

  /** Returns the weights. */
  public TransformerWeights weights() {
    return weights;
  }

  /** Returns how tokens enter the residual stream. */
  public TokenEmbedding embedding() {
    return embedding;
  }

  /** Returns how states become logits. */
  public Unembedding unembedding() {
    return unembedding;
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
    config.requireTokens(tokens, 0);
    interventions.forEach(i -> i.requireFits(config, tokens.size()));
    Tensor embedded;
    try (Scope scope = ops.scope()) {
      embedded = scope.keep(embedding.of(tokens, 0));
    }
    return run(tokens, embedded, interventions, detail, each);
  }

  /**
   * Runs several prompts in one pass, which takes less time than one after the other where they are
   * short. What comes of each is, bit for bit, what {@link #run} makes of it alone.
   *
   * @param prompts the ids of each, BOS included
   * @param detail what the traces that are returned keep
   * @param each the visitor of each prompt sees its layers, as {@link #run} shows them, several
   *     visitors at a time; what one throws ends the pass
   * @return the traces of the prompts, in their order
   * @throws NonFiniteStateException if the numbers of a prompt overflow; run alone, each says so of
   *     itself
   * @throws IllegalArgumentException if a prompt cannot be run
   */
  public List<ForwardTrace> runTogether(
      List<List<Integer>> prompts, TraceDetail detail, List<LayerVisitor> each) {
    return runTogether(prompts, detail, StackVisitor.each(ops, each));
  }

  /**
   * The same, and one visitor sees the layers of all prompts.
   *
   * @param visitor sees the layers of as many prompts at a time as run in one pass
   */
  public List<ForwardTrace> runTogether(
      List<List<Integer>> prompts, TraceDetail detail, StackVisitor visitor) {
    return Stack.run(this, prompts, detail, visitor);
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
    ops.requireRoom(need(tokens.size(), detail), "a run of " + tokens.size() + " positions");
    List<Tensor> residuals = new ArrayList<>();
    List<LayerTrace> layers = new ArrayList<>();
    try (Scope pass = ops.scope()) {
      Rotations rotations = rotations(tokens.size());
      Tensor resid = embedded;
      residuals.add(resid);
      for (int layer = 0; layer < config.nLayers(); layer++) {
        try (Scope ofLayer = ops.scope()) {
          LayerTrace traced = block(layer, resid, rotations, interventions);
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

  /** Returns the bytes that a run takes beside the weights, of one layer at least everything. */
  public long need(long nPositions, TraceDetail detail) {
    return detail.bytes(config, nPositions);
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
   * @param cache made for this model; longer by n afterwards. If this fails it is as before, or
   *     empty where the whole text had to be run anew, since its length changes the angles
   * @return the last states [n, D]; {@link #unembed} reads the logits from them
   * @throws IllegalArgumentException if there are no tokens, more than the context still holds, or
   *     an id is not in the vocabulary
   */
  public Tensor extend(List<Integer> tokens, KeyValueCache cache) {
    return new Continuation(this, cache).lastStates(tokens);
  }

  /**
   * Runs one layer: attention and the MLP, each reading the residual stream and adding to it.
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
      return block(layer, before, rotations(before.dim(0)), interventions).each(scope::keep);
    }
  }

  private LayerTrace block(
      int layer, Tensor before, Rotations rotations, List<Intervention> interventions) {
    List<Intervention> here =
        interventions.stream().filter(i -> i.site().layer() == layer).toList();
    LayerEdits edits = new LayerEdits(ops, here, config, 0);
    StackEdits stack =
        here.isEmpty()
            ? StackEdits.NONE
            : new StackEdits(List.of(new StackEdits.Part(edits, 0, before.dim(0))));
    Attention attention = new Attention.Whole(this, layer, edits);
    return run(layer, before, rotations, attention, stack).trace();
  }

  /**
   * A layer, whether it runs a whole text, what follows one, or several runs stacked as rows.
   *
   * @param before what the layer before left, [n, D], not modified
   */
  BlockRun run(
      int layer, Tensor before, Rotations rotations, Attention attention, StackEdits edits) {
    BlockWeights block = weights.block(layer);
    Tensor residPre = edits.residPre(ops, before);

    // Attention: who looks at whom, what they say, and what it adds up to.
    Tensor attnIn = block.attentionNorm().of(ops, residPre);
    // What reads the same, or does the same, stands side by side: a device does it at once.
    Tensor queries = apply(block.query(), attnIn); // [T, H d]
    Tensor keys = apply(block.key(), attnIn); // [T, K d]
    Tensor values = apply(block.value(), attnIn); // [T, K d]
    block.normHeads(ops, config.dHead(), queries, keys);
    clip(queries, keys, values);
    rotations.turn(ops, layer, queries);
    rotations.turn(ops, layer, keys);
    BlockRun.Attended attended = attention.of(queries, keys, values);
    Tensor attnRaw = apply(block.attentionOut(), block.attentionBias(), attended.mixed());
    Added attn = stream.add(residPre, attnRaw, block.attentionPostNorm(), edits::attentionOut);

    // MLP: neurons fire on the new state, or on the same, and write their rows of W_out.
    boolean parallel = config.residual().isParallel();
    Tensor residMid = parallel ? attn.state() : edits.state(Stage.RESID_MID, attn.state());
    boolean isShared = parallel && config.residual().sharedNorm();
    Tensor mlpIn = isShared ? attnIn : block.mlpNorm().of(ops, parallel ? residPre : residMid);
    BlockRun.MlpRun mlp = mlp(layer, block.mlp(), mlpIn, edits);
    Added ofMlp = stream.add(residMid, mlp.out(), block.mlpPostNorm(), edits::mlpOut);
    Tensor residPost = edits.state(Stage.RESID_POST, ofMlp.state());
    // What is infinite elsewhere shows in one of these two.
    requireFinite(residPost, "the states after layer " + layer);
    requireFinite(mlp.neuronPre(), "the neurons of layer " + layer);

    return new BlockRun(
        residPre,
        queries,
        keys,
        attended,
        attn.out(),
        attn.scale(),
        residMid,
        mlp,
        ofMlp.out(),
        ofMlp.scale(),
        residPost);
  }

  private BlockRun.MlpRun mlp(int layer, MlpWeights mlp, Tensor mlpIn, StackEdits edits) {
    return switch (mlp) {
      case MlpWeights.Dense dense -> new DensePass(ops, config.mlp()).run(dense, mlpIn, edits);
      case MlpWeights.Sparse sparse ->
          ExpertPass.of(ops, config.mlp(), layer).run(sparse, mlpIn, edits);
    };
  }

  /** Returns how the queries of a layer look at keys. */
  public AttentionShape attentionShape(int layer) {
    AttentionShape shape = config.attentionShape(layer);
    return config.attention().scores().sinks()
        ? shape.withRule(shape.rule().withSinks(weights.block(layer).sinks()))
        : shape;
  }

  /** Returns the angles that turn T positions back. */
  Rotations rotationsBack(int count) {
    return Rotations.of(config, 0, count, count).backOn(ops);
  }

  /** Returns the angles of a text of T positions. */
  private Rotations rotations(int count) {
    return Rotations.of(config, 0, count, count).on(ops);
  }

  /**
   * Returns queries or keys [T, n d], heads side by side, by head: [n, T, d]; x is not modified.
   */
  public Tensor byHead(Tensor x) {
    Tensor out = ops.zeros(x.dim(1) / config.dHead(), x.dim(0), config.dHead());
    ops.splitHeads(x, out, 0);
    return out;
  }

  /** Returns what every head adds in a layer, summed over keys, without biases: [H, T, D]. */
  public Tensor headOut(int layer, LayerTrace trace) {
    return AttentionTerms.inOutput(this, layer, trace).byHead(ops);
  }

  /** Returns the logits of states through the final norm and the head: [n, D] to [n, V]. */
  public Tensor unembed(Tensor states) {
    try (Scope scope = ops.scope()) {
      Tensor logits = scope.keep(unembedding.of(states));
      requireFinite(logits, "the logits");
      return logits;
    }
  }

  private void clip(Tensor... each) {
    config.attention().clip().ifPresent(c -> Stream.of(each).forEach(x -> Clip.apply(ops, c, x)));
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
    ops.requireFinite(state, () -> new NonFiniteStateException(provenance.model(), what));
  }

  @Override
  public String toString() {
    return "Transformer[%s, %d layers, width %d, %d heads, on %s]"
        .formatted(
            config.modelType(), config.nLayers(), config.dModel(), config.nHeads(), ops.name());
  }
}
