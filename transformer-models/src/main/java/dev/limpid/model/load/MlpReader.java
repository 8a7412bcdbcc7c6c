package dev.limpid.model.load;

import dev.limpid.model.Linear;
import dev.limpid.model.MlpWeights;
import dev.limpid.model.MlpWeights.Dense;
import dev.limpid.model.config.Experts;
import dev.limpid.model.config.Mlp;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.WeightLayout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Reads the weights of one layer's MLP, or of its experts. */
final class MlpReader {
  private final WeightReader reader;
  private final ModelConfig config;
  private final TensorOps ops;
  private final int layer;
  private final String block;

  MlpReader(WeightReader reader, int layer, String block) {
    this.reader = reader;
    this.config = reader.config();
    this.ops = reader.ops();
    this.layer = layer;
    this.block = block;
  }

  /** Makes the list of a layer's experts: of all that were read, or one that reads them. */
  interface ExpertList {
    /** All of them, read. */
    ExpertList IN_MEMORY =
        (reader, layer, block, count) -> {
          List<Dense> all = new ArrayList<>();
          for (int expert = 0; expert < count; expert++) {
            all.add(new MlpReader(reader, layer, block).expert(expert));
          }
          return all;
        };

    /** Returns the experts of a layer. */
    List<Dense> of(WeightReader reader, int layer, String block, int count) throws IOException;
  }

  MlpWeights mlp(ExpertList experts) throws IOException {
    if (config.mlp().expertsOf(layer).isPresent()) {
      return sparse(config.mlp().expertsOf(layer).get(), experts);
    }
    Mlp mlp = config.mlp();
    String down = reader.name(block, Weight.DOWN);
    if (reader.names().has(Weight.FUSED_GATE_UP)) {
      return fused(reader.name(block, Weight.FUSED_GATE_UP), down, mlp.dMlp(), mlp.bias());
    }
    return dense(
        mlp.gated() ? reader.name(block, Weight.GATE) : null,
        reader.name(block, Weight.UP),
        down,
        mlp.dMlp(),
        mlp.bias());
  }

  /** Gate and up one after the other in one matrix. */
  private Dense fused(String gateUp, String down, int neurons, boolean bias) throws IOException {
    int dModel = config.dModel();
    Tensor both = reader.weight(gateUp, dModel, 2 * neurons);
    @Nullable Tensor biases = bias ? reader.resident(gateUp + ".bias", 2 * neurons) : null;
    return new Dense(
        part(both, biases, 0, neurons),
        part(both, biases, neurons, 2 * neurons),
        reader.linear(down, neurons, dModel, bias));
  }

  private Linear part(Tensor weight, @Nullable Tensor bias, int from, int to) {
    return new Linear(
        ops.pack(weight, reader.names().layout(), from, to),
        bias == null ? null : bias.rows(from, to));
  }

  private Dense dense(@Nullable String gate, String up, String down, int neurons, boolean bias)
      throws IOException {
    int dModel = config.dModel();
    return new Dense(
        gate == null ? null : reader.linear(gate, dModel, neurons, bias),
        reader.linear(up, dModel, neurons, bias),
        reader.linear(down, neurons, dModel, bias));
  }

  private MlpWeights sparse(Experts of, ExpertList experts) throws IOException {
    int dModel = config.dModel();
    Linear router = reader.linear(reader.name(block, Weight.ROUTER), dModel, of.count(), of.bias());
    @Nullable Dense shared = null;
    @Nullable PackedMatrix weight = null;
    if (of.dShared().isPresent()) {
      shared = shared(of.dShared().getAsInt());
      weight =
          reader.names().has(Weight.SHARED_WEIGHT)
              ? reader.linear(reader.name(block, Weight.SHARED_WEIGHT), dModel, 1, false).weight()
              : null;
    }
    return new MlpWeights.Sparse(
        router, experts.of(reader, layer, block, of.count()), shared, weight);
  }

  private Dense shared(int neurons) throws IOException {
    String down = reader.name(block, Weight.SHARED_DOWN);
    return reader.names().has(Weight.SHARED_GATE_UP)
        ? fused(reader.name(block, Weight.SHARED_GATE_UP), down, neurons, false)
        : dense(
            reader.name(block, Weight.SHARED_GATE),
            reader.name(block, Weight.SHARED_UP),
            down,
            neurons,
            false);
  }

  /** Reads one expert, from tensors of its own or from those of all. */
  Dense expert(int expert) throws IOException {
    Experts of = config.mlp().expertsOf(layer).orElseThrow();
    if (isWhole(Weight.EXPERTS_GATE_UP)) {
      return together(expert, of);
    }
    if (isStored(blocks(Weight.EXPERTS_GATE_UP))) {
      return quantised(expert, of);
    }
    if (isWhole(Weight.EXPERTS_GATE)) {
      return apart(expert, of);
    }
    if (reader.names().has(Weight.EXPERT_GATE)) {
      return dense(
          ofOne(Weight.EXPERT_GATE, expert),
          ofOne(Weight.EXPERT_UP, expert),
          ofOne(Weight.EXPERT_DOWN, expert),
          of.dExpert(),
          of.bias());
    }
    // It is missing: who looks for it says so.
    return reader.names().has(Weight.EXPERTS_GATE) ? apart(expert, of) : together(expert, of);
  }

  private Dense together(int expert, Experts of) throws IOException {
    return of.clamp().isPresent() ? interleaved(expert, of) : stacked(expert, of);
  }

  private Dense apart(int expert, Experts of) throws IOException {
    int dModel = config.dModel();
    return new Dense(
        ofAll(Weight.EXPERTS_GATE, expert, of, of.dExpert(), dModel),
        ofAll(Weight.EXPERTS_UP, expert, of, of.dExpert(), dModel),
        ofAll(Weight.EXPERTS_DOWN, expert, of, dModel, of.dExpert()));
  }

