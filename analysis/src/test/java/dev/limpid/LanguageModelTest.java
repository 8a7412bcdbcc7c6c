package dev.limpid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.models.ModelNotFoundException;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Models by their names, and what is the same for all prompts. */
class LanguageModelTest {

  @Test
  void opensABundledModelByItsName() throws Exception {
    LanguageModel model = DemoModel.open();
    assertThat(model.view().name()).isEqualTo("demo-gpt2");
    assertThat(model.view().family()).isEqualTo("gpt2");
    assertThat(model.tokens(DemoModel.PROMPT)).hasSize(15);
  }

  @Test
  void opensAFolderAndAGgufFile() throws Exception {
    Path goldens = TestData.folder().resolve("goldens");
    LanguageModel folder =
        LanguageModel.open(goldens.resolve("opt-biased").toString(), DemoModel.settings());
    assertThat(folder.view().family()).isEqualTo("opt");
    LanguageModel gguf =
        LanguageModel.open(
            goldens.resolve("gguf/llama-floats/model.gguf").toString(), DemoModel.settings());
    assertThat(gguf.view().family()).isEqualTo("llama");
  }

  @Test
  void whoeverOpensAQuantisedModelHearsOfIt() throws IOException {
    Path gguf = TestData.folder().resolve("goldens/gguf/gpt2-blocks/model.gguf");
    List<String> warnings = new ArrayList<>();
    LanguageModel.open(gguf.toString(), DemoModel.settings().withWarnings(warnings::add));
    assertThat(warnings)
        .singleElement()
        .asString()
        .endsWith(
            "model.gguf is quantised (2 in Q4_0, 2 in Q4_1, 3 in Q8_0 of 28 tensors): results are"
                + " those of the quantised model");
  }

  @Test
  void aNameThatIsNoneSaysWhereItLooked() {
    assertThatThrownBy(() -> LanguageModel.open("nowhere", DemoModel.settings()))
        .isInstanceOf(ModelNotFoundException.class)
        .hasMessageContaining("model 'nowhere': not found; looked at:");
    assertThatThrownBy(() -> LanguageModel.open("demo-gpt3", DemoModel.settings()))
        .isInstanceOf(ModelNotFoundException.class)
        .hasMessageContaining("model 'demo-gpt3': not found; did you mean demo-gpt2?");
  }

  @Test
  void putsTheBosInFrontThatTheFamilyHas() throws Exception {
    LanguageModel model = DemoModel.open();
    List<Integer> tokens = model.tokens("When");
    assertThat(tokens).hasSize(2);
    assertThat(tokens.getFirst()).isEqualTo(model.transformer().config().bosId().getAsInt());
    assertThat(model.analyse(tokens).prompt().tokens()).isEqualTo(tokens);
  }

  @Test
  void aPromptThatIsNoneIsRefusedInOneLine() throws IOException {
    LanguageModel model = DemoModel.open();
    assertThatThrownBy(() -> model.analyse(List.of()))
        .isInstanceOf(PromptRefusedException.class)
        .hasMessage("the prompt is empty and gets no BOS; give some text, or --bos");
    assertThatThrownBy(() -> model.analyse(List.of(1, 999_999)))
        .isInstanceOf(QuestionException.class)
        .hasMessageContaining("token 999999 at position 1 is not in the vocabulary");
  }

  @Test
  void tellsWhatMakesItsNumbers() throws IOException {
    Map<String, String> facts = DemoModel.open().facts();
    assertThat(facts.keySet())
        .containsExactly("model", "model_sha256", "tokenizer", "backend", "limpid_version", "jdk");
    assertThat(facts.get("model_sha256")).matches("[0-9a-f]{64}");
    assertThat(facts.get("tokenizer")).matches("tokenizer.json sha256:[0-9a-f]{64}");
    assertThat(facts.get("limpid_version")).isEqualTo(Version.limpid()).doesNotContain("$");
  }

  @Test
  void countsTheLayersThatItReads() throws IOException {
    List<Integer> done = new ArrayList<>();
    Settings settings =
        DemoModel.settings().withProgress((phase, count, all) -> done.add(10 * count + all));
    LanguageModel model = LanguageModel.open("demo-gpt2", settings);
    int nLayers = model.transformer().config().nLayers();
    assertThat(done).hasSize(nLayers).last().isEqualTo(11 * nLayers);
  }

  @Test
  void threadsAndBackendAreChosen() throws IOException {
    Settings settings = DemoModel.settings();
    assertThat(provenance(settings.withThreads(1))).startsWith("vector: ").contains("1 thread");
    assertThat(provenance(settings.withThreads(3))).contains("3 threads");
    assertThat(provenance(settings.withBackend("reference"))).startsWith("reference: ");
  }

  private static String provenance(Settings settings) throws IOException {
    return LanguageModel.open("demo-gpt2", settings).transformer().provenance().backend();
  }
}
