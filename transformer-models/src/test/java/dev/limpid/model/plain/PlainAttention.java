package dev.limpid.model.plain;

import dev.limpid.model.config.HeadNorm;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Positions;
import java.util.Arrays;

/**
 * One attention block: project, norm over all heads, clip, norm per head, rotate, scores, softmax.
 *
 * @param whole the length of the text
 */
record PlainAttention(PlainModel model, int layer, int whole) {

  private ModelConfig config() {
    return model.config();
  }

  private PlainWeights weights() {
    return model.weights();
  }

  /** What heads look at and what they carry: pattern [H][T][T], values [K][T][d] with biases. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Looks(double[][][] pattern, double[][][] values) {}

  Looks of(double[][] attnIn) {
    int n = attnIn.length;
    double[][][] queries = heads("query", config().nHeads(), attnIn);
    double[][][] keys = heads("key", config().nKvHeads(), attnIn);
    double[][][] values = heads("value", config().nKvHeads(), attnIn);
    double[][][] pattern = new double[config().nHeads()][n][];
    int group = config().nHeads() / config().nKvHeads();
    for (int h = 0; h < config().nHeads(); h++) {
      for (int q = 0; q < n; q++) {
        pattern[h][q] = row(h, q, queries[h][q], keys[h / group]);
      }
    }
    return new Looks(pattern, values);
  }

  /** Returns the heads of queries, keys or values, [heads][T][d]. */
  private double[][][] heads(String kind, int nHeads, double[][] attnIn) {
    String name = layer + "." + kind;
    int d = config().dHead();
    double[][][] heads = new double[nHeads][attnIn.length][];
    for (int t = 0; t < attnIn.length; t++) {
      double[] all = weights().map(name, attnIn[t]);
      if (!kind.equals("value")) {
        all = normed(name, nHeads, all);
      }
      for (int i = 0; i < all.length && config().attention().clip().isPresent(); i++) {
        double c = config().attention().clip().getAsDouble();
        all[i] = Math.min(c, Math.max(-c, all[i]));
      }
      for (int h = 0; h < nHeads; h++) {
        double[] head = Arrays.copyOfRange(all, h * d, (h + 1) * d);
        heads[h][t] =
            !kind.equals("value") && config().positions(layer) instanceof Positions.Rotary rotary
                ? new PlainRotation(rotary, d, whole).turned(head, t)
                : head;
      }
    }
    return heads;
  }

  private double[] normed(String name, int nHeads, double[] all) {
    if (config().attention().headNorm().isEmpty()) {
      return all;
    }
    HeadNorm norm = config().attention().headNorm().get();
    double[] bias = weights().vector(name + "_norm.bias");
    if (norm.over() == HeadNorm.Over.ALL_HEADS) {
      return new PlainNorm(norm.norm(), weights().vector(name + "_norm.gain"), bias).of(all);
    }
    boolean own = norm.over() == HeadNorm.Over.EACH_HEAD_WITH_OWN_GAIN;
    int d = config().dHead();
    double[] out = new double[all.length];
    for (int h = 0; h < nHeads; h++) {
      double[] gain =
          own ? weights().matrix(name + "_norm.gain")[h] : weights().vector(name + "_norm.gain");
      double[] head = Arrays.copyOfRange(all, h * d, (h + 1) * d);
      System.arraycopy(new PlainNorm(norm.norm(), gain, bias).of(head), 0, out, h * d, d);
    }
    return out;
  }

  private double[] row(int head, int q, double[] query, double[][] keys) {
    double[] row = new double[keys.length];
    double[] sinks = weights().vector(layer + ".sinks");
    int window =
        config().attention().windows().isEmpty()
            ? keys.length
            : config().attention().windows().get(layer);
    double scale = config().attention().scores().scale();
    if (config().attention().scores().byLayer()) {
      scale /= layer + 1;
    }
    double sum = sinks == null ? 0 : Math.exp(sinks[head]);
    for (int k = 0; k <= q; k++) {
      boolean isDropped = model.dropped().contains(new PlainModel.Edge(layer, head, q, k));
      if (q - k < window && !isDropped) {
        double score = scale * PlainWeights.dot(query, keys[k]);
        if (config().attention().scores().cap().isPresent()) {
          double c = config().attention().scores().cap().getAsDouble();
          score = c * Math.tanh(score / c);
        }
        row[k] = Math.exp(score + alibi(head, k, scale));
        sum += row[k];
      }
    }
    for (int k = 0; k <= q; k++) {
      row[k] /= sum;
    }
    return row;
  }

  private double alibi(int head, int key, double scale) {
    if (!(config().positions(layer) instanceof Positions.Alibi alibi)) {
      return 0;
    }
    int n = 1;
    while (2 * n <= config().nHeads()) {
      n *= 2;
    }
    double slope =
        head < n
            ? Math.pow(2, -8.0 * (head + 1) / n)
            : Math.pow(2, -4.0 * (2 * (head - n) + 1) / n);
    return alibi.rounded() ? scale * bf16(bf16(slope) * bf16(key)) : slope * key;
  }

  /** The nearest number of 8 significant bits. */
  private static double bf16(double x) {
    if (x == 0) {
      return 0;
    }
    double unit = Math.scalb(1.0, Math.getExponent(x) - 7);
    return Math.rint(x / unit) * unit;
  }
}
