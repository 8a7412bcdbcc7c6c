package dev.limpid.attribution.heads;

import dev.limpid.attribution.AddedBiases;
import dev.limpid.model.AttentionTerms;
import dev.limpid.model.BlockWeights;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.HeadNormWeights;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.Linear;
import dev.limpid.model.NormWeights;
import dev.limpid.model.Rotations;
import dev.limpid.model.Transformer;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The query of one position and the keys of others, in all heads of a layer, as sums over what
 * their states were made of: what {@link ScoreSplit}s are products of.
 */
public final class ScoreParts {
  private final ModelConfig config;
  private final int layer;
  private final int query;
  private final List<Integer> keys;
  private final List<ScorePart> parts;

  /** Of all heads, rotated: [parts][H d]. */
  private final float[][] queryParts;

  /** Of each key, [keys][parts][K d]. */
  private final List<float[][]> keyParts;

  private ScoreParts(
      ModelConfig config,
      int layer,
      int query,
      List<Integer> keys,
      List<ScorePart> parts,
      float[][] queryParts,
      List<float[][]> keyParts) {
    this.config = config;
    this.layer = layer;
    this.query = query;
    this.keys = List.copyOf(keys);
    this.parts = List.copyOf(parts);
    this.queryParts = queryParts;
    this.keyParts = List.copyOf(keyParts);
  }

  /**
   * Takes query and keys apart.
   *
   * @param trace not modified
   * @param keys positions, none beyond the query
   */
  public static ScoreParts of(
      Transformer model, ForwardTrace trace, int layer, int query, List<Integer> keys) {
    BlockWeights block = model.weights().block(layer);
    List<Integer> positions =
        IntStream.concat(IntStream.of(query), keys.stream().mapToInt(k -> k)).boxed().toList();
    try (Scope _ = model.ops().scope()) {
      States states = new States(model, trace, layer, positions);
      Side queries = new Side(model, layer, block.query(), block.queryNorm(), trace.nPositions());
      Side keySide = new Side(model, layer, block.key(), block.keyNorm(), trace.nPositions());
      List<float[][]> keyParts = new ArrayList<>();
      for (int i = 1; i < positions.size(); i++) {
        keyParts.add(keySide.of(states.normed(i), positions.get(i)));
      }
      return new ScoreParts(
          model.config(),
          layer,
          query,
          keys,
          states.parts,
          queries.of(states.normed(0), query),
          keyParts);
    }
  }

  /** Takes query and keys apart, all keys that the query sees in this layer. */
  public static ScoreParts of(Transformer model, ForwardTrace trace, int layer, int query) {
    int first = model.config().attentionShape(layer).firstKey(query);
    return of(model, trace, layer, query, IntStream.rangeClosed(first, query).boxed().toList());
  }

  /**
   * Splits the score of a head and a key.
   *
   * @param key one of the keys that were taken apart
   */
  public ScoreSplit split(int head, int key) {
    double[][] ofKey = new double[parts.size()][config.dHead()];
    add(1, head, key, ofKey);
    return split(head, key, ofKey);
  }

  /** Adds a share of the parts of a key, as a query head sees them, to sums [parts][d]. */
  private void add(double share, int head, int key, double[][] sums) {
    int from = config.attentionShape(layer).keyHead(head) * config.dHead();
    float[][] ofKey = keyParts.get(keys.indexOf(key));
    for (int j = 0; j < sums.length; j++) {
      for (int d = 0; d < sums[j].length; d++) {
        sums[j][d] += share * ofKey[j][from + d];
      }
    }
  }

  private ScoreSplit split(int head, int key, double[][] ofKey) {
    int dHead = config.dHead();
    int queryAt = head * dHead;
    double scale = config.attentionShape(layer).scale();
    double[][] pairs = new double[parts.size()][parts.size()];
    for (int i = 0; i < pairs.length; i++) {
      for (int j = 0; j < pairs.length; j++) {
        double product = 0;
        for (int d = 0; d < dHead; d++) {
          product += queryParts[i][queryAt + d] * ofKey[j][d];
        }
        pairs[i][j] = scale * product;
      }
    }
    return new ScoreSplit(layer, head, query, key, parts, pairs);
  }

  /**
   * Splits how far the score of a key is above the mean of the others that were taken apart: why
   * the head looks there rather than elsewhere. Of a single key, its score.
   */
  public ScoreSplit splitFromOthers(int head, int key) {
    double[][] ofKey = new double[parts.size()][config.dHead()];
    for (int other : keys) {
      add(other == key ? 1 : -1.0 / (keys.size() - 1), head, other, ofKey);
    }
    return split(head, key, ofKey);
  }

