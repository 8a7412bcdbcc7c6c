package dev.limpid.model.config;

import dev.limpid.tensor.ops.AttentionShape;
import dev.limpid.tensor.ops.ScoreRule;
import dev.limpid.tensor.ops.ScoreRule.Rounding;
import java.util.List;
import java.util.OptionalInt;

/**
 * Everything the forward pass needs to know about a model beside its weights: architectures are
 * data, and this is the data.
 *
 * <p>What every family has is given to {@link #of}; what some have is added by name.
 *
 * @param modelType the {@code model_type} of config.json
 * @param positions how all layers learn where a token stands; see {@link #positions(int)}
 * @param bosId the token that starts a text, if the configuration names one
 * @param eosIds the tokens that end a text
 */
public record ModelConfig(
    String modelType,
    Sizes sizes,
    Attention attention,
    Mlp mlp,
    Norm norm,
    Positions positions,
    Embedding embedding,
    Residual residual,
    Head head,
    OptionalInt bosId,
    List<Integer> eosIds) {

  /** Sums of a few extents, such as a context and its offset, still fit an int. */
  private static final int MAX_EXTENT = 1 << 29;

  /**
   * Copies the list and checks that the numbers make a model.
   *
   * @throws IllegalArgumentException if they do not, or the forward pass does not compute a fact
   */
  public ModelConfig {
    eosIds = List.copyOf(eosIds);
    requirePositive("layers", sizes.nLayers());
    requirePositive("model width", sizes.dModel());
    requirePositive("vocabulary", sizes.dVocab());
    requirePositive("context", sizes.nContext());
    requirePositive("heads", attention.nHeads());
    requirePositive("key/value heads", attention.nKvHeads());
    requirePositive("head width", attention.dHead());
    requirePositive("neurons", mlp.dMlp());
    // All heads side by side, queries with keys and values, are one row of a matrix.
    if (attention.nHeads() > MAX_EXTENT / 3 / attention.dHead()) {
      throw new IllegalArgumentException(
          "%d heads of width %d are more than can be counted"
              .formatted(attention.nHeads(), attention.dHead()));
    }
    List<Integer> windows = attention.windows();
    windows.forEach(window -> requirePositive("keys in an attention window", window));
    if (!windows.isEmpty() && windows.size() != sizes.nLayers()) {
      throw new IllegalArgumentException(
          "%d attention windows for %d layers".formatted(windows.size(), sizes.nLayers()));
    }
    if (attention.nHeads() % attention.nKvHeads() != 0) {
      throw new IllegalArgumentException(
          "%d key/value heads do not divide %d query heads"
              .formatted(attention.nKvHeads(), attention.nHeads()));
    }
    double scale = attention.scores().scale();
    if (!(scale > 0 && scale <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException("attention scores are multiplied with " + scale);
    }
    ComputedFacts.require(attention, norm, residual);
    ComputedFacts.requireExperts(mlp, sizes.nLayers());
    ComputedFacts.requireFactor("the embedding", embedding.scale());
    ComputedFacts.requireFactor("the logits", head.scale());
    ComputedFacts.requirePositions(positions, sizes.nLayers(), attention.dHead());
  }

  private static void requirePositive(String what, int value) {
    if (value <= 0 || value > MAX_EXTENT) {
      throw new IllegalArgumentException("the number of " + what + " is " + value);
    }
  }

  /**
   * Returns a model of what every family has: blocks one after the other that add what they compute
   * to the residual stream, a head of its own without bias, no tokens that begin or end a text.
   */
  public static ModelConfig of(
      String modelType, Sizes sizes, Attention attention, Mlp mlp, Norm norm, Positions positions) {
    return new ModelConfig(
        modelType,
        sizes,
        attention,
        mlp,
        norm,
        positions,
        Embedding.PLAIN,
        Residual.PLAIN,
        Head.tiedIf(false),
        OptionalInt.empty(),
        List.of());
  }

  /** Returns the same facts of a model of other sizes. */
  public ModelConfig withSizes(Sizes other) {
    return new ModelConfig(
        modelType, other, attention, mlp, norm, positions, embedding, residual, head, bosId,
        eosIds);
  }

  /** Returns the same facts with other positions. */
  public ModelConfig withPositions(Positions other) {
    return new ModelConfig(
        modelType, sizes, attention, mlp, norm, other, embedding, residual, head, bosId, eosIds);
  }

  /** Returns the same facts with another norm. */
  public ModelConfig withNorm(Norm other) {
    return new ModelConfig(
        modelType, sizes, attention, mlp, other, positions, embedding, residual, head, bosId,
        eosIds);
  }

  /** Returns the same facts with tokens that enter in another way. */
  public ModelConfig withEmbedding(Embedding other) {
    return new ModelConfig(
        modelType, sizes, attention, mlp, norm, positions, other, residual, head, bosId, eosIds);
  }

  /** Returns the same facts with another residual stream. */
  public ModelConfig withResidual(Residual other) {
    return new ModelConfig(
        modelType, sizes, attention, mlp, norm, positions, embedding, other, head, bosId, eosIds);
  }

  /** Returns the same facts with another head. */
  public ModelConfig withHead(Head other) {
    return new ModelConfig(
        modelType, sizes, attention, mlp, norm, positions, embedding, residual, other, bosId,
        eosIds);
  }

  /** Returns the same model with another token that begins a text, or none. */
  public ModelConfig withBosId(OptionalInt id) {
    return new ModelConfig(
        modelType, sizes, attention, mlp, norm, positions, embedding, residual, head, id, eosIds);
  }

  /** Returns the same model with other tokens that end a text. */
  public ModelConfig withEosIds(List<Integer> ids) {
    return new ModelConfig(
        modelType, sizes, attention, mlp, norm, positions, embedding, residual, head, bosId, ids);
  }

  /**
   * Checks that tokens can be run.
   *
   * @param before how many tokens stand before them
   * @throws IllegalArgumentException if there are none, more than the context holds, or an id is
   *     not in the vocabulary
   */
  public void requireTokens(List<Integer> tokens, int before) {
    if (tokens.isEmpty()) {
      throw new IllegalArgumentException(
          "the prompt has no tokens; give some text, or a BOS in front of it");
    }
    if (tokens.size() > nContext() - before) {
      throw new IllegalArgumentException(
          "the prompt has %d tokens, the model's context holds %d; shorten it"
              .formatted(before + tokens.size(), nContext()));
    }
    for (int t = 0; t < tokens.size(); t++) {
      if (tokens.get(t) < 0 || tokens.get(t) >= dVocab()) {
        throw new IllegalArgumentException(
            "token %d at position %d is not in the vocabulary (0 to %d)"
                .formatted(tokens.get(t), before + t, dVocab() - 1));
      }
    }
  }

  /** Returns L, the number of layers. */
  public int nLayers() {
    return sizes.nLayers();
  }

  /** Returns D, the width of the residual stream. */
  public int dModel() {
    return sizes.dModel();
  }

  /** Returns V, the size of the vocabulary. */
  public int dVocab() {
    return sizes.dVocab();
  }

  /** Returns the longest prompt, in tokens. */
  public int nContext() {
    return sizes.nContext();
  }

  /** Returns H, the number of query heads. */
  public int nHeads() {
    return attention.nHeads();
  }

  /** Returns K, the number of key/value heads. */
  public int nKvHeads() {
    return attention.nKvHeads();
  }

  /** Returns d, the width of one head. */
  public int dHead() {
    return attention.dHead();
  }

  /** Returns F, the number of neurons of one MLP. */
  public int dMlp() {
    return mlp.dMlp();
  }

  /** Returns whether the head is the embedding. */
  public boolean tiedHead() {
    return head.tied();
  }

  /** Returns how a layer learns where a token stands. */
  public Positions positions(int layer) {
    return positions.at(layer);
  }

  /** Returns why there is no state after attention where an MLP stands beside it, in words. */
  public String noStateBetween() {
    return "attention and MLP of %s read the same state: there is none between them"
        .formatted(modelType);
  }

  /** Returns whether a text of so many tokens is turned by the angles of long ones. */
  public boolean turnsAsLong(int nPositions) {
    for (int l = 0; l < nLayers(); l++) {
      if (positions(l) instanceof Positions.Rotary rotary && rotary.scaling().isLong(nPositions)) {
        return true;
      }
    }
    return false;
  }

  /** Returns how the queries of a layer look at keys, without what heads have learned of sinks. */
  public AttentionShape attentionShape(int layer) {
    int window = attention.windows().isEmpty() ? nContext() : attention.windows().get(layer);
    return new AttentionShape(nHeads(), nKvHeads(), scale(layer), window, scoreRule(layer));
  }

  private ScoreRule scoreRule(int layer) {
    float cap = (float) attention.scores().cap().orElse(0);
    return positions(layer) instanceof Positions.Alibi(boolean rounded)
        ? new ScoreRule(
            cap,
            Positions.Alibi.slopes(nHeads()),
            rounded ? Rounding.BF16_BEFORE_SCALING : Rounding.NONE,
            List.of())
        : ScoreRule.PLAIN.withCap(cap);
  }

  private float scale(int layer) {
    double scale = attention.scores().scale();
    return (float) (attention.scores().byLayer() ? scale / (layer + 1) : scale);
  }
}
