package dev.limpid.model.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.model.config.ModelConfigException;
import dev.limpid.model.tokenizer.LoadedTokenizer;
import dev.limpid.model.tokenizer.MalformedTokenizerException;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A model's files are opened once, and their prompts are those of the family. */
class ModelFilesTest {
  private static final String TEXT = "Mary";

  /** What GPT-2's tokenizer says of itself where it names its tokens. */
  private static final String NAMES_BOS = "{\"bos_token\": \"<|endoftext|>\"}";

  private static final String ADDS_BOS =
      "{\"bos_token\": \"<|endoftext|>\", \"add_bos_token\": true}";

  @TempDir Path folder;

  private static Path gguf(String name) {
    return TestData.folder().resolve("goldens/gguf").resolve(name).resolve("model.gguf");
  }

  private static Path tokenizer(String model) {
    return TestData.folder().resolve("models").resolve(model).resolve("tokenizer.json");
  }

  /** A model of a family and no weights, with as many tokens as the demos' tokenizers have. */
  private void config(String modelType) throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"model_type": "%s", "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 3,
         "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 2000,
         "max_position_embeddings": 50, "n_positions": 50, "bos_token_id": null,
         "rotary_dim": 16,
         "text_config": {"vocab_size": 2000, "num_hidden_layers": 3,
                         "max_position_embeddings": 50}}
        """
            .formatted(modelType));
  }

  /** GPT-2's way, without a template, or Llama's and OPT's, with one. */
  private void tokenizer(String model, String config) throws IOException {
    Files.copy(
        tokenizer(model), folder.resolve("tokenizer.json"), StandardCopyOption.REPLACE_EXISTING);
    Files.writeString(folder.resolve("tokenizer_config.json"), config);
  }

  private int bos(ModelFiles files) throws IOException {
    return files.tokenizer().orElseThrow().specialTokens().bos().orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(Architecture.class)
  void aTextGetsTheBosOfItsFamily(Architecture family) throws IOException, PromptException {
    config(family.modelType());
    tokenizer("demo-gpt2", NAMES_BOS);
    ModelFiles silent = ModelFiles.open(folder);
    List<Integer> without = silent.tokens(TEXT, false);
    List<Integer> with = silent.tokens(TEXT, true);
    assertThat(without).isNotEmpty().doesNotContain(bos(silent));
    assertThat(with).startsWith(bos(silent)).endsWith(without.toArray(Integer[]::new));
    assertThat(with).hasSize(without.size() + 1);
    boolean always = family == Architecture.GPT2 || family == Architecture.OPT;
    assertThat(silent.tokens(TEXT)).isEqualTo(always ? with : without);

    tokenizer("demo-gpt2", ADDS_BOS);
    assertThat(ModelFiles.open(folder).tokens(TEXT)).isEqualTo(with);

    tokenizer("demo-llama", "{}");
    ModelFiles template = ModelFiles.open(folder);
    assertThat(template.tokens(TEXT)).startsWith(1).isEqualTo(template.tokens(TEXT, true));
    assertThat(template.tokens(TEXT, false)).doesNotContain(1);
  }

  @Test
  void aGgufFileSaysItselfWhetherItAddsABos() throws IOException, PromptException {
    ModelFiles gpt2 = ModelFiles.open(gguf("gpt2-blocks"));
    assertThat(gpt2.tokenizer().orElseThrow().specialTokens().addsBos()).isFalse();
    assertThat(gpt2.tokens("a")).isEqualTo(gpt2.tokens("a", true)).startsWith(960);
    ModelFiles llama = ModelFiles.open(gguf("llama-blocks"));
    assertThat(llama.tokens("a")).isEqualTo(llama.tokens("a", true)).startsWith(bos(llama));
  }

  @Test
  void whereTheTokenizerNamesNoBosTheConfigDoes() throws IOException, PromptException {
    tokenizer("demo-gpt2", "{}");
    config("gpt2");
    ModelFiles nobody = ModelFiles.open(folder);
    assertRefused(
        () -> nobody.tokens(TEXT),
        folder + ": neither tokenizer nor config.json names a BOS; give --no-bos");
    List<Integer> without = nobody.tokens(TEXT, false);

    Path config = folder.resolve("config.json");
    Files.writeString(
        config, Files.readString(config).replace("\"bos_token_id\": null", "\"bos_token_id\": 7"));
    List<Integer> expected = new ArrayList<>(List.of(7));
    expected.addAll(without);
    assertThat(ModelFiles.open(folder).tokens(TEXT)).isEqualTo(expected);
  }

  @Test
  void promptsThatAreNoneAreRefusedInOneLine() throws IOException {
    config("llama");
    ModelFiles bare = ModelFiles.open(folder);
    assertThat(bare.tokenizer()).isEmpty();
    String noTokenizer =
        folder + ": no tokenizer here, so a text cannot be read; give --tokens 1,2,3";
    assertRefused(() -> bare.tokens(TEXT), noTokenizer);
    assertRefused(() -> bare.tokens(TEXT, false), noTokenizer);

    tokenizer("demo-gpt2", NAMES_BOS);
    ModelFiles files = ModelFiles.open(folder);
    String empty = "the prompt is empty and gets no BOS; give some text, or --bos";
    assertRefused(() -> files.tokens(""), empty);
    assertRefused(() -> valid(files, List.of()), empty);
    String longer = "the prompt has 51 tokens, the model's context holds 50; shorten it";
    assertRefused(() -> valid(files, Collections.nCopies(51, 3)), longer);
    assertRefused(
        () -> valid(files, List.of(0, 1999, 2000)),
        "token 2000 at position 2 is not in the vocabulary; ids go from 0 to 1999");
    assertRefused(
        () -> valid(files, List.of(-1)),
        "token -1 at position 0 is not in the vocabulary; ids go from 0 to 1999");
  }

  private static boolean valid(ModelFiles files, List<Integer> ids)
      throws IOException, PromptException {
    files.requireValid(ids);
    return true;
  }

  private static void assertRefused(Callable<?> prompt, String message) {
    assertThatThrownBy(prompt::call).isInstanceOf(PromptException.class).hasMessage(message);
  }

  @Test
  void whatAGgufFileSaidIsNotReadAgain() throws IOException, PromptException {
    Path file = Files.copy(gguf("llama-blocks"), folder.resolve("model.gguf"));
    ModelFiles files = ModelFiles.open(file);
    List<Integer> tokens = files.tokens("abc", true);
    LoadedTokenizer tokenizer = files.tokenizer().orElseThrow();

    Path garbage = Files.writeString(folder.resolve("garbage"), "no model at all");
    Files.move(garbage, file, StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> ModelFiles.open(file)).isInstanceOf(IOException.class);

    assertThat(files.name()).isEqualTo("model.gguf");
    assertThat(files.modelType()).isEqualTo("llama");
    assertThat(files.config()).isEqualTo(ModelFiles.open(gguf("llama-blocks")).config());
    assertThat(files.quantisation())
        .isEqualTo(ModelFiles.open(gguf("llama-blocks")).quantisation());
    assertThat(files.weightFiles()).containsExactly(file);
    assertThat(files.tokenizer()).containsSame(tokenizer);
    assertThat(files.tokens("abc", true)).isEqualTo(tokens);
    assertThatThrownBy(() -> open(files))
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining("was cut off");
  }

  @Test
  void whatAFolderSaidIsNotReadAgain() throws IOException, PromptException {
    config("qwen2");
    tokenizer("demo-llama", "{}");
    ModelFiles files = ModelFiles.open(folder);
    List<Integer> tokens = files.tokens(TEXT);
    for (String name : List.of("config.json", "tokenizer.json", "tokenizer_config.json")) {
      Files.delete(folder.resolve(name));
    }
    assertThat(files.name()).isEqualTo(folder.getFileName().toString());
    assertThat(files.modelType()).isEqualTo("qwen2");
    assertThat(files.config().nContext()).isEqualTo(50);
    assertThat(files.tokens(TEXT)).isEqualTo(tokens);
    assertThat(files.quantisation()).isEmpty();
  }

  @Test
  void manyThreadsGetOneTokenizer() throws Exception {
    Path demo = TestData.folder().resolve("models/demo-opt");
    ModelFiles files = ModelFiles.open(demo);
    List<Callable<Optional<LoadedTokenizer>>> askers = new ArrayList<>();
    for (int thread = 0; thread < 7; thread++) {
      askers.add(files::tokenizer);
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(askers.size())) {
      for (Future<Optional<LoadedTokenizer>> answer : threads.invokeAll(askers)) {
        assertThat(answer.get()).containsSame(files.tokenizer().orElseThrow());
      }
    }
  }

  @Test
  void aReadingThatFailedIsTriedAgain() throws IOException {
    config("llama");
    ModelFiles files = ModelFiles.open(folder);
    Files.writeString(folder.resolve("tokenizer.json"), "{");
    assertThatThrownBy(files::tokenizer).isInstanceOf(MalformedTokenizerException.class);
    tokenizer("demo-llama", "{}");
    assertThat(files.tokenizer()).isPresent();
  }

  @Test
  void familiesThatAreNotSupportedAreNamed() throws IOException {
    config("mamba");
    ModelFiles mamba = ModelFiles.open(folder);
    assertThat(mamba.modelType()).isEqualTo("mamba");
    assertThatThrownBy(mamba::config)
        .isInstanceOf(ModelConfigException.class)
        .hasMessage(
            folder.resolve("config.json")
                + ": model_type 'mamba' is not supported; supported: gpt2, gpt_bigcode, gpt_neo,"
                + " gptj, gpt_neox, bloom, falcon, opt, llama, mistral, qwen2, qwen3, starcoder2,"
                + " smollm3, granite, seed_oss, ernie4_5, internlm2, glm4, exaone4, arcee, nemotron,"
                + " stablelm, phi, phi3, gemma, gemma2, gemma3_text, gemma3, olmo,"
                + " olmo2, olmo3, cohere, cohere2, mixtral, qwen2_moe, qwen3_moe,"
                + " granitemoe, granitemoeshared, olmoe, gpt_oss");
    assertThatThrownBy(() -> open(mamba)).hasMessageContaining("'mamba' is not supported");
    Files.writeString(folder.resolve("config.json"), "{}");
    assertThat(ModelFiles.open(folder).modelType()).isEqualTo("unknown");
  }

  @Test
  void whatIsNoModelIsSaid() throws IOException {
    Path nothing = folder.resolve("nothing");
    assertThatThrownBy(() -> ModelFiles.open(nothing)).hasMessage(nothing + ": no such folder");
    assertThatThrownBy(() -> ModelFiles.open(folder))
        .hasMessage(folder + ": no config.json here; a model folder has one");
  }

  @Test
  void quantisedWeightsAreCounted() throws IOException {
    assertThat(ModelFiles.open(gguf("llama-floats")).quantisation()).isEmpty();
    assertThat(ModelFiles.open(gguf("llama-blocks")).quantisation())
        .hasValue("5 in Q4_0, 6 in Q4_1, 4 in Q8_0 of 20 tensors");
  }

  private static Object open(ModelFiles files) throws IOException {
    return files.open(Backends.open("reference"), LayerStorage.AUTOMATIC, LoadProgress.NONE);
  }
}
