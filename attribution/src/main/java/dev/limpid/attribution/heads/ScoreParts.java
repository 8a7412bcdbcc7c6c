package dev.limpid.attribution.heads;

import dev.limpid.model.BlockWeights;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.Linear;
import dev.limpid.model.NormWeights;
import dev.limpid.model.Transformer;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Positions;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import java.util.ArrayList;
import java.util.List;
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
      Side queries = new Side(model, block.query(), block.queryGain());
      Side keySide = new Side(model, block.key(), block.keyGain());
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
      add(new ScorePart(ScorePart.Kind.TOKEN, -1, -1), rows(model.weights().embedding(), tokens));
      if (model.config().positions() instanceof Positions.Learned learned
          && model.weights().positions() != null) {
        List<Integer> rows = positions.stream().map(t -> t + learned.offset()).toList();
        add(
            new ScorePart(ScorePart.Kind.POSITION, -1, -1),
            rows(model.weights().positions(), rows));
      }
      for (int l = 0; l < layer; l++) {
        try (Scope _ = model.ops().scope()) {
          block(l, trace.layer(l), positions);
        }
      }
      add(new ScorePart(ScorePart.Kind.BIASES, -1, -1), rest());
    }

    private void block(int l, LayerTrace below, List<Integer> positions) {
      Tensor heads = model.headOut(l, below);
      for (int h = 0; h < model.config().nHeads(); h++) {
        add(new ScorePart(ScorePart.Kind.HEAD, l, h), rows(heads.row(h), positions));
      }
      float[][] mlp = rows(below.mlpOut(), positions);
      @Nullable Tensor bias = model.weights().block(l).down().bias();
      for (int i = 0; bias != null && i < bias.dim(0); i++) {
        for (float[] row : mlp) {
          row[i] -= bias.get(i);
        }
      }
      add(new ScorePart(ScorePart.Kind.MLP, l, -1), mlp);
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
      boolean centred =
          switch (model.config().norm().kind()) {
            case LAYER_NORM -> true;
            case RMS_NORM -> false;
          };
      double mean = centred ? mean(whole) : 0;
      double square = 0;
      for (double x : whole) {
        square += (x - mean) * (x - mean) / whole.length;
      }
      double scale = 1 / Math.sqrt(square + model.config().norm().epsilon());
      List<float[]> parts = states.get(at);
      Tensor normed = Tensor.zeros(parts.size(), whole.length);
      for (int p = 0; p < parts.size(); p++) {
        double center = centred ? mean(parts.get(p)) : 0;
        for (int i = 0; i < whole.length; i++) {
          double gain = norm.gain() == null ? 1 : norm.gain().get(i);
          double bias = norm.bias() != null && p == parts.size() - 1 ? norm.bias().get(i) : 0;
          normed.array()[p * whole.length + i] =
              (float) ((parts.get(p)[i] - center) * scale * gain + bias);
        }
      }
      return normed;
    }

    private static double mean(float[] x) {
      double sum = 0;
      for (float v : x) {
        sum += v;
      }
      return sum / x.length;
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
   * @param gain of the norm over each head, or null
   */
  private record Side(Transformer model, Linear projection, @Nullable Tensor gain) {

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
        Tensor here = projected.toHeap();
        addBiases(here);
        if (gain != null) {
          normHeads(here, gain);
        }
        Tensor turned = ops.zeros(nParts, width);
        ops.copy(here, turned);
        model.rotate(turned.reshape(nParts * (width / dHead), dHead), position);
        return IntStream.range(0, nParts)
            .mapToObj(i -> turned.row(i).toFloats())
            .toArray(float[][]::new);
      }
    }

    private void addBiases(Tensor projected) {
      int last = projected.offset() + (projected.dim(0) - 1) * projected.dim(1);
      for (int i = 0; projection.bias() != null && i < projected.dim(1); i++) {
        projected.array()[last + i] += projection.bias().get(i);
      }
    }

    /** The norm over each query or key head, its scale held at that of the whole. */
    private void normHeads(Tensor projected, Tensor gain) {
      int dHead = gain.dim(0);
      for (int h = 0; h < projected.dim(1) / dHead; h++) {
        double square = 0;
        for (int d = 0; d < dHead; d++) {
          double whole = 0;
          for (int p = 0; p < projected.dim(0); p++) {
            whole += projected.get(p, h * dHead + d);
          }
          square += whole * whole / dHead;
        }
        double scale = 1 / Math.sqrt(square + model.config().norm().epsilon());
        for (int p = 0; p < projected.dim(0); p++) {
          for (int d = 0; d < dHead; d++) {
            int at = projected.offset() + p * projected.dim(1) + h * dHead + d;
            projected.array()[at] *= (float) (scale * gain.get(d));
          }
        }
      }
    }
  }
}
