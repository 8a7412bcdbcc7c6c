package dev.limpid.model.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.model.Transformer;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.model.tokenizer.LoadedTokenizer;
import dev.limpid.model.tokenizer.TextStream;
import dev.limpid.model.tokenizer.TokenizerLoader;
import dev.limpid.tensor.ops.toy.AllBackends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Greedy texts against those of other implementations. */
class GeneratorGoldenTest {
  static List<String> backends() {
    return AllBackends.NAMES;
  }

  @ParameterizedTest
  @MethodSource("backends")
  void theBundledModelsContinueAsInHuggingFace(String backend) throws IOException {
    JsonNode goldens =
        JsonMapper.shared()
            .readTree(
                Files.readString(TestData.folder().resolve("goldens/generation/greedy.json")));
    assertThat(goldens).hasSizeGreaterThan(8);
    for (JsonNode golden : goldens) {
      Path folder = TestData.folder().resolve("models").resolve(golden.path("model").asString());
      Transformer model = ModelLoader.open(folder, AllBackends.open(backend));
      List<Integer> tokens = new ArrayList<>();
      new Generator(model, ids(golden.path("prompt")), 40)
          .forEachRemaining(step -> tokens.add(step.token()));
      assertThat(tokens).as("%s", golden).isEqualTo(ids(golden.path("continuation")));
    }
  }

  private static List<Integer> ids(JsonNode list) {
    return list.valueStream().map(JsonNode::asInt).toList();
  }

  /** llama2.c's own text; runs where there are extra data. */
  @ParameterizedTest
  @MethodSource("backends")
  void stories260kTellsLlama2cStory(String backend) throws IOException {
    List<Path> folders =
        TestData.extraModels().stream()
            .filter(folder -> Files.exists(folder.resolve("expected_greedy.json")))
            .toList();
    System.out.println("models with a greedy text by another author: " + folders);
    for (Path folder : folders) {
      JsonNode expected =
          JsonMapper.shared().readTree(Files.readString(folder.resolve("expected_greedy.json")));
      Transformer model = ModelLoader.open(folder, AllBackends.open(backend));
      LoadedTokenizer tokenizer = TokenizerLoader.load(folder).orElseThrow();
      List<Integer> prompt = List.of(1);
      TextStream text = new TextStream(tokenizer, prompt);
      StringBuilder story = new StringBuilder();
      GenerationOptions options = new GenerationOptions(Sampling.GREEDY, 200, Set.of());
      new Generator(model, prompt, options)
          .forEachRemaining(step -> story.append(text.add(step.token())));
      story.append(text.end());
      assertThat(story.toString()).isEqualTo(expected.path("after_200_steps").asString());
    }
  }
}
