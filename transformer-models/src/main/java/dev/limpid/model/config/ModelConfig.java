package dev.limpid.model.config;

import dev.limpid.tensor.ops.Activation;
import dev.limpid.tensor.ops.AttentionShape;
import java.util.List;
import java.util.OptionalInt;

/**
 * Everything the forward pass needs to know about a model beside its weights: architectures are
 * data, and this is the data.
 *
 * @param modelType the {@code model_type} of config.json
 * @param nLayers L
 * @param dModel D, the width of the residual stream
 * @param dVocab V
 * @param nContext the longest prompt, in tokens
 * @param bosId the token that starts a text, if the configuration names one
 * @param eosIds the tokens that end a text
 */
public record ModelConfig(
    String modelType,
    int nLayers,
    int dModel,
    int dVocab,
    int nContext,
    Attention attention,
    Mlp mlp,
    Norm norm,
    Positions positions,
    boolean tiedHead,
    OptionalInt bosId,
    List<Integer> eosIds) {

  /** Sums of a few extents, such as a context and its offset, still fit an int. */
  private static final int MAX_EXTENT = 1 << 29;

  /**
   * The attention blocks.
   *
   * @param nHeads H, query heads
   * @param nKvHeads K, key/value heads; each serves H/K query heads
   * @param dHead d, the width of one head; H * d may differ from D
   * @param scaleByWidth whether scores are divided by sqrt(d)
   * @param scaleByLayer whether scores are also divided by layer + 1
   * @param inputBias whether the query, key and value projections have a bias
   * @param outputBias whether the output projection has a bias
   * @param headNorm whether every query and key head goes through an RMSNorm over its d elements
   * @param windows of each layer, how many keys a query sees at most, its own included: [L], or
   *     empty where every query sees all keys up to its own
   */
  public record Attention(
      int nHeads,
      int nKvHeads,
      int dHead,
      boolean scaleByWidth,
      boolean scaleByLayer,
      boolean inputBias,
      boolean outputBias,
      boolean headNorm,
      List<Integer> windows) {

    /** Copies the list. */
    public Attention {
      windows = List.copyOf(windows);
    }
  }

  /**
   * The MLP blocks.
   *
   * @param dMlp F, neurons
   * @param gated whether a neuron is act(gate) * up, or act(up) alone
   */
  public record Mlp(int dMlp, boolean gated, Activation activation, boolean bias) {}

  /**
   * The norms in front of every block and of the unembedding.
   *
   * @param affine whether a LayerNorm has a gain and a bias
   */
  public record Norm(NormKind kind, float epsilon, boolean affine) {
    /** Checks that the epsilon is one. */
    public Norm {
      if (!(epsilon >= 0 && epsilon <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException("the epsilon of the norms is " + epsilon);
      }
    }
  }

  /** Which norm. */
  public enum NormKind {
    /** Subtracts the mean, divides by the standard deviation. */
    LAYER_NORM,
    /** Divides by the root of the mean square. */
    RMS_NORM
  }

  /** Copies the list and checks that the numbers make a model. */
  public ModelConfig {
    eosIds = List.copyOf(eosIds);
    requirePositive("layers", nLayers);
    requirePositive("model width", dModel);
    requirePositive("vocabulary", dVocab);
    requirePositive("context", nContext);
    requirePositive("heads", attention.nHeads);
    requirePositive("key/value heads", attention.nKvHeads);
    requirePositive("head width", attention.dHead);
    requirePositive("neurons", mlp.dMlp);
    // All heads side by side, queries with keys and values, are one row of a matrix.
    if (attention.nHeads > MAX_EXTENT / 3 / attention.dHead) {
      throw new IllegalArgumentException(
          "%d heads of width %d are more than can be counted"
              .formatted(attention.nHeads, attention.dHead));
    }
    attention.windows.forEach(window -> requirePositive("keys in an attention window", window));
    if (!attention.windows.isEmpty() && attention.windows.size() != nLayers) {
      throw new IllegalArgumentException(
          "%d attention windows for %d layers".formatted(attention.windows.size(), nLayers));
    }
    if (attention.nHeads % attention.nKvHeads != 0) {
      throw new IllegalArgumentException(
          "%d key/value heads do not divide %d query heads"
              .formatted(attention.nKvHeads, attention.nHeads));
    }
  }

  private static void requirePositive(String what, int value) {
    if (value <= 0 || value > MAX_EXTENT) {
      throw new IllegalArgumentException("the number of " + what + " is " + value);
    }
  }

  /** Returns the same facts with other positions. */
  public ModelConfig withPositions(Positions other) {
    return new ModelConfig(
        modelType, nLayers, dModel, dVocab, nContext, attention, mlp, norm, other, tiedHead, bosId,
        eosIds);
  }

  /** Returns the same model with other tokens that end a text. */
  public ModelConfig withEosIds(List<Integer> ids) {
    return new ModelConfig(
        modelType, nLayers, dModel, dVocab, nContext, attention, mlp, norm, positions, tiedHead,
        bosId, ids);
  }

  /** Returns H, the number of query heads. */
  public int nHeads() {
    return attention.nHeads;
  }

  /** Returns K, the number of key/value heads. */
  public int nKvHeads() {
    return attention.nKvHeads;
  }

  /** Returns d, the width of one head. */
  public int dHead() {
    return attention.dHead;
  }

  /** Returns F, the number of neurons of one MLP. */
  public int dMlp() {
    return mlp.dMlp;
  }

  /** Returns how the queries of a layer look at keys. */
  public AttentionShape attentionShape(int layer) {
    int window = attention.windows.isEmpty() ? nContext : attention.windows.get(layer);
    return new AttentionShape(attention.nHeads, attention.nKvHeads, scale(layer), window);
  }

  private float scale(int layer) {
    double scale = attention.scaleByWidth ? 1 / Math.sqrt(attention.dHead) : 1;
    return (float) (attention.scaleByLayer ? scale / (layer + 1) : scale);
  }
}
