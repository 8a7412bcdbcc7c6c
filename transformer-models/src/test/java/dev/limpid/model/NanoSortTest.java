package dev.limpid.model;

import static dev.limpid.testdata.Close.assertCloseToLargest;

import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every step of a block against activations that another author dumped from his own code (the
 * sorting model of bbycroft/llm-viz); runs where there are extra data.
 */
class NanoSortTest {
  /** Relative to the largest magnitude; theirs are float32 as well. */
  private static final double TOLERANCE = 1e-5;

  private static final int BATCH = 3;

  static List<Arguments> runs() {
    List<Path> folders =
        TestData.extraModels().stream()
            .filter(folder -> Files.exists(folder.resolve("partials.json")))
            .toList();
    System.out.println("models with activations by another author: " + folders);
    return folders.stream()
        .flatMap(folder ->
            Stream.of("reference", "vector")
                .flatMap(backend ->
                    IntStream.range(0, BATCH).mapToObj(b -> Arguments.of(folder, backend, b))))
        .toList();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("runs")
  void everyStepOfTheBlockIsTheSame(Path folder, String backend, int prompt) throws IOException {
    JsonNode partials =
        JsonMapper.shared().readTree(Files.readAllBytes(folder.resolve("partials.json")));
    List<Integer> tokens = new ArrayList<>();
    for (float id : floats(partials, "idx", prompt)) {
      tokens.add((int) id);
    }
    Transformer model = ModelLoader.open(folder, Backends.open(backend));
    ForwardTrace trace = model.trace(tokens, TraceDetail.FULL);
    LayerTrace first = trace.layer(0);

    assertAgree(partials, "x", prompt, first.residPre());
    assertAgree(partials, "attSm", prompt, first.pattern());
    assertAgree(partials, "yProj", prompt, first.attnOut());
    assertAgree(partials, "attnResid", prompt, first.residMid());
    assertAgree(partials, "fc", prompt, first.neuronPre());
    assertAgree(partials, "gelu", prompt, first.neuronPost());
    assertAgree(partials, "mlp", prompt, first.mlpOut());
    assertAgree(partials, "mlpResid", prompt, first.residPost());
    for (int l = 0; l < trace.nLayers(); l++) {
      assertAgree(partials, "block" + l, prompt, trace.layer(l).residPost());
    }
    assertAgree(partials, "ln_f", prompt, model.unembedding().normed(trace.finalResidual()));
    assertAgree(partials, "lm_head", prompt, trace.logits());
  }

  private static void assertAgree(JsonNode partials, String name, int prompt, Tensor actual) {
    assertCloseToLargest(name, actual.toFloats(), floats(partials, name, prompt), TOLERANCE);
  }

  /** The part of a batched array that belongs to one prompt. */
  private static float[] floats(JsonNode partials, String name, int prompt) {
    byte[] bytes = Base64.getDecoder().decode(partials.path(name).path("data").asString());
    float[] all = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(all);
    int each = all.length / BATCH;
    return Arrays.copyOfRange(all, prompt * each, (prompt + 1) * each);
  }
}
