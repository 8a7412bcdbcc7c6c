package dev.limpid.model.load;

import dev.limpid.model.Provenance;
import dev.limpid.model.Transformer;
import dev.limpid.model.config.Experts;
import dev.limpid.model.config.HeadNorm.Over;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Norm;
import dev.limpid.model.config.Positions.Rotary;
import dev.limpid.model.plain.Mechanisms;
import dev.limpid.model.plain.PlainModel;
import dev.limpid.model.plain.RandomWeights;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.WeightLayout;
import dev.limpid.tensor.weights.MissingTensorException;
import dev.limpid.tensor.weights.WeightSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A model of random facts and weights, as the engine reads it from tensors that are stored in one
 * of the ways in which families store them, and as a plain program.
 */
public final class RandomModel {
  private final PlainModel plain;
  private final Random random;
  private final Map<String, Tensor> stored = new LinkedHashMap<>();
  private final WeightNames names;
  private final boolean gainsInOne;

  private RandomModel(ModelConfig config, Random random) {
    this.random = random;
    this.plain = new PlainModel(config, RandomWeights.of(config, random));
    this.names = names();
    this.gainsInOne = random.nextBoolean();
    store();
  }

  /** Draws until facts are a combination that is not refused. */
  public static RandomModel any(Random random) {
    return any(random, _ -> true);
  }

  /** Draws until facts are a combination that is not refused, and of the wanted kind. */
  public static RandomModel any(Random random, Predicate<ModelConfig> wanted) {
    while (true) {
      try {
        ModelConfig config = new Mechanisms(random).draw();
        if (wanted.test(config)) {
          return new RandomModel(config, random);
        }
      } catch (IllegalArgumentException e) {
        if (Mechanisms.refusal(e).isEmpty()) {
          throw e;
        }
      }
    }
  }

  /** Draws until some layer has experts. */
  public static RandomModel withExperts(Random random) {
    return any(
        random,
        config -> config.mlp().experts().filter(e -> e.layers().contains(true)).isPresent());
  }

  /** Returns the plain program. */
  public PlainModel plain() {
    return plain;
  }

  /** Returns the facts. */
  public ModelConfig config() {
    return plain.config();
  }

