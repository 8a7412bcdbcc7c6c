package dev.limpid.model.plain;

import static dev.limpid.model.plain.PlainWeights.plus;
import static dev.limpid.model.plain.PlainWeights.times;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Residual;
import java.util.ArrayList;
import java.util.List;

/**
 * One layer, and the parts that its states are sums of.
 *
 * <pre>
 *   SEQUENTIAL  mid = x + r Q1(attn(N1(x)));   x' = mid + r Q2(mlp(N2(mid)))
 *   PARALLEL    x'  = x + r attn(N1(x)) + r mlp(N2(x))
 *   POST_LN     mid = O1(x + r attn(x));       x' = O2(mid + r mlp(mid))
 * </pre>
 */
public final class PlainLayer {
  private final PlainModel model;
  private final ModelConfig config;
  private final PlainWeights weights;
  private final int layer;

  /** States and what is added, [T][D]; the state in the middle is there for every arrangement. */
  public final double[][] residPre;

  public final double[][] attnOut;
  public final double[][] residMid;
  public final double[][] mlpOut;
  public final double[][] residPost;

  /** [H][T][T]. */
  public final double[][][] pattern;

  /** Of every position. */
  public final PlainMlp[] mlp;

  private final double[][][] values;
  private final double[][] attnRaw;

  PlainLayer(PlainModel model, int layer, double[][] residPre, int whole) {
    this.model = model;
    this.config = model.config();
    this.weights = model.weights();
    this.layer = layer;
    this.residPre = residPre;
    int n = residPre.length;
    double[][] attnIn = new double[n][];
    for (int t = 0; t < n; t++) {
      attnIn[t] = preNorm("attention_norm").of(residPre[t]);
    }
    PlainAttention.Looks looks = new PlainAttention(model, layer, whole).of(attnIn);
    pattern = looks.pattern();
    values = looks.values();
    attnRaw = new double[n][];
    attnOut = new double[n][];
    residMid = new double[n][];
    mlp = new PlainMlp[n];
    mlpOut = new double[n][];
    residPost = new double[n][];
    for (int t = 0; t < n; t++) {
      attnRaw[t] = weights.map(layer + ".out", mixed(t));
      attnOut[t] = added(attnRaw[t], "attention_post_norm");
      residMid[t] = state(plus(residPre[t], 1, attnOut[t]), "attention_post_norm");
      boolean shared = config.residual().sharedNorm();
      double[] mlpIn =
          preNorm(shared ? "attention_norm" : "mlp_norm")
              .of(config.residual().isParallel() ? residPre[t] : residMid[t]);
      mlp[t] = PlainMlp.of(model, layer, t, mlpIn);
      PlainModel.Part block = new PlainModel.Block(layer, t);
      mlpOut[t] = model.changed(block, added(mlp[t].out(), "mlp_post_norm"));
      residPost[t] = state(plus(residMid[t], 1, mlpOut[t]), "mlp_post_norm");
    }
  }

  private double[] mixed(int q) {
    int d = config.dHead();
    double[] mixed = new double[config.nHeads() * d];
    for (int h = 0; h < config.nHeads(); h++) {
      for (int k = 0; k <= q; k++) {
        double[] written = model.changed(new PlainModel.Edge(layer, h, q, k), written(h, q, k));
        written = plus(written, pattern[h][q][k], valueBias(h));
        for (int i = 0; i < d; i++) {
          mixed[h * d + i] += written[i];
        }
      }
    }
    return mixed;
  }

  /** Returns what a head brings from a key to a query, its value's bias left out: [d]. */
  public double[] written(int head, int q, int k) {
    double[] value = plus(values[keyHead(head)][k], -1, valueBias(head));
    return times(pattern[head][q][k], value);
  }

  private int keyHead(int head) {
    return head / (config.nHeads() / config.nKvHeads());
  }

  private boolean normsSums() {
    return config.residual().placement() == Residual.Placement.POST_LN;
  }

  private double r() {
    return config.residual().multiplier();
  }

  private PlainNorm norm(String name) {
    String of = layer + "." + name;
    return new PlainNorm(config.norm(), weights.vector(of + ".gain"), weights.vector(of + ".bias"));
  }

  private PlainNorm preNorm(String name) {
    return config.residual().preNorms() ? norm(name) : PlainNorm.NONE;
  }

  /** The norm behind a block, or of a sum; none where there is no such norm. */
  private PlainNorm postNorm(String name) {
    return config.residual().postNorms() || normsSums() ? norm(name) : PlainNorm.NONE;
  }

  private double[] added(double[] raw, String name) {
    return times(r(), normsSums() ? raw : postNorm(name).of(raw));
  }

  private double[] state(double[] sum, String name) {
    return normsSums() ? postNorm(name).of(sum) : sum;
  }

  /** What a part of a block's raw output is in the state behind it. */
  private double[] carried(double[] part, String name, double[] raw, double[] sum) {
    PlainNorm norm = postNorm(name);
    return times(r() * norm.scale(normsSums() ? sum : raw), norm.lin(part));
  }

  /** What the state before a block is in the state behind it. */
  private double[] residual(double[] state, String name, double[] sum) {
    PlainNorm norm = postNorm(name);
    return normsSums() ? times(norm.scale(sum), norm.lin(state)) : state;
  }

