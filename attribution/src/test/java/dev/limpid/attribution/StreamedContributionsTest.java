package dev.limpid.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.LayerStorage;
import dev.limpid.model.load.LoadProgress;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.IntBuffer;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contributions of a model whose layers are read when they are needed: the same bits. */
class StreamedContributionsTest {
  private static List<IntBuffer> contributions(
      String path, LayerStorage storage, TraceDetail detail) throws IOException {
    Transformer model =
        ModelLoader.open(
            TestData.folder().resolve(path), Backends.open("vector"), storage, LoadProgress.NONE);
    int length = Math.min(23, model.config().nContext()); // beyond the kernel for short prompts
    List<Integer> tokens =
        IntStream.range(0, length).map(t -> 7 * t % model.config().dVocab()).boxed().toList();
    ForwardTrace trace = model.trace(tokens, detail);
    return Contributions.of(model, trace).layers().stream()
        .flatMap(layer ->
            Stream.of(
                layer.attention(),
                layer.shares().attentionResidual(),
                layer.shares().attentionBias(),
                layer.shares().mlp(),
                layer.shares().mlpResidual(),
                layer.shares().mlpBias()))
        .map(StreamedContributionsTest::bits)
        .toList();
  }

  private static IntBuffer bits(Tensor tensor) {
    float[] values = tensor.toFloats();
    return IntBuffer.wrap(
        IntStream.range(0, values.length).map(i -> Float.floatToRawIntBits(values[i])).toArray());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "models/demo-gpt2",
        "models/demo-llama",
        "goldens/opt-biased",
        "goldens/mistral-sliding-window",
        "goldens/gguf/llama-blocks/model.gguf"
      })
  void areTheSame(String path) throws IOException {
    List<IntBuffer> expected = contributions(path, LayerStorage.IN_MEMORY, TraceDetail.FULL);
    for (TraceDetail detail : TraceDetail.values()) {
      assertThat(contributions(path, LayerStorage.STREAMED, detail)).isEqualTo(expected);
    }
  }
}
