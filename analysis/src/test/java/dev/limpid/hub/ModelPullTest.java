package dev.limpid.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.testdata.FakeHub;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelPullTest {
  private static final String MODEL = "org/name";
  private static final String WEIGHTS = "model.safetensors";

  @TempDir private Path models;
  private FakeHub hub;
  private final byte[] weights = new byte[200_003];
  private Duration patience = Duration.ofSeconds(30);
  private final List<String> warnings = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    new Random(7).nextBytes(weights);
    hub =
        new FakeHub()
            .with("config.json", "{\"model_type\":\"gpt2\"}")
            .with("tokenizer.json", "{}")
            .with("README.md", "---\nlicense: mit\n---\n")
            .with("train.py", "not wanted")
            .with(WEIGHTS, weights);
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private ModelPull.Result pull(String token) throws IOException {
    HubSettings settings =
        new HubSettings(
            hub.address(),
            Optional.of(token).filter(t -> !t.isEmpty()),
            EnvironmentProxies.of(Map.of()),
            patience,
            Duration.ofMillis(1));
    PullListener listener =
        new PullListener() {
          @Override
          public void progress(String file, long done, long total) {
            assertThat(done).isBetween(0L, total);
          }

          @Override
          public void warning(String message) {
            warnings.add(message);
          }
        };
    return new ModelPull(settings, listener).pull(MODEL, models);
  }

  private Path folder() {
    return models.resolve(MODEL);
  }

  private void assertWhole() throws IOException {
    assertThat(names()).containsExactly("README.md", "config.json", WEIGHTS, "tokenizer.json");
    assertThat(folder().resolve(WEIGHTS)).hasBinaryContent(weights);
    assertThat(folder().resolve("config.json")).hasContent("{\"model_type\":\"gpt2\"}");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void bringsWhatAModelNeedsAndNoMore() throws IOException {
    ModelPull.Result result = pull("");
    assertWhole();
    assertThat(result.files()).isEqualTo(4);
    assertThat(result.fetched()).isEqualTo(4);
    assertThat(result.folder()).isEqualTo(folder());
    assertThat(hub.seen()).noneMatch(FakeHub.Seen::token);
  }

  @Test
  void aSecondPullDownloadsNothing() throws IOException {
    pull("");
    assertThat(pull("").fetched()).isZero();
    assertThat(hub.downloads(WEIGHTS)).hasSize(1);
  }

  @Test
  void aMirrorWithoutAListDoes() throws IOException {
    hub.withoutList();
    pull("");
    assertWhole();
  }

  /** What had arrived but was not read yet when a connection breaks may be lost, and sent again. */
  @Test
  void goesOnWhereConnectionsBreak() throws IOException {
    hub.breakingOff(3, 30_000);
    pull("");
    assertWhole();
    List<FakeHub.Seen> downloads = hub.downloads(WEIGHTS);
    assertThat(downloads).hasSize(4);
    assertThat(downloads.getFirst().range()).isNull();
    int reached = 0;
    for (FakeHub.Seen again : downloads.subList(1, 4)) {
      String range = Objects.requireNonNull(again.range());
      assertThat(range).matches("bytes=[1-9][0-9]*-");
      int from = Integer.parseInt(range.replaceAll("[^0-9]", ""));
      assertThat(from).isBetween(reached + 1, reached + 30_000);
      reached = from;
    }
  }

  @Test
  void goesOnWhenTheServerFallsSilent() throws IOException {
    patience = Duration.ofSeconds(2);
    hub.stalling(50_000);
    pull("");
    assertWhole();
  }

  @Test
  void waitsForAServerThatIsBusy() throws IOException {
    hub.failing(2);
    pull("");
    assertWhole();
  }

  @Test
  void givesUpAndGoesOnNextTime() throws IOException {
    Files.createDirectories(folder());
    hub.failing(100);
    assertThatThrownBy(() -> pull(""))
        .hasMessageContaining("model.safetensors: the download broke off")
        .hasMessageContaining("503");
    assertThat(names()).doesNotContain("config.json");
    Files.write(folder().resolve(WEIGHTS + ".part"), java.util.Arrays.copyOf(weights, 77_777));
    hub.failing(0);
    pull("");
    assertWhole();
    assertThat(hub.downloads(WEIGHTS).getLast().range()).isEqualTo("bytes=77777-");
  }

  @Test
  void startsAgainWhenTheServerCannotResume() throws IOException {
    Files.createDirectories(folder());
    Files.write(folder().resolve(WEIGHTS + ".part"), new byte[100]);
    hub.ignoringRanges();
    pull("");
    assertWhole();
    assertThat(warnings).isEmpty();
  }

  @Test
  void startsAgainWhenThePartIsOfAnotherVersion() throws IOException {
    Files.createDirectories(folder());
    Files.write(folder().resolve(WEIGHTS + ".part"), new byte[100]);
    pull("");
    assertWhole();
    assertThat(warnings).singleElement().asString().contains("does not fit");
  }

  @Test
  void replacesAFileThatWasDamagedLater() throws IOException {
    pull("");
    Files.write(folder().resolve(WEIGHTS), new byte[weights.length]);
    assertThat(pull("").fetched()).isEqualTo(1);
    assertWhole();
  }

  @Test
  void contentWithAnotherHashIsNotKept() throws IOException {
    hub.announcing("ab".repeat(32));
    assertThatThrownBy(() -> pull("")).hasMessageContaining("arrived damaged");
    assertThat(names()).noneMatch(name -> name.startsWith(WEIGHTS) || name.equals("config.json"));
  }

  @Test
  void theTokenStaysWithTheHub() throws IOException {
    hub.asking("secret");
    pull("secret");
    assertWhole();
    assertThat(hub.seen()).allMatch(seen -> seen.token() == seen.server().equals("hub"));
    assertThat(hub.downloads(WEIGHTS)).hasSize(1);
  }

  @Test
  void saysWhatToDoWithoutToken() {
    hub.asking("secret");
    assertThatThrownBy(() -> pull(""))
        .hasMessageContaining("org/name: not found at http://127.0.0.1")
        .hasMessageContaining("set HF_TOKEN");
    assertThatThrownBy(() -> pull("wrong"))
        .hasMessageContaining("refuses the token in HF_TOKEN (401)");
  }

  @Test
  void saysThatThereIsNoSuchModel() throws IOException {
    hub.close();
    hub = new FakeHub().withoutList();
    assertThatThrownBy(() -> pull("")).hasMessageContaining("org/name: not found at");
    assertThat(models).isEmptyDirectory();
  }

  @Test
  void saysHowToConvertPickles() throws IOException {
    hub.close();
    hub = new FakeHub().with("config.json", "{}").with("pytorch_model.bin", "x");
    assertThatThrownBy(() -> pull("")).hasMessageContaining("save_pretrained");
    hub.withoutList();
    assertThatThrownBy(() -> pull("")).hasMessageContaining("save_pretrained");
  }

  @Test
  void bringsEveryShardOfAnIndex() throws IOException {
    hub.close();
    hub =
        new FakeHub()
            .with("config.json", "{}")
            .with("consolidated.safetensors", "not wanted")
            .with(
                "model.safetensors.index.json",
                """
                {"weight_map": {"a": "model-1-of-2.safetensors", "b": "model-2-of-2.safetensors",
                 "c": "model-1-of-2.safetensors"}}
                """)
            .with("model-1-of-2.safetensors", "one")
            .with("model-2-of-2.safetensors", "two");
    assertThat(pull("").files()).isEqualTo(4);
    assertThat(folder().resolve("model-2-of-2.safetensors")).hasContent("two");
    assertThat(names()).doesNotContain("consolidated.safetensors");
  }

  /** Many of them hold the configuration of their base, which would make them a model. */
  @Test
  void bringsAnAdapter() throws IOException {
    hub.without(WEIGHTS)
        .with("adapter_config.json", "{\"peft_type\":\"LORA\"}")
        .with("adapter_model.safetensors", weights)
        .with("chat_template.jinja", "{{ 1 }}");
    ModelPull.Result result = pull("");
    assertThat(result.fetched()).isEqualTo(5);
    assertThat(names())
        .containsExactly(
            "README.md",
            "adapter_config.json",
            "adapter_model.safetensors",
            "chat_template.jinja",
            "tokenizer.json");
    assertThat(folder().resolve("adapter_model.safetensors")).hasBinaryContent(weights);
    hub.without("config.json").withoutList();
    assertThat(pull("").fetched()).as("from a mirror without a list").isZero();
  }

  @Test
  void saysThatAnAdapterHasNoSafetensors() throws IOException {
    hub.without(WEIGHTS)
        .without("config.json")
        .with("adapter_config.json", "{\"peft_type\":\"LORA\"}")
        .with("adapter_model.bin", "x");
    assertThatThrownBy(() -> pull(""))
        .hasMessage("org/name: adapter_model.safetensors is missing on the hub");
  }

  @Test
  void anIndexCannotLeadElsewhere() throws IOException {
    hub.close();
    hub =
        new FakeHub()
            .with("config.json", "{}")
            .with(
                "model.safetensors.index.json",
                "{\"weight_map\": {\"a\": \"../../x.safetensors\"}}");
    assertThatThrownBy(() -> pull("")).hasMessageContaining("names the file '../../x.safetensors'");
  }

  @Test
  void saysThatTheServerCannotBeReached() {
    URI gone = hub.address();
    hub.close();
    assertThatThrownBy(() -> pull("")).hasMessageContaining(gone + ": cannot be reached");
  }

  @Test
  void namesAreChecked() {
    assertThat(Stream.of("gpt2", "org/name", "Org-1/na.me_2")).allMatch(ModelPull::isName);
    assertThat(Stream.of("", "..", "../x", "a/b/c", "/a", "a/", "a b", ".a", "a/.b"))
        .noneMatch(ModelPull::isName);
  }
}