  /** What a norm adds of its own: with what a block adds, or with the state. */
  private double[] normBias(String name) {
    return times(normsSums() ? 1 : r(), postNorm(name).bias(config.dModel()));
  }

  private double[] attentionSum(int q) {
    return plus(residPre[q], 1, attnOut[q]);
  }

  private double[] mlpSum(int t) {
    return plus(residMid[t], 1, mlpOut[t]);
  }

  /** Returns W_O of what a head brought, [D]. */
  public double[] out(int head, double[] value) {
    int d = config.dHead();
    double[] all = new double[config.nHeads() * d];
    System.arraycopy(value, 0, all, head * d, d);
    double[] out = new double[config.dModel()];
    for (int i = 0; i < out.length; i++) {
      out[i] = PlainWeights.dot(weights.matrix(layer + ".out")[i], all);
    }
    return out;
  }

  /** b_V of a head, where it is apart from its values. */
  private double[] valueBias(int head) {
    double[] all = weights.vector(layer + ".value.bias");
    double[] own = new double[config.dHead()];
    if (all != null && config.attention().clip().isEmpty()) {
      System.arraycopy(all, keyHead(head) * own.length, own, 0, own.length);
    }
    return own;
  }

  /** Returns what a head carries from a key to a query, as a part of the state: [D]. */
  public double[] term(int head, int q, int k) {
    double[] raw = out(head, written(head, q, k));
    return carried(raw, "attention_post_norm", attnRaw[q], attentionSum(q));
  }

  /** Returns what the state before attention is in the one behind it. */
  public double[] attentionResidual(int q) {
    return residual(residPre[q], "attention_post_norm", attentionSum(q));
  }

  /** Returns what attention adds beside its terms: biases, by what is left of rows. */
  public double[] beta(int q) {
    double[] outBias = weights.vector(layer + ".out.bias");
    double[] raw = outBias == null ? new double[config.dModel()] : outBias.clone();
    for (int h = 0; h < config.nHeads(); h++) {
      double mass = 0;
      for (double weight : pattern[h][q]) {
        mass += weight;
      }
      raw = plus(raw, mass, out(h, valueBias(h)));
    }
    double[] carried = carried(raw, "attention_post_norm", attnRaw[q], attentionSum(q));
    return plus(carried, 1, normBias("attention_post_norm"));
  }

  /** Returns what the state before the MLP is in the one behind it. */
  public double[] mlpResidual(int t) {
    return residual(residMid[t], "mlp_post_norm", mlpSum(t));
  }

  /** Returns what the MLP is in the state behind it, with its bias but for that of a sum's norm. */
  public double[] mlpPart(int t) {
    double[] carried = behindMlp(t, mlp[t].out());
    return normsSums() ? carried : plus(carried, 1, normBias("mlp_post_norm"));
  }

  /** Returns what the biases of the MLP are in {@link #mlpPart}; of experts they are no part. */
  public double[] mlpBias(int t) {
    double[] own = weights.vector(layer + ".down.bias");
    double[] raw = own == null ? new double[config.dModel()] : own;
    double[] carried = behindMlp(t, raw);
    return normsSums() ? carried : plus(carried, 1, normBias("mlp_post_norm"));
  }

  /** Returns the bias of a sum's norm behind the MLP. */
  public double[] outerBias() {
    return normsSums() ? normBias("mlp_post_norm") : new double[config.dModel()];
  }

  /** Returns what a part of the MLP's raw output is in the state behind it. */
  public double[] behindMlp(int t, double[] part) {
    return carried(part, "mlp_post_norm", mlp[t].out(), mlpSum(t));
  }

  /** Returns what a neuron writes, as a part of the state. */
  public double[] neuron(int t, int n) {
    return neuron(t, "down", n, mlp[t].neurons()[n]);
  }

  /**
   * Returns what a neuron of an expert writes, as a part of the state.
   *
   * @param j the j-th of those that the position went to; behind them the one that all go to
   */
  public double[] neuron(int t, int j, int n) {
    boolean shared = j == mlp[t].experts().size();
    String expert = shared ? "shared" : "expert." + mlp[t].chosen().get(j);
    return neuron(t, expert + ".down", n, mlp[t].all().get(j).neurons()[n]);
  }

  private double[] neuron(int t, String down, int n, double fires) {
    double[] column = new double[config.dModel()];
    for (int i = 0; i < column.length; i++) {
      column[i] = weights.matrix(layer + "." + down)[i][n];
    }
    return behindMlp(t, times(fires, column));
  }

  /** Returns all parts of the state that attention writes to: residual, then (k, h), one by one. */
  public List<double[]> attentionParts(int q) {
    List<double[]> parts = new ArrayList<>(List.of(attentionResidual(q)));
    for (int k = 0; k <= q; k++) {
      for (int h = 0; h < config.nHeads(); h++) {
        parts.add(term(h, q, k));
      }
    }
    return parts;
  }

  /** Takes a change of the state after attention up through what stands behind: to residPost. */
  double[] upFromMid(int t, double[] change) {
    return residual(change, "mlp_post_norm", mlpSum(t));
  }

  /** Takes a change of the state before the layer up along the stream alone. */
  double[] upFromPre(int t, double[] change) {
    return upFromMid(t, residual(change, "attention_post_norm", attentionSum(t)));
  }
}
