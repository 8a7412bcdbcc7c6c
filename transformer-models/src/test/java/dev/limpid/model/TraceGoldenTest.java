package dev.limpid.model;

import static dev.limpid.testdata.Close.assertCloseToLargest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.model.config.Residual;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.toy.AllBackends;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The forward pass against Hugging Face in float64, on every backend and every golden model; {@code
 * toy} has a memory of its own.
 */
class TraceGoldenTest {
  /** Float32 against float64, relative to the largest magnitude of the tensor. */
  private static final double TOLERANCE = 1e-4;

  private static final Set<String> IN_EVERY_FILE = Set.of("resid_post", "pattern");

  static Stream<Arguments> goldens() {
    return AllBackends.NAMES.stream()
        .flatMap(
            backend -> TestData.goldens().stream().map(golden -> Arguments.of(backend, golden)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("goldens")
  void everyTensorEqualsHuggingFace(String backend, TestData.Golden golden) throws IOException {
    Transformer model = ModelLoader.open(golden.model(), AllBackends.open(backend));
    SafetensorsFile expected = SafetensorsFile.open(golden.expected(), Arena.ofAuto());
    List<Integer> tokens = Arrays.stream(expected.tensor("tokens").toInts()).boxed().toList();
    ForwardTrace trace = model.trace(tokens, TraceDetail.FULL);

    // A second prompt of a model is compared in states and patterns alone.
    boolean isWhole = expected.names().contains("logits");
    if (isWhole) {
      Tensor logits = trace.logits();
      assertAgree(expected, "logits", logits);
      assertThat(argmax(model, logits))
          .isEqualTo(argmax(model, expected.tensor("logits").toHeap()));
    }
    for (int l = 0; l < trace.nLayers(); l++) {
      LayerTrace layer = trace.layer(l);
      Map<String, Tensor> tensors = tensors(model, l, layer);
      for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
        String name = "layers." + l + "." + tensor.getKey();
        if (isWhole || IN_EVERY_FILE.contains(tensor.getKey())) {
          assertAgree(expected, name, tensor.getValue());
        }
      }
    }
  }

  private static Map<String, Tensor> tensors(Transformer model, int l, LayerTrace layer) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("resid_pre", layer.residPre());
    tensors.put("attn_out", layer.attnOut());
    tensors.put("mlp_out", layer.mlpOut());
    tensors.put("resid_post", layer.residPost());
    tensors.put("pattern", layer.pattern());
    tensors.put("value", layer.value());
    tensors.put("head_out", model.headOut(l, layer));
    Residual residual = model.config().residual();
    if (!residual.isParallel()) {
      tensors.put("resid_mid", layer.residMid());
    }
    @Nullable ExpertTrace experts = layer.experts();
    if (experts == null) {
      tensors.put("neuron_pre", layer.neuronPre());
      tensors.put("neuron_post", layer.neuronPost());
    } else {
      tensors.put("expert_weight", experts.weight());
      tensors.put("expert_out", experts.out());
    }
    if (layer.attentionScale() != null && layer.mlpScale() != null) {
      boolean sums = residual.normsSums();
      tensors.put(sums ? "resid_mid_scale" : "attn_out_scale", layer.attentionScale());
      tensors.put(sums ? "resid_post_scale" : "mlp_out_scale", layer.mlpScale());
    }
    return tensors;
  }

  @Test
  void thereAreGoldens() {
    assertThat(TestData.goldenModels()).hasSizeGreaterThanOrEqualTo(12);
    System.out.println("goldens of the extra data: " + TestData.extraModels());
  }

  private static List<Integer> argmax(Transformer model, Tensor logits) {
    return Stream.iterate(0, t -> t < logits.dim(0), t -> t + 1)
        .map(t -> model.ops().topK(logits.row(t), 1)[0])
        .toList();
  }

  private static void assertAgree(SafetensorsFile expected, String name, Tensor actual)
      throws IOException {
    Tensor wanted = expected.tensor(name);
    assertThat(actual.shape()).as(name).isEqualTo(wanted.shape());
    assertCloseToLargest(name, actual.toFloats(), wanted.toFloats(), TOLERANCE);
  }
}
