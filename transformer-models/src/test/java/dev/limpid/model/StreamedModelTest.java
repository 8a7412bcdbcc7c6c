package dev.limpid.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.generate.Generator;
import dev.limpid.model.generate.Step;
import dev.limpid.model.load.LayerStorage;
import dev.limpid.model.load.LoadProgress;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers read when they are needed: the same bits as from memory, and clear words for failures. */
class StreamedModelTest {
  private static final Path GOLDENS = TestData.folder().resolve("goldens");

  @TempDir Path folder;
  private Path weights;

  @BeforeEach
  void copyModel() throws IOException {
    weights = folder.resolve("model.safetensors");
    Path golden = GOLDENS.resolve("opt-biased");
    Files.copy(golden.resolve("config.json"), folder.resolve("config.json"));
    Files.copy(golden.resolve("model.safetensors"), weights);
  }

  private static Transformer open(Path path, TensorOps ops, LayerStorage storage)
      throws IOException {
    return ModelLoader.open(path, ops, storage, LoadProgress.NONE);
  }

  private Transformer streamed() throws IOException {
    return open(folder, Backends.open("vector"), LayerStorage.STREAMED);
  }

  /** All models with safetensors, and GGUF files with floats and with blocks. */
  static Stream<Arguments> models() {
    Stream<Path> ggufs =
        Stream.of("llama-floats", "llama-blocks", "gpt2-blocks", "qwen3")
            .map(name -> GOLDENS.resolve("gguf").resolve(name).resolve("model.gguf"));
    return Stream.concat(TestData.goldenModels().stream(), ggufs)
        .flatMap(path ->
            Stream.of("reference", "vector")
                .map(backend -> Arguments.of(GOLDENS.relativize(path), backend)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("models")
  void givesTheSameBits(Path path, String backend) throws IOException {
    TensorOps ops = Backends.open(backend);
    Transformer inMemory = open(GOLDENS.resolve(path), ops, LayerStorage.IN_MEMORY);
    Transformer streamed = open(GOLDENS.resolve(path), ops, LayerStorage.STREAMED);
    assertThat(inMemory.weights().streamed()).isFalse();
    assertThat(streamed.weights().streamed()).isTrue();
    assertThat(streamed.weights().bytes()).isEqualTo(inMemory.weights().bytes()).isPositive();

    List<Integer> tokens = prompt(inMemory, 1);
    assertThat(bits(streamed, tokens)).isEqualTo(bits(inMemory, tokens));
    assertThat(continued(streamed, tokens)).isEqualTo(continued(inMemory, tokens));
  }

  @Test
  void isSharedBetweenThreads() throws Exception {
    Transformer model = streamed();
    List<List<Integer>> prompts =
        IntStream.range(0, 32).mapToObj(seed -> prompt(model, seed)).toList();
    List<List<IntBuffer>> alone = prompts.stream().map(tokens -> bits(model, tokens)).toList();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<List<IntBuffer>>> together =
          prompts.stream().map(tokens -> threads.submit(() -> bits(model, tokens))).toList();
      for (int i = 0; i < prompts.size(); i++) {
        assertThat(result(together.get(i))).isEqualTo(alone.get(i));
      }
    }
  }

  private static <T> T result(Future<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }

  @Test
  void layersAreReadInAnyOrder() throws IOException {
    Transformer inMemory = open(folder, Backends.open("vector"), LayerStorage.IN_MEMORY);
    Transformer model = streamed();
    ForwardTrace trace = inMemory.trace(prompt(model, 3), TraceDetail.FULL);
    for (int layer : new int[] {1, 0, 0, 1, 1, 0}) {
      assertThat(bits(model.block(layer, trace.residPre(layer))))
          .isEqualTo(bits(trace.layer(layer)));
    }
    assertThatThrownBy(() -> model.weights().block(2))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void afterTheFileWasCutOff() throws IOException {
    Transformer model = streamed();
    byte[] bytes = Files.readAllBytes(weights);
    Files.write(weights, Arrays.copyOf(bytes, bytes.length - 1));
    assertFails(model, "model.safetensors", "cut off while it was read");
  }

  @Test
  void afterTheFileWasReplaced() throws IOException {
    Transformer model = streamed();
    Files.setLastModifiedTime(weights, FileTime.fromMillis(1));
    assertFails(model, "model.safetensors: was changed while the model was in use; open");
  }

  @Test
  void afterTheFileWasRemoved() throws IOException {
    Transformer model = streamed();
    Files.delete(weights);
    assertFails(model, "model.safetensors");
  }

  @Test
  void weightsThatAreNoNumbersAreFoundWhenTheyAreRead() throws IOException {
    putNaN("layers.1.fc1.weight", 0);

    String words = "layers.1.fc1.weight' has weights that are NaN or infinite";
    assertFails(streamed(), words);
    assertThatThrownBy(() -> open(folder, Backends.open("vector"), LayerStorage.IN_MEMORY))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(words);
  }

  private void putNaN(String tensor, int element) throws IOException {
    byte[] file = Files.readAllBytes(weights);
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int header = Math.toIntExact(bytes.getLong(0));
    Matcher offset =
        Pattern.compile(Pattern.quote(tensor) + "\":\\{[^}]*\"data_offsets\":\\[(\\d+)")
            .matcher(new String(file, 8, header, StandardCharsets.UTF_8));
    assertThat(offset.find()).isTrue();
    bytes.putFloat(8 + header + Integer.parseInt(offset.group(1)) + 4 * element, Float.NaN);
    Files.write(weights, file);
  }

  /** Of the first layer one is read when the model is opened, to know how large they are. */
  @Test
  void expertsThatNoPositionGoesToAreNotRead() throws IOException {
    Path golden = GOLDENS.resolve("mixtral");
    StandardCopyOption over = StandardCopyOption.REPLACE_EXISTING;
    Files.copy(golden.resolve("config.json"), folder.resolve("config.json"), over);
    Files.copy(golden.resolve("model.safetensors"), weights, over);
    ForwardTrace trace = streamed().trace(List.of(1), TraceDetail.FULL);
    ModelConfig config = trace.config();
    int ofExpert = 2 * config.mlp().experts().orElseThrow().dExpert() * config.dModel();
    int unread = 0;
    for (int layer = 0; layer < trace.nLayers(); layer++) {
      ExpertTrace experts = Objects.requireNonNull(trace.layer(layer).experts());
      for (int expert = 1; expert < experts.router().dim(1); expert++) {
        if (!experts.chosen().getFirst().contains(expert)) {
          putNaN("layers.%d.mlp.experts.gate_up_proj".formatted(layer), expert * ofExpert);
          unread++;
        }
      }
    }
    assertThat(unread).isGreaterThan(trace.nLayers());
    assertThat(bits(streamed().trace(List.of(1), TraceDetail.FULL).logits()))
        .isEqualTo(bits(trace.logits()));
    assertThatThrownBy(() -> open(folder, Backends.open("vector"), LayerStorage.IN_MEMORY))
        .hasMessageContaining("gate_up_proj' has weights that are NaN or infinite");
  }

  /** A header is checked whole, whatever is read of the data. */
  @Test
  void weightsThatAreMissingAreFoundWhenTheModelIsOpened() throws IOException {
    String file = Files.readString(weights, StandardCharsets.ISO_8859_1);
    Files.writeString(
        weights,
        file.replace("layers.1.fc1.weight", "layers.9.fc1.weight"),
        StandardCharsets.ISO_8859_1);
    assertThatThrownBy(this::streamed)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("layers.1.fc1.weight' is not in the checkpoint");
  }

  private static void assertFails(Transformer model, String... words) {
    assertThatThrownBy(() -> model.trace(List.of(1, 2), TraceDetail.FULL))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContainingAll(words);
  }

  private static List<Integer> prompt(Transformer model, int seed) {
    int length = Math.min(7, model.config().nContext() - 4);
    return new Random(seed).ints(length, 0, model.config().dVocab()).boxed().toList();
  }

  private static List<IntBuffer> bits(Transformer model, List<Integer> tokens) {
    ForwardTrace trace = model.trace(tokens, TraceDetail.FULL);
    List<IntBuffer> all = new ArrayList<>(List.of(bits(trace.logits())));
    for (int l = 0; l < trace.nLayers(); l++) {
      all.addAll(bits(trace.layer(l)));
      all.add(bits(model.headOut(l, trace.layer(l))));
    }
    return all;
  }

  private static List<IntBuffer> bits(LayerTrace layer) {
    return Stream.of(
            layer.residPre(),
            layer.attnOut(),
            layer.residMid(),
            layer.mlpOut(),
            layer.residPost(),
            layer.pattern(),
            layer.value(),
            layer.neuronPre(),
            layer.neuronPost())
        .map(StreamedModelTest::bits)
        .toList();
  }

  private static IntBuffer bits(Tensor tensor) {
    float[] values = tensor.toFloats();
    return IntBuffer.wrap(
        IntStream.range(0, values.length).map(i -> Float.floatToRawIntBits(values[i])).toArray());
  }

  private static List<Integer> continued(Transformer model, List<Integer> tokens) {
    List<Integer> continued = new ArrayList<>();
    new Generator(model, tokens, 4).forEachRemaining((Step step) -> continued.add(step.token()));
    return continued;
  }
}
