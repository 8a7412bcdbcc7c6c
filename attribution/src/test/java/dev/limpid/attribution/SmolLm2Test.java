package dev.limpid.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.attribution.logits.LensReading;
import dev.limpid.attribution.logits.LogitLens;
import dev.limpid.attribution.logits.Prediction;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.model.tokenizer.Tokenizer;
import dev.limpid.model.tokenizer.TokenizerLoader;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real model of 135 M parameters in F16 against Hugging Face in float64. */
@Tag("accuracy")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmolLm2Test {
  private static final double PROBABILITY = 1e-3;
  private static final double CONTRIBUTION = 1e-4;

  private Transformer model;
  private Tokenizer tokenizer;
  private Path expected;

  @BeforeAll
  void load() throws IOException {
    Path folder = TestData.smolLm2();
    model = ModelLoader.open(folder, Backends.open("vector"));
    tokenizer = TokenizerLoader.load(folder).orElseThrow().tokenizer();
    expected = TestData.shared().orElseThrow().resolve("smollm2");
  }

  @Test
  void topTokensAreTheSameInTheSameOrder() throws IOException {
    JsonNode prompts =
        JsonMapper.shared().readTree(Files.readAllBytes(expected.resolve("expected.json")));
    assertThat(prompts.size()).isEqualTo(4);
    for (JsonNode prompt : prompts) {
      List<Integer> tokens = tokenizer.encode(prompt.path("text").asString(), true);
      assertThat(tokens).isEqualTo(ids(prompt.path("input_ids")));
      ForwardTrace trace = model.trace(tokens, TraceDetail.RESIDUALS);

      LensReading reading = new LogitLens(model, 10).reading(trace.logits(tokens.size() - 1));

      for (int i = 0; i < 10; i++) {
        JsonNode top = prompt.path("top").get(i);
        Prediction prediction = reading.top().get(i);
        assertThat(prediction.id()).isEqualTo(top.path("id").asInt());
        assertThat(tokenizer.text(prediction.id())).isEqualTo(top.path("text").asString());
        assertThat(prediction.probability())
            .isCloseTo(top.path("probability").asDouble(), within(PROBABILITY));
      }
    }
  }

  @Test
  void contributionsAreTheSame() throws IOException {
    SafetensorsFile file =
        SafetensorsFile.open(expected.resolve("expected.safetensors"), Arena.ofAuto());
    List<Integer> tokens = Arrays.stream(file.tensor("tokens").toInts()).boxed().toList();
    ForwardTrace trace = model.trace(tokens, TraceDetail.RESIDUALS);

    Contributions contributions = Contributions.of(model, trace);

    for (int l = 0; l < trace.nLayers(); l++) {
      LayerContributions layer = contributions.layers().get(l);
      Tensor attention = file.tensor("layers." + l + ".attention").toHeap();
      for (int q = 0; q < tokens.size(); q++) {
        for (int k = 0; k <= q; k++) {
          for (int h = 0; h < layer.nHeads(); h++) {
            assertThat((double) layer.attention(q, k, h))
                .isCloseTo(attention.get(q, k, h), within(CONTRIBUTION));
          }
        }
      }
      assertRow(file, "layers." + l + ".attention_residual", layer.shares().attentionResidual());
      assertThat(layer.shares().mlpCancelling()).isEqualTo(undefined(file, "layers." + l + ".mlp"));
      assertRow(file, "layers." + l + ".mlp", layer.shares().mlp());
      assertRow(file, "layers." + l + ".mlp_residual", layer.shares().mlpResidual());
    }
  }

  /** The terms of one layer alone would be 1024 * 1024 * 9 * 576 numbers, 22 GB. */
  @Test
  void aLongPromptFitsTheHeap() {
    Random random = new Random(7);
    List<Integer> tokens = random.ints(1024, 0, model.config().dVocab()).boxed().toList();
    ForwardTrace trace = model.trace(tokens, TraceDetail.RESIDUALS);

    Contributions contributions = Contributions.of(model, trace);

    LayerContributions last = contributions.layers().getLast();
    double sum = last.shares().attentionResidual().get(1023);
    for (int k = 0; k < 1024; k++) {
      for (int h = 0; h < last.nHeads(); h++) {
        sum += last.attention(1023, k, h);
      }
    }
    assertThat(sum).isCloseTo(1, within(CONTRIBUTION));
  }

  private static void assertRow(SafetensorsFile file, String name, Tensor actual)
      throws IOException {
    float[] row = file.tensor(name).toFloats();
    for (int t = 0; t < row.length; t++) {
      double wanted = Float.isNaN(row[t]) ? 0 : row[t];
      assertThat((double) actual.get(t)).as(name).isCloseTo(wanted, within(CONTRIBUTION));
    }
  }

  /** Where the truth divided 0 by 0, at cancelling nodes. */
  private static List<Integer> undefined(SafetensorsFile file, String name) throws IOException {
    float[] row = file.tensor(name).toFloats();
    return IntStream.range(0, row.length).filter(t -> Float.isNaN(row[t])).boxed().toList();
  }

  private static List<Integer> ids(JsonNode node) {
    return node.valueStream().map(JsonNode::asInt).toList();
  }
}
