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
import org.jspecify.annotations.Nullable;

/**
 * Why a head looks where it looks: its score before the softmax, split exactly among pairs of parts
 * of the two states that it compares.
 *
 * <pre>
 *   S[h, q, k] = sum over i, j of M[i, j]
 *   M[i, j] = scale &lt;rot_q(W_Q N_q(part i of residPre[q])), rot_k(W_K N_k(part j of residPre[k]))&gt;
 * </pre>
 *
 * <p>N is the norm with its scale held at that of the whole state, so that queries and keys are
 * linear in the state; a norm over query and key heads is held likewise.
 *
 * @param parts what both states are made of, in the order of the pass
 * @param pairs M, [parts of the query][parts of the key]
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ScoreSplit(
    int layer, int head, int query, int key, List<ScorePart> parts, double[][] pairs) {

  /** Copies the list. */
  public ScoreSplit {
    parts = List.copyOf(parts);
  }

  /**
   * Splits a score.
   *
   * @param trace not modified
   * @param key at most the query
   */
  public static ScoreSplit of(
      Transformer model, ForwardTrace trace, int layer, int head, int query, int key) {
    ModelConfig config = model.config();
    BlockWeights block = model.weights().block(layer);
    Sides sides = new Sides(model, trace, layer);
    int keyHead = config.attentionShape(layer).keyHead(head);
    double[][] queries = sides.heads(query, block.query(), block.queryGain(), head);
    double[][] keys = sides.heads(key, block.key(), block.keyGain(), keyHead);
    double scale = config.attentionShape(layer).scale();
    double[][] pairs = new double[queries.length][keys.length];
    for (int i = 0; i < queries.length; i++) {
      for (int j = 0; j < keys.length; j++) {
        double product = 0;
        for (int d = 0; d < config.dHead(); d++) {
          product += queries[i][d] * keys[j][d];
        }
        pairs[i][j] = scale * product;
      }
    }
    return new ScoreSplit(layer, head, query, key, sides.parts(), pairs);
  }

  /** Returns what is split less the same of another key: why one key and not the other. */
  public ScoreSplit less(ScoreSplit other) {
    double[][] difference = new double[pairs.length][pairs.length];
    for (int i = 0; i < pairs.length; i++) {
      for (int j = 0; j < pairs.length; j++) {
        difference[i][j] = pairs[i][j] - other.pairs[i][j];
      }
    }
    return new ScoreSplit(layer, head, query, key, parts, difference);
  }

  /** Returns the sum of all pairs: the score. */
  public double score() {
    double sum = 0;
    for (int i = 0; i < pairs.length; i++) {
      sum += ofQuery(i);
    }
    return sum;
  }

  /** Returns the sum of all pairs with a part of the query. */
  public double ofQuery(int part) {
    double sum = 0;
    for (double pair : pairs[part]) {
      sum += pair;
    }
    return sum;
  }

  /** Returns the sum of all pairs with a part of the key. */
  public double ofKey(int part) {
    double sum = 0;
    for (double[] row : pairs) {
      sum += row[part];
    }
    return sum;
  }

  /** What queries and keys of a layer are made from. */
  private record Sides(Transformer model, ForwardTrace trace, int layer) {

    List<ScorePart> parts() {
      List<ScorePart> parts = new ArrayList<>();
      parts.add(new ScorePart(ScorePart.Kind.TOKEN, -1, -1));
      if (model.config().positions() instanceof Positions.Learned) {
        parts.add(new ScorePart(ScorePart.Kind.POSITION, -1, -1));
      }
      for (int l = 0; l < layer; l++) {
        for (int h = 0; h < model.config().nHeads(); h++) {
          parts.add(new ScorePart(ScorePart.Kind.HEAD, l, h));
        }
        parts.add(new ScorePart(ScorePart.Kind.MLP, l, -1));
      }
      parts.add(new ScorePart(ScorePart.Kind.BIASES, -1, -1));
      return parts;
    }

    /** What each part makes of one head of the query or key at a position, [parts][d]. */
    double[][] heads(int position, Linear projection, @Nullable Tensor gain, int head) {
      int dHead = model.config().dHead();
      double[][] states = normed(states(position), position);
      TensorOps ops = model.ops();
      try (Scope _ = ops.scope()) {
        Tensor rows = ops.zeros(states.length, model.config().dModel());
        ops.copy(tensor(states), rows);
        Tensor all = ops.zeros(states.length, projection.weight().outputs());
        ops.matmul(rows, projection.weight(), null, all);
        double[][] heads = new double[states.length][dHead];
        Tensor here = all.toHeap();
        for (int i = 0; i < heads.length; i++) {
          for (int d = 0; d < dHead; d++) {
            heads[i][d] = here.get(i, head * dHead + d);
          }
        }
        if (projection.bias() != null) {
          for (int d = 0; d < dHead; d++) {
            heads[heads.length - 1][d] += projection.bias().get(head * dHead + d);
          }
        }
        if (gain != null) {
          normHeads(heads, gain);
        }
        Tensor turned = ops.zeros(heads.length, dHead);
        ops.copy(tensor(heads), turned);
        model.rotate(turned, position);
        double[][] result = new double[heads.length][];
        for (int i = 0; i < result.length; i++) {
          result[i] = numbers(turned.row(i));
        }
        return result;
      }
    }

    /** The parts of the state at a position, [parts][D]; the last is what is left of it: biases. */
    private double[][] states(int position) {
      List<double[]> states = new ArrayList<>();
      int id = trace.tokens().get(position);
      states.add(numbers(model.weights().embedding().row(id)));
      if (model.config().positions() instanceof Positions.Learned learned
          && model.weights().positions() != null) {
        states.add(numbers(model.weights().positions().row(position + learned.offset())));
      }
      for (int l = 0; l < layer; l++) {
        LayerTrace below = trace.layer(l);
        Tensor heads = model.headOut(l, below).toHeap();
        for (int h = 0; h < model.config().nHeads(); h++) {
          states.add(numbers(heads.row(h).row(position)));
        }
        double[] mlp = numbers(below.mlpOut().row(position));
        @Nullable Tensor bias = model.weights().block(l).down().bias();
        for (int i = 0; bias != null && i < mlp.length; i++) {
          mlp[i] -= bias.get(i);
        }
        states.add(mlp);
      }
      double[] rest = numbers(trace.residPre(layer).row(position));
      for (double[] part : states) {
        for (int i = 0; i < rest.length; i++) {
          rest[i] -= part[i];
        }
      }
      states.add(rest);
      return states.toArray(new double[0][]);
    }

    /** The parts through the norm, whose scale is held at that of the whole; changes them. */
    private double[][] normed(double[][] states, int position) {
      NormWeights norm = model.weights().block(layer).attentionNorm();
      double[] whole = numbers(trace.residPre(layer).row(position));
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
      for (double[] state : states) {
        double center = centred ? mean(state) : 0;
        for (int i = 0; i < state.length; i++) {
          double gain = norm.gain() == null ? 1 : norm.gain().get(i);
          state[i] = (state[i] - center) * scale * gain;
        }
      }
      double[] biases = states[states.length - 1];
      for (int i = 0; norm.bias() != null && i < biases.length; i++) {
        biases[i] += norm.bias().get(i);
      }
      return states;
    }

    /** The norm over each query or key head, held likewise. */
    private void normHeads(double[][] heads, Tensor gain) {
      double square = 0;
      for (int d = 0; d < heads[0].length; d++) {
        double whole = 0;
        for (double[] head : heads) {
          whole += head[d];
        }
        square += whole * whole / heads[0].length;
      }
      double scale = 1 / Math.sqrt(square + model.config().norm().epsilon());
      for (double[] head : heads) {
        for (int d = 0; d < head.length; d++) {
          head[d] *= scale * gain.get(d);
        }
      }
    }

    private static Tensor tensor(double[][] rows) {
      Tensor tensor = Tensor.zeros(rows.length, rows[0].length);
      for (int i = 0; i < rows.length; i++) {
        for (int j = 0; j < rows[i].length; j++) {
          tensor.array()[i * rows[i].length + j] = (float) rows[i][j];
        }
      }
      return tensor;
    }

    private static double mean(double[] x) {
      double sum = 0;
      for (double v : x) {
        sum += v;
      }
      return sum / x.length;
    }

    private static double[] numbers(Tensor x) {
      float[] floats = x.toFloats();
      double[] numbers = new double[floats.length];
      for (int i = 0; i < floats.length; i++) {
        numbers[i] = floats[i];
      }
      return numbers;
    }
  }
}