  /** What the states of a layer are made of, at some positions. */
  private static final class States {
    private final Transformer model;
    private final NormWeights norm;
    private final float[][] wholes;

    /** What they are made of, in the order of the pass. */
    final List<ScorePart> parts = new ArrayList<>();

    /** [positions][parts][D]. */
    private final List<List<float[]>> states = new ArrayList<>();

    States(Transformer model, ForwardTrace trace, int layer, List<Integer> positions) {
      this.model = model;
      this.norm = model.weights().block(layer).attentionNorm();
      this.wholes = rows(trace.residPre(layer), positions);
      positions.forEach(t -> states.add(new ArrayList<>()));
      List<Integer> tokens = positions.stream().map(t -> trace.tokens().get(t)).toList();
      add(new ScorePart(ScorePart.Kind.TOKEN, -1, -1), all(model.embedding().ofTokens(tokens)));
      @Nullable Tensor learned = model.embedding().ofPositions(positions);
      if (learned != null) {
        add(new ScorePart(ScorePart.Kind.POSITION, -1, -1), all(learned));
      }
      NormWeights entrance = model.weights().entrance().norm();
      if (entrance.isThere()) {
        through(entrance, entrance.scales(Tensor.of(sums(), positions.size(), wholes[0].length)));
      }
      for (int l = 0; l < layer; l++) {
        try (Scope _ = model.ops().scope()) {
          block(l, trace.layer(l), positions);
        }
      }
      add(new ScorePart(ScorePart.Kind.BIASES, -1, -1), rest());
    }

    private void block(int l, LayerTrace below, List<Integer> positions) {
      boolean normed = model.config().residual().normsSums();
      BlockWeights weights = model.weights().block(l);
      if (normed && weights.attentionPostNorm().isThere()) {
        through(weights.attentionPostNorm(), at(below.attentionScale(), positions));
      }
      Tensor heads = AttentionTerms.inState(model, l, below).byHead(model.ops());
      for (int h = 0; h < model.config().nHeads(); h++) {
        add(new ScorePart(ScorePart.Kind.HEAD, l, h), rows(heads.row(h), positions));
      }
      if (normed && weights.mlpPostNorm().isThere()) {
        through(weights.mlpPostNorm(), at(below.mlpScale(), positions));
      }
      add(
          new ScorePart(ScorePart.Kind.MLP, l, -1),
          positions.stream().map(t -> mlp(l, below, t)).toArray(float[][]::new));
    }

    /** What an MLP is in the state after it, without its bias. */
    private float[] mlp(int l, LayerTrace below, int t) {
      AddedBiases added = AddedBiases.of(model, l, below, t);
      float[] mlp = added.mlpOut().toFloats();
      for (int i = 0; added.mlp() != null && i < mlp.length; i++) {
        mlp[i] -= added.mlp().get(i);
      }
      return mlp;
    }

    private static Tensor at(@Nullable Tensor scales, List<Integer> positions) {
      return Objects.requireNonNull(scales)
          .toHeap()
          .gather(positions.stream().mapToInt(Integer::intValue).toArray());
    }

    /** Takes all parts so far through a norm of their sum. */
    private void through(NormWeights of, Tensor scales) {
      for (int t = 0; t < states.size(); t++) {
        for (int p = 0; p < parts.size(); p++) {
          float[] part = states.get(t).get(p);
          Tensor linear = of.linear(Tensor.of(part, 1, part.length));
          for (int i = 0; i < part.length; i++) {
            linear.array()[i] *= scales.get(t);
          }
          states.get(t).set(p, linear.array());
        }
      }
    }

    /** The sums of all parts so far, [positions, D]. */
    private float[] sums() {
      int width = wholes[0].length;
      float[] sums = new float[states.size() * width];
      for (int t = 0; t < states.size(); t++) {
        for (float[] part : states.get(t)) {
          for (int i = 0; i < width; i++) {
            sums[t * width + i] += part[i];
          }
        }
      }
      return sums;
    }

    private void add(ScorePart part, float[][] atPositions) {
      parts.add(part);
      for (int i = 0; i < atPositions.length; i++) {
        states.get(i).add(atPositions[i]);
      }
    }

    /** What is left of the whole states: biases. */
    private float[][] rest() {
      float[][] rest = new float[wholes.length][];
      for (int t = 0; t < rest.length; t++) {
        double[] left = new double[wholes[t].length];
        for (int i = 0; i < left.length; i++) {
          left[i] = wholes[t][i];
          for (float[] part : states.get(t)) {
            left[i] -= part[i];
          }
        }
        rest[t] = floats(left);
      }
      return rest;
    }