  /** Checks that all experts have what the first one, which was read, has for itself. */
  void requireAsFirst(int count) throws IOException {
    for (Weight weight : List.of(Weight.EXPERT_GATE, Weight.EXPERT_UP, Weight.EXPERT_DOWN)) {
      String first = reader.names().has(weight) ? ofOne(weight, 0) : "";
      for (Map.Entry<String, int[]> of : Map.copyOf(reader.asked()).entrySet()) {
        boolean belongs = !first.isEmpty() && of.getKey().startsWith(first + ".");
        for (int expert = 1; belongs && expert < count; expert++) {
          String behind = of.getKey().substring(first.length());
          reader.require(ofOne(weight, expert) + behind, of.getValue());
        }
      }
    }
  }

  private boolean isWhole(Weight weight) {
    return reader.names().has(weight) && reader.isStored(whole(weight));
  }

  /** The whole name of what all experts have in one tensor. */
  private String whole(Weight weight) {
    return block + reader.names().of(weight, name -> reader.isStored(block + name));
  }

  /** The name of a matrix of all experts that is quantised. */
  private String blocks(Weight weight) {
    return reader.names().has(weight) ? reader.names().of(weight) + "_blocks" : "";
  }

  private boolean isStored(String name) {
    return !name.isEmpty() && reader.isStored(block + name);
  }

  private String ofOne(Weight weight, int expert) {
    return block + reader.names().of(weight).formatted(expert);
  }

  /** One expert's part of a matrix of all, [E, out, in], and of the biases beside it, [E, out]. */
  private Linear ofAll(Weight weight, int expert, Experts of, int outputs, int inputs)
      throws IOException {
    String name = block + reader.names().of(weight);
    Tensor part = reader.part(expert, name, of.count(), outputs, inputs);
    String bias = name.replace(".weight", ".bias");
    return new Linear(
        ops.pack(part, WeightLayout.OUT_IN),
        of.bias() ? ops.resident(reader.part(expert, bias, of.count(), outputs)) : null);
  }

  /** Gate and up one after the other, stored by outputs: [E, 2F, D], and down [E, D, F]. */
  private Dense stacked(int expert, Experts of) throws IOException {
    int dModel = config.dModel();
    int n = of.dExpert();
    Tensor both = reader.part(expert, whole(Weight.EXPERTS_GATE_UP), of.count(), 2 * n, dModel);
    Tensor down = reader.part(expert, whole(Weight.EXPERTS_DOWN), of.count(), dModel, n);
    return new Dense(
        new Linear(ops.pack(both, WeightLayout.OUT_IN, 0, n), null),
        new Linear(ops.pack(both, WeightLayout.OUT_IN, n, 2 * n), null),
        new Linear(ops.pack(down, WeightLayout.OUT_IN), null));
  }

  /** Columns gate, up, gate, up, stored by inputs: [E, D, 2F], and down [E, F, D]; with biases. */
  private Dense interleaved(int expert, Experts of) throws IOException {
    int dModel = config.dModel();
    int n = of.dExpert();
    String gateUp = block + reader.names().of(Weight.EXPERTS_GATE_UP);
    String down = block + reader.names().of(Weight.EXPERTS_DOWN);
    float[] both = reader.part(expert, gateUp, of.count(), dModel, 2 * n).toFloats();
    float[] bias = reader.part(expert, gateUp + "_bias", of.count(), 2 * n).toFloats();
    Tensor written = reader.part(expert, down, of.count(), n, dModel);
    Tensor downBias = reader.part(expert, down + "_bias", of.count(), dModel);
    return new Dense(
        every(2, 0, both, bias, dModel, n),
        every(2, 1, both, bias, dModel, n),
        new Linear(ops.pack(written, WeightLayout.IN_OUT), ops.resident(downBias)));
  }

  /** Rows gate, up, gate, up, stored by outputs: [E, 2F, D], and down [E, D, F]; with biases. */
  private Dense quantised(int expert, Experts of) throws IOException {
    int dModel = config.dModel();
    int n = of.dExpert();
    String gateUp = block + reader.names().of(Weight.EXPERTS_GATE_UP);
    String down = block + reader.names().of(Weight.EXPERTS_DOWN);
    Tensor both = reader.part(expert, gateUp + "_blocks", of.count(), 2 * n, dModel);
    Tensor bias = reader.part(expert, gateUp + "_bias", of.count(), 2 * n);
    Tensor written = reader.part(expert, down + "_blocks", of.count(), dModel, n);
    Tensor downBias = reader.part(expert, down + "_bias", of.count(), dModel);
    return new Dense(
        everyOther(0, both, bias),
        everyOther(1, both, bias),
        new Linear(ops.pack(written, WeightLayout.OUT_IN), ops.resident(downBias)));
  }

  private Linear everyOther(int first, Tensor weight, Tensor bias) {
    int[] rows = IntStream.range(0, weight.dim(0) / 2).map(i -> 2 * i + first).toArray();
    return new Linear(
        ops.pack(weight.gather(rows), WeightLayout.OUT_IN),
        ops.resident(bias.toHeap().gather(rows)));
  }

  private Linear every(int step, int first, float[] weight, float[] bias, int inputs, int n) {
    float[] part = new float[inputs * n];
    float[] partBias = new float[n];
    for (int o = 0; o < n; o++) {
      partBias[o] = bias[step * o + first];
      for (int i = 0; i < inputs; i++) {
        part[i * n + o] = weight[i * step * n + step * o + first];
      }
    }
    return new Linear(
        ops.pack(Tensor.of(part, inputs, n), WeightLayout.IN_OUT),
        ops.resident(Tensor.of(partBias, n)));
  }
}
