package dev.limpid.model.plain;

import static dev.limpid.model.plain.PlainWeights.plus;
import static dev.limpid.model.plain.PlainWeights.times;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Positions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A whole model, from tokens to logits.
 *
 * @param dropped keys that a head of a layer does not see from a query: scores of minus infinity
 * @param changed what becomes of what parts write
 */
public record PlainModel(
    ModelConfig config,
    PlainWeights weights,
    Set<Edge> dropped,
    Map<Part, UnaryOperator<double[]>> changed) {

  /** Without any norm states may grow beyond measure, and rounding with them. */
  private static final double LARGEST = 50;

  /** Numbers of a router that are nearer may be ordered otherwise by rounding. */
  private static final double MARGIN = 1e-4;

  /** What can be changed. */
  public sealed interface Part {}

  /** A key that a head looks at from a query; it writes A times the value without its bias, [d]. */
  public record Edge(int layer, int head, int query, int key) implements Part {}

  /** What an MLP, or all experts together, add at a position, [D]. */
  public record Block(int layer, int position) implements Part {}

  /**
   * What an expert writes, a vector of zeros where the position does not go to it.
   *
   * @param expert its number, or -1 of the one that all go to
   */
  public record Written(int layer, int expert, int position) implements Part {}

  /** Creates a model that is as its facts say. */
  public PlainModel(ModelConfig config, PlainWeights weights) {
    this(config, weights, Set.of(), Map.of());
  }

  /** Returns the same model without some edges. */
  public PlainModel without(Set<Edge> edges) {
    return new PlainModel(config, weights, edges, changed);
  }

  /** Returns the same model with changes of what parts write. */
  public PlainModel with(Map<? extends Part, UnaryOperator<double[]>> changes) {
    return new PlainModel(config, weights, dropped, Map.copyOf(changes));
  }

  double[] changed(Part part, double[] written) {
    UnaryOperator<double[]> change = changed.get(part);
    return change == null ? written : change.apply(written);
  }

  /** Returns the embedding of a token, without that of its position and any norm, [D]. */
  public double[] embedding(int token) {
    double[] row = weights.matrix("embedding")[token];
    double[] x = config.embedding().width().isPresent() ? weights.map("project_in", row) : row;
    return times(config.embedding().scale(), x);
  }

  /** Returns the state in front of the first layer, [D], of what stands for a token. */
  public double[] entering(double[] embedding, int position) {
    double[] x = embedding;
    if (config.positions() instanceof Positions.Learned learned) {
      x = plus(x, 1, weights.matrix("positions")[position + learned.offset()]);
    }
    return config.embedding().normed() ? norm("embedding_norm").of(x) : x;
  }

  /** Returns the state in front of the first layer, [T][D]. */
  public double[][] embed(List<Integer> tokens) {
    double[][] states = new double[tokens.size()][];
    for (int t = 0; t < states.length; t++) {
      states[t] = entering(embedding(tokens.get(t)), t);
    }
    return states;
  }

  private PlainNorm norm(String name) {
    return new PlainNorm(
        config.norm(), weights.vector(name + ".gain"), weights.vector(name + ".bias"));
  }

  private PlainNorm finalNorm() {
    return config.head().normed() ? norm("final_norm") : PlainNorm.NONE;
  }

  /** Runs one layer of a text. */
  public PlainLayer layer(int layer, double[][] residPre) {
    return new PlainLayer(this, layer, residPre, residPre.length);
  }

  /** Runs the layers from one on. */
  public List<PlainLayer> layers(int from, double[][] residPre) {
    List<PlainLayer> layers = new ArrayList<>();
    double[][] x = residPre;
    for (int l = from; l < config.nLayers(); l++) {
      layers.add(layer(l, x));
      x = layers.getLast().residPost;
    }
    return layers;
  }

  /** Runs a text. */
  public List<PlainLayer> run(List<Integer> tokens) {
    return layers(0, embed(tokens));
  }

  /** Returns the logits of a last state, [V]. */
  public double[] logits(double[] state) {
    double[] logits = beforeCap(state);
    for (int v = 0; v < logits.length && config.head().cap().isPresent(); v++) {
      double c = config.head().cap().getAsDouble();
      logits[v] = c * Math.tanh(logits[v] / c);
    }
    return logits;
  }

  /** Returns them before any cap, [V]. */
  public double[] beforeCap(double[] state) {
    double[] logits = unembed(finalNorm().of(state));
    double[] bias = weights.vector("head.bias");
    return bias == null ? logits : plus(logits, 1, bias);
  }

  private double[] unembed(double[] normed) {
    double[] read =
        config.embedding().width().isPresent() ? weights.map("project_out", normed) : normed;
    double[][] head = weights.matrix(config.head().tied() ? "embedding" : "head");
    double[] logits = new double[head.length];
    for (int v = 0; v < logits.length; v++) {
      logits[v] = config.head().scale() * PlainWeights.dot(head[v], read);
    }
    return logits;
  }

  /**
   * Returns what a part of a state adds to the logits before any cap, all norms on its way held.
   *
   * @param layers all of the run
   * @param layer the part is one of the state behind it
   * @param mid the part is one of the state after attention there, rather
   */
  public double[] along(List<PlainLayer> layers, int layer, boolean mid, int t, double[] part) {
    double[] x = mid ? layers.get(layer).upFromMid(t, part) : part;
    for (int l = layer + 1; l < config.nLayers(); l++) {
      x = layers.get(l).upFromPre(t, x);
    }
    PlainNorm norm = finalNorm();
    return unembed(times(norm.scale(layers.getLast().residPost[t]), norm.lin(x)));
  }

  /** Returns whether states stay of a usual size, and rounding sends none to other experts. */
  public static boolean isClear(List<PlainLayer> layers) {
    for (PlainLayer layer : layers) {
      boolean grown =
          Arrays.stream(layer.residPost)
              .flatMapToDouble(Arrays::stream)
              .anyMatch(x -> !(Math.abs(x) < LARGEST));
      if (grown) {
        return false;
      }
      for (PlainMlp mlp : layer.mlp) {
        double[] sorted = mlp.router().clone();
        Arrays.sort(sorted);
        for (int i = 1; i < sorted.length; i++) {
          if (sorted[i] - sorted[i - 1] < MARGIN) {
            return false;
          }
        }
      }
    }
    return true;
  }

  /** Returns the share that each part has in a whole: positive proximities over their sum. */
  public static double @Nullable [] shares(List<double[]> parts, double[] whole) {
    double size = norm1(whole);
    double[] proximities = new double[parts.size()];
    double sum = 0;
    for (int i = 0; i < proximities.length; i++) {
      proximities[i] = Math.max(0, size - norm1(plus(whole, -1, parts.get(i))));
      sum += proximities[i];
    }
    return sum <= 1e-2 * size ? null : times(1 / sum, proximities);
  }

  private static double norm1(double[] x) {
    double sum = 0;
    for (double value : x) {
      sum += Math.abs(value);
    }
    return sum;
  }
}