  /** Returns the model as the engine has it. */
  public Transformer open(TensorOps ops, LayerStorage storage) {
    try {
      WeightLoading loading = new WeightLoading(new Stored(stored), config(), names, ops);
      Transformer model =
          new Transformer(
              config(),
              loading.read(storage, LoadProgress.NONE),
              ops,
              new Provenance("random", ops.name(), "", ""));
      if (!loading.unread().isEmpty()) {
        throw new AssertionError("not read: " + loading.unread());
      }
      return model;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return config() + " " + names.layout() + " " + names.rows();
  }

  /** Every weight under its name in GGUF files, which is one of its own. */
  private WeightNames names() {
    boolean byOutputs = random.nextBoolean();
    WeightNames all =
        WeightNames.ofLayers("blk.%d.")
            .withLayout(byOutputs ? WeightLayout.OUT_IN : WeightLayout.IN_OUT)
            .with(Weight.HEAD, "output");
    List<Weight> without = new ArrayList<>();
    boolean fused = random.nextBoolean();
    without.addAll(
        fused ? List.of(Weight.QUERY, Weight.KEY, Weight.VALUE) : List.of(Weight.FUSED_QKV));
    boolean fusedGate = config().mlp().gated() && random.nextBoolean();
    without.addAll(fusedGate ? List.of(Weight.GATE, Weight.UP) : List.of(Weight.FUSED_GATE_UP));
    boolean stacked = byOutputs && random.nextBoolean();
    List<Weight> one = List.of(Weight.EXPERT_GATE, Weight.EXPERT_UP, Weight.EXPERT_DOWN);
    List<Weight> whole = List.of(Weight.EXPERTS_GATE, Weight.EXPERTS_UP, Weight.EXPERTS_DOWN);
    without.addAll(stacked ? one : whole);
    without.add(Weight.EXPERTS_GATE_UP);
    boolean fusedShared = random.nextBoolean();
    without.addAll(
        fusedShared
            ? List.of(Weight.SHARED_GATE, Weight.SHARED_UP)
            : List.of(Weight.SHARED_GATE_UP));
    boolean weighed =
        plain.weights().all().keySet().stream().anyMatch(n -> n.endsWith("shared_weight"));
    if (!weighed) {
      without.add(Weight.SHARED_WEIGHT);
    }
    for (Weight weight : Weight.values()) {
      if (!without.contains(weight)) {
        all = all.with(weight, weight.inGguf());
      }
    }
    if (byOutputs) { // rows that lie by inputs are never out of order
      all =
          all.withFused(
              random.nextBoolean() ? WeightNames.Fused.BY_KIND : WeightNames.Fused.BY_KEY_HEAD);
      all =
          all.withPairs(
              random.nextBoolean() ? WeightNames.Pairs.HALVES : WeightNames.Pairs.ADJACENT);
    }
    return all;
  }

  private void store() {
    plain
        .weights()
        .all()
        .forEach((name, rows) -> {
          boolean inLayer = name.matches("\\d+\\..*");
          if (!inLayer) {
            storeOutside(name, rows);
          }
        });
    for (int l = 0; l < config().nLayers(); l++) {
      storeLayer(l);
    }
  }

  private void storeOutside(String name, double[][] rows) {
    switch (name) {
      case "embedding" -> table(Weight.EMBEDDING, rows);
      case "positions" -> table(Weight.POSITIONS, rows);
      case "head" -> table(Weight.HEAD, rows);
      case "head.bias" -> vector(Weight.HEAD.inGguf() + ".bias", rows[0]);
      case "project_in" -> linear(Weight.PROJECT_IN.inGguf(), rows);
      case "project_out" -> linear(Weight.PROJECT_OUT.inGguf(), rows);
      default -> {
        if (name.startsWith("embedding_norm")) {
          norm(config().norm(), Weight.EMBEDDING_NORM.inGguf(), name.endsWith(".gain"), rows);
        } else {
          norm(config().norm(), Weight.FINAL_NORM.inGguf(), name.endsWith(".gain"), rows);
        }
      }
    }
  }

  private void table(Weight weight, double[][] rows) {
    stored.put(weight.inGguf() + ".weight", tensor(rows));
  }

  private void storeLayer(int layer) {
    String from = layer + ".";
    String to = "blk." + layer + ".";
    norms(from, to, "attention_norm", Weight.ATTENTION_NORM, config().norm());
    norms(from, to, "mlp_norm", Weight.MLP_NORM, config().norm());
    norms(from, to, "attention_post_norm", Weight.ATTENTION_POST_NORM, config().norm());
    norms(from, to, "mlp_post_norm", Weight.MLP_POST_NORM, config().norm());
    Heads heads = new Heads(layer);
    storeProjections(heads, from, to);
    config()
        .attention()
        .headNorm()
        .ifPresent(of -> {
          for (String kind : List.of("query", "key")) {
            storeHeadNorm(of.over(), of.norm(), heads, from + kind + "_norm", to, kind);
          }
        });
    maps(from + "out", to + Weight.ATTENTION_OUT.inGguf());
    double[] sinks = plain.weights().vector(from + "sinks");
    if (sinks != null) {
      vector(to + Weight.SINKS.inGguf(), sinks);
    }
    if (config().mlp().expertsOf(layer).isPresent()) {
      storeExperts(config().mlp().expertsOf(layer).get(), from, to);
    } else if (names.has(Weight.FUSED_GATE_UP)) {
      maps(List.of(from + "gate", from + "up"), to + Weight.FUSED_GATE_UP.inGguf());
      maps(from + "down", to + Weight.DOWN.inGguf());
    } else {
      if (config().mlp().gated()) {
        maps(from + "gate", to + Weight.GATE.inGguf());
      }
      maps(from + "up", to + Weight.UP.inGguf());
      maps(from + "down", to + Weight.DOWN.inGguf());
    }
  }

  private void storeExperts(Experts experts, String from, String to) {
    maps(from + "router", to + Weight.ROUTER.inGguf());
    for (String part : List.of("gate", "up", "down")) {
      String one =
          switch (part) {
            case "gate" -> Weight.EXPERT_GATE.inGguf();
            case "up" -> Weight.EXPERT_UP.inGguf();
            default -> Weight.EXPERT_DOWN.inGguf();
          };
      if (names.has(Weight.EXPERT_GATE)) {
        for (int e = 0; e < experts.count(); e++) {
          maps(from + "expert." + e + "." + part, to + one.formatted(e));
        }
        continue;
      }
      List<double[]> all = new ArrayList<>();
      List<double[]> biases = new ArrayList<>();
      for (int e = 0; e < experts.count(); e++) {
        String name = from + "expert." + e + "." + part;
        all.addAll(Arrays.asList(plain.weights().matrix(name)));
        double[] bias = plain.weights().vector(name + ".bias");
        if (bias != null) {
          biases.add(bias);
        }
      }
      Weight whole =
          switch (part) {
            case "gate" -> Weight.EXPERTS_GATE;
            case "up" -> Weight.EXPERTS_UP;
            default -> Weight.EXPERTS_DOWN;
          };
      Tensor flat = tensor(all.toArray(double[][]::new));
      int outputs = flat.dim(0) / experts.count();
      stored.put(to + whole.inGguf(), flat.reshape(experts.count(), outputs, flat.dim(1)));
      if (!biases.isEmpty()) {
        String bias = whole.inGguf().replace(".weight", ".bias");
        stored.put(to + bias, tensor(biases.toArray(double[][]::new)));
      }
    }
    if (experts.dShared().isPresent()) {
      if (names.has(Weight.SHARED_GATE_UP)) {
        List<String> both = List.of(from + "shared.gate", from + "shared.up");
        maps(both, to + Weight.SHARED_GATE_UP.inGguf());
      } else {
        maps(from + "shared.gate", to + Weight.SHARED_GATE.inGguf());
        maps(from + "shared.up", to + Weight.SHARED_UP.inGguf());
      }
      maps(from + "shared.down", to + Weight.SHARED_DOWN.inGguf());
      if (names.has(Weight.SHARED_WEIGHT)) {
        maps(from + "shared_weight", to + Weight.SHARED_WEIGHT.inGguf());
      }
    }
  }

  /** Rows of heads as they lie: pairs that are turned together may be neighbours. */
  private final class Heads {
    private final int turned;

    Heads(int layer) {
      boolean neighbours = names.rows().pairs() == WeightNames.Pairs.ADJACENT;
      turned =
          neighbours && config().positions(layer) instanceof Rotary rotary
              ? rotary.part().orElse(config().dHead())
              : 0;
    }

    /** Element i of each pair goes to 2i, its partner behind it. */
    <T> List<T> stored(List<T> rows, boolean areTurned) {
      List<T> out = new ArrayList<>(rows);
      int d = config().dHead();
      for (int first = 0; first < rows.size() && areTurned; first += d) {
        for (int i = 0; i < turned / 2; i++) {
          out.set(first + 2 * i, rows.get(first + i));
          out.set(first + 2 * i + 1, rows.get(first + i + turned / 2));
        }
      }
      return out;
    }
  }

  private void storeProjections(Heads heads, String from, String to) {
    Map<String, List<double[]>> weights = new LinkedHashMap<>();
    Map<String, List<Double>> biases = new LinkedHashMap<>();
    for (String kind : List.of("query", "key", "value")) {
      boolean turned = !kind.equals("value");
      weights.put(kind, heads.stored(Arrays.asList(plain.weights().matrix(from + kind)), turned));
      double[] bias = plain.weights().vector(from + kind + ".bias");
      if (bias != null) {
        biases.put(kind, heads.stored(Arrays.stream(bias).boxed().toList(), turned));
      }
    }
    if (names.has(Weight.FUSED_QKV)) {
      String name = to + Weight.FUSED_QKV.inGguf();
      linear(name, fused(weights).toArray(double[][]::new));
      if (!biases.isEmpty()) {
        vector(name + ".bias", doubles(fused(biases)));
      }
      return;
    }
    for (String kind : weights.keySet()) {
      Weight weight =
          switch (kind) {
            case "query" -> Weight.QUERY;
            case "key" -> Weight.KEY;
            default -> Weight.VALUE;
          };
      String name = to + weight.inGguf();
      linear(name, Objects.requireNonNull(weights.get(kind)).toArray(double[][]::new));
      if (!biases.isEmpty()) {
        vector(name + ".bias", doubles(Objects.requireNonNull(biases.get(kind))));
      }
    }
  }

  private static double[] doubles(List<Double> list) {
    return list.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** All in one: kind by kind, or the queries of each key head, its key, its value. */
  private <T> List<T> fused(Map<String, List<T>> of) {
    List<T> queries = Objects.requireNonNull(of.get("query"));
    List<T> keys = Objects.requireNonNull(of.get("key"));
    List<T> values = Objects.requireNonNull(of.get("value"));
    List<T> all = new ArrayList<>();
    if (names.rows().fused() == WeightNames.Fused.BY_KIND) {
      all.addAll(queries);
      all.addAll(keys);
      all.addAll(values);
      return all;
    }
    int d = config().dHead();
    int group = config().nHeads() / config().nKvHeads();
    for (int k = 0; k < config().nKvHeads(); k++) {
      all.addAll(queries.subList(k * group * d, (k + 1) * group * d));
      all.addAll(keys.subList(k * d, (k + 1) * d));
      all.addAll(values.subList(k * d, (k + 1) * d));
    }
    return all;
  }

  private void storeHeadNorm(
      Over over, Norm norm, Heads heads, String from, String to, String kind) {
    String name = to + (kind.equals("query") ? Weight.QUERY_NORM : Weight.KEY_NORM).inGguf();
    for (String part : List.of(".gain", ".bias")) {
      double[][] rows = plain.weights().all().get(from + part);
      if (rows == null) {
        continue;
      }
      double[][] inOrder = new double[rows.length][];
      for (int r = 0; r < rows.length; r++) {
        inOrder[r] = doubles(heads.stored(Arrays.stream(rows[r]).boxed().toList(), true));
      }
      if (over == Over.EACH_HEAD_WITH_OWN_GAIN && part.equals(".gain")) {
        if (gainsInOne) {
          stored.put(name + ".weight", tensor(inOrder));
        } else {
          for (int h = 0; h < inOrder.length; h++) {
            vector("%s.norms.%d.weight".formatted(name, h), inOrder[h]);
          }
        }
      } else {
        norm(norm, name, part.equals(".gain"), inOrder);
      }
    }
  }

  private void norms(String from, String to, String name, Weight weight, Norm norm) {
    for (String part : List.of(".gain", ".bias")) {
      double[][] rows = plain.weights().all().get(from + name + part);
      if (rows != null) {
        norm(norm, to + weight.inGguf(), part.equals(".gain"), rows);
      }
    }
  }

  private void norm(Norm norm, String name, boolean isGain, double[][] rows) {
    double[] values = rows[0].clone();
    for (int i = 0; i < values.length && isGain; i++) {
      values[i] -= norm.gain() == Norm.Gain.ONE_PLUS_STORED ? 1 : 0;
    }
    vector(name + (isGain ? ".weight" : ".bias"), values);
  }

  private void maps(String from, String to) {
    maps(List.of(from), to);
  }

  /** Stores linear maps, one below the other, with their biases. */
  private void maps(List<String> from, String to) {
    List<double[]> rows = new ArrayList<>();
    List<Double> biases = new ArrayList<>();
    for (String name : from) {
      rows.addAll(Arrays.asList(plain.weights().matrix(name)));
      double[] bias = plain.weights().vector(name + ".bias");
      if (bias != null) {
        Arrays.stream(bias).forEach(biases::add);
      }
    }
    linear(to, rows.toArray(double[][]::new));
    if (!biases.isEmpty()) {
      vector(to + ".bias", doubles(biases));
    }
  }

  private void linear(String name, double[][] rows) {
    double[][] as = rows;
    if (names.layout() == WeightLayout.IN_OUT) {
      as = new double[rows[0].length][rows.length];
      for (int o = 0; o < rows.length; o++) {
        for (int i = 0; i < as.length; i++) {
          as[i][o] = rows[o][i];
        }
      }
    }
    stored.put(name + ".weight", tensor(as));
  }

  private void vector(String name, double[] values) {
    stored.put(name, tensor(new double[][] {values}).reshape(values.length));
  }

  private static Tensor tensor(double[][] rows) {
    Tensor tensor = Tensor.zeros(rows.length, rows[0].length);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.array()[i] = (float) rows[i / rows[0].length][i % rows[0].length];
    }
    return tensor;
  }

  /** Tensors in memory, asked for as files are. */
  private record Stored(Map<String, Tensor> tensors) implements WeightSource {
    @Override
    public Path location() {
      return Path.of("random");
    }

    @Override
    public List<Path> files() {
      return List.of();
    }

    @Override
    public Set<String> names() {
      return tensors.keySet();
    }

    @Override
    public Tensor tensor(String name, int... expectedShape) throws IOException {
      require(name, expectedShape);
      return Objects.requireNonNull(tensors.get(name));
    }

    @Override
    public void require(String name, int... expectedShape) throws IOException {
      @Nullable Tensor tensor = tensors.get(name);
      List<Integer> shape = Arrays.stream(expectedShape).boxed().toList();
      if (tensor == null || !tensor.shape().dims().equals(shape)) {
        throw new MissingTensorException(
            location(), name, "is %s, should be %s".formatted(tensor, shape));
      }
    }

    @Override
    public WeightSource mappedAgain(Arena arena) {
      return this;
    }

    @Override
    public void requireWhole() {}
  }
}