    /** The parts through the norm, whose scale is held at that of the whole: [parts, D]. */
    Tensor normed(int at) {
      float[] whole = wholes[at];
      double scale = norm.scales(Tensor.of(whole, 1, whole.length)).get(0);
      List<float[]> parts = states.get(at);
      Tensor stacked = Tensor.zeros(parts.size(), whole.length);
      for (int p = 0; p < parts.size(); p++) {
        System.arraycopy(parts.get(p), 0, stacked.array(), p * whole.length, whole.length);
      }
      Tensor normed = norm.linear(stacked);
      int last = (parts.size() - 1) * whole.length;
      @Nullable Tensor biases = norm.bias() == null ? null : norm.bias().toHeap();
      for (int i = 0; i < normed.size(); i++) {
        double bias = biases != null && i >= last ? biases.get(i - last) : 0;
        normed.array()[i] = (float) (normed.array()[i] * scale + bias);
      }
      return normed;
    }

    private static float[][] all(Tensor states) {
      return rows(states, IntStream.range(0, states.dim(0)).boxed().toList());
    }

    private static float[][] rows(Tensor states, List<Integer> which) {
      return which.stream().map(t -> states.row(t).toFloats()).toArray(float[][]::new);
    }

    private static float[] floats(double[] numbers) {
      float[] floats = new float[numbers.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) numbers[i];
      }
      return floats;
    }
  }

  /**
   * The projection to queries, or to keys.
   *
   * @param norm of them, or null
   * @param nPositions the length of the text
   */
  private record Side(
      Transformer model,
      int layer,
      Linear projection,
      @Nullable HeadNormWeights norm,
      int nPositions) {

    /**
     * Returns what each part makes of all heads, rotated as at its position: [parts][n d].
     *
     * @param states [parts, D]; the last part has the biases
     */
    float[][] of(Tensor states, int position) {
      TensorOps ops = model.ops();
      int dHead = model.config().dHead();
      try (Scope _ = ops.scope()) {
        int nParts = states.dim(0);
        int width = projection.weight().outputs();
        Tensor rows = ops.zeros(nParts, states.dim(1));
        ops.copy(states, rows);
        Tensor projected = ops.zeros(nParts, width);
        ops.matmul(rows, projection.weight(), null, projected);
        Tensor here = Tensor.of(projected.toFloats(), nParts, width);
        addToLast(here, projection.bias());
        if (norm != null) {
          here = normed(here, norm, dHead);
        }
        OptionalDouble clip = model.config().attention().clip();
        if (clip.isPresent()) {
          clip(here, clip.getAsDouble());
        }
        Tensor turned = ops.zeros(nParts, width);
        ops.copy(here, turned);
        Rotations.turn(
            model, layer, turned.reshape(nParts * (width / dHead), dHead), position, nPositions);
        return IntStream.range(0, nParts)
            .mapToObj(i -> turned.row(i).toFloats())
            .toArray(float[][]::new);
      }
    }

    private static void addToLast(Tensor projected, @Nullable Tensor bias) {
      int last = (projected.dim(0) - 1) * projected.dim(1);
      for (int i = 0; bias != null && i < projected.dim(1); i++) {
        projected.array()[last + i] += bias.get(i);
      }
    }

    private static Tensor whole(Tensor parts) {
      Tensor whole = Tensor.zeros(1, parts.dim(1));
      for (int i = 0; i < parts.size(); i++) {
        whole.array()[i % parts.dim(1)] += parts.array()[i];
      }
      return whole;
    }

    /** The norm of queries or keys, its scales held at those of the whole. */
    private static Tensor normed(Tensor projected, HeadNormWeights of, int dHead) {
      int width = projected.dim(1);
      NormWeights weights = of.weights();
      Tensor scales = weights.scales(of.rows(dHead, whole(projected)));
      int ofRow = width / scales.dim(0);
      Tensor normed = weights.linear(of.rows(dHead, projected)).reshape(projected.dim(0), width);
      int last = (projected.dim(0) - 1) * width;
      for (int i = 0; i < normed.size(); i++) {
        double value = normed.array()[i] * scales.get(i % width / ofRow);
        if (weights.bias() != null && i >= last) {
          value += weights.bias().get(i % ofRow);
        }
        if (of.hasOwnGains()) {
          value *= Objects.requireNonNull(of.gain()).get(i % width / dHead, i % dHead);
        }
        normed.array()[i] = (float) value;
      }
      return normed;
    }

    /** What is cut off a whole is taken from all its parts alike. */
    private static void clip(Tensor projected, double c) {
      Tensor whole = whole(projected);
      for (int i = 0; i < projected.size(); i++) {
        double of = whole.array()[i % projected.dim(1)];
        if (Math.abs(of) > c) {
          projected.array()[i] *= (float) (c / Math.abs(of));
        }
      }
    }
  }
}
