package dev.limpid.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.attribution.Contributions;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.model.tokenizer.LoadedTokenizer;
import dev.limpid.model.tokenizer.TokenizerLoader;
import dev.limpid.model.trace.TraceDetail;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Routes of the bundled models lead to the words their answers come from. */
class DemoRoutesTest {
  private static final int TOP = 3;

  /**
   * The least share of sentences in which the name that is the answer is among the top tokens of
   * the route. The subject, who is named twice, and the words that tell the two apart are the
   * others that the last state has to be built from.
   */
  private static final double LEAST = 0.9;

  static List<Path> models() {
    return TestData.demoModels();
  }

  @ParameterizedTest
  @MethodSource("models")
  void theIndirectObjectIsAmongTheSources(Path folder) throws IOException {
    Transformer model = ModelLoader.open(folder, Backends.open("vector"));
    LoadedTokenizer tokenizer = TokenizerLoader.load(folder).orElseThrow();
    List<String> lines = Files.readAllLines(TestData.prompts().resolve("ioi.jsonl"));
    int[] ranks = new int[TOP + 1];
    for (String line : lines) {
      JsonNode prompt = JsonMapper.shared().readTree(line);
      List<Integer> tokens = tokenizer.prompt(prompt.get("text").stringValue(), true);
      String answer = prompt.get("answer").stringValue();
      int position =
          IntStream.range(0, tokens.size())
              .filter(t -> tokenizer.tokenizer().text(tokens.get(t)).equals(answer))
              .findFirst()
              .orElseThrow();
      ranks[Math.min(TOP, rank(model, tokens, position))]++;
    }
    double share = 1 - (double) ranks[TOP] / lines.size();
    System.out.printf(
        "%s: the indirect object is first, second, third source %d %d %d times of %d: %.3f%n",
        folder.getFileName(), ranks[0], ranks[1], ranks[2], lines.size(), share);
    assertThat(share).isGreaterThanOrEqualTo(LEAST);
  }

  /** How many tokens but the first one have more flow. */
  private static int rank(Transformer model, List<Integer> tokens, int position) {
    FlowGraph graph =
        FlowGraph.of(Contributions.of(model, model.trace(tokens, TraceDetail.RESIDUALS)));
    Route route =
        new RouteExtractor(graph, ThresholdMode.RENORMALISED, 0.04).route(tokens.size() - 1);
    double flow = route.sourceFlow(position);
    return (int)
        IntStream.range(1, tokens.size())
            .filter(t -> t != position && route.sourceFlow(t) >= flow)
            .count();
  }
}
