package dev.limpid.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.limpid.models.ModelLocation.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLocatorTest {
  private static final String COMMIT = "0123456789abcdef";

  @TempDir private Path home;

  private Folders folders() {
    return new Folders(home.resolve("cache"), home.resolve("models"), home.resolve("hub"));
  }

  private ModelLocator locator(Map<String, Path> configured) {
    BundledModels bundled =
        BundledModels.find(Optional.of(home.resolve("bundled")), folders().cache());
    return new ModelLocator(folders(), bundled, configured);
  }

  private Path model(String folder) throws IOException {
    Path path = Files.createDirectories(home.resolve(folder));
    Files.writeString(path.resolve("config.json"), "{}");
    return path;
  }

  private ModelLocation locate(String name) throws IOException {
    return locator(Map.of()).locate(name);
  }

  @Test
  void aFolderComesFirstAndGoesByItsOwnName() throws IOException {
    Files.createDirectories(home.resolve("bundled"));
    Path folder = model("somewhere/mine");
    assertThat(locate(folder.toString()))
        .isEqualTo(new ModelLocation("mine", folder, Origin.FOLDER));
    Path detour = folder.resolve("..").resolve("mine").resolve(".");
    assertThat(locate(detour.toString()).name()).isEqualTo("mine");
  }

  private Path gguf(String file) throws IOException {
    Path path = home.resolve(file);
    Files.createDirectories(path.getParent());
    return Files.write(path, new byte[0]);
  }

  @Test
  void aFolderWithOneGgufModelIsThatModel() throws IOException {
    Path file = gguf("models/org/one/q4.gguf");
    Path first = gguf("models/parts/m-00001-of-00003.gguf");
    gguf("models/parts/m-00002-of-00003.gguf");
    gguf("models/parts/m-00003-of-00003.gguf");
    assertThat(locate(home.resolve("models/org/one").toString()).folder()).isEqualTo(file);
    assertThat(locate("org/one"))
        .isEqualTo(new ModelLocation("org/one", file, Origin.MODELS_FOLDER));
    assertThat(locate("parts").folder()).isEqualTo(first);
    assertThat(locator(Map.of()).all())
        .filteredOn(model -> model.origin() == Origin.MODELS_FOLDER)
        .extracting(ModelLocation::name, ModelLocation::folder)
        .containsExactly(tuple("org/one", file), tuple("parts", first));
  }

  @Test
  void partsBehindTheFirstAreNoModelsOfTheirOwn() throws IOException {
    Path first = gguf("models/m-00001-of-00002.gguf");
    gguf("models/m-00002-of-00002.gguf");
    assertThat(locator(Map.of()).all())
        .filteredOn(model -> model.origin() == Origin.MODELS_FOLDER)
        .extracting(ModelLocation::folder)
        .containsExactly(first);
  }

  @Test
  void ofSeveralGgufModelsInAFolderOneIsToBeNamed() throws IOException {
    Path four = gguf("somewhere/q4.gguf");
    gguf("somewhere/q8.gguf");
    assertThatThrownBy(() -> locate(home.resolve("somewhere").toString()))
        .hasMessageContaining("(a folder with 2 GGUF models; give one, as " + four + ")");
    assertThat(locate(four.toString()).origin()).isEqualTo(Origin.FILE);
  }

  @Test
  void whatWasMeantIsNamed() throws IOException {
    model("bundled/demo-gpt2");
    model("models/org/one");
    assertThatThrownBy(() -> locate("demo-gtp2"))
        .hasMessage(
            "model 'demo-gtp2': not found; did you mean demo-gpt2? 'limpid models list' shows what"
                + " there is");
    assertThatThrownBy(() -> locate("org/onw")).hasMessageContaining("did you mean org/one?");
    assertThatThrownBy(() -> locate("gpt2"))
        .hasMessageContaining("'limpid models pull openai-community/gpt2' downloads it");
    assertThatThrownBy(() -> locate("some/other"))
        .hasMessageContaining("'limpid models pull some/other' downloads it, if the hub has it");
    assertThatThrownBy(() -> locate("other"))
        .hasMessageContaining("'limpid models pull ORG/NAME' downloads more");
  }

  @Test
  void bundledBeforeModelsFolderBeforeHubCache() throws IOException {
    Path hub = model("hub/models--tiny/snapshots/" + COMMIT);
    Files.createDirectories(home.resolve("bundled"));
    assertThat(locate("tiny")).isEqualTo(new ModelLocation("tiny", hub, Origin.HUB_CACHE));
    Path own = model("models/tiny");
    assertThat(locate("tiny")).isEqualTo(new ModelLocation("tiny", own, Origin.MODELS_FOLDER));
    Path bundled = model("bundled/tiny");
    assertThat(locate("tiny")).isEqualTo(new ModelLocation("tiny", bundled, Origin.BUNDLED));
  }

  @Test
  void namesOfTheConfigurationFileAreFoundThere() throws IOException {
    Path folder = model("elsewhere");
    ModelLocator locator = locator(Map.of("facebook/opt-125m", folder));
    assertThat(locator.locate("facebook/opt-125m").folder()).isEqualTo(folder);
    assertThat(locator.all()).extracting(ModelLocation::origin).contains(Origin.CONFIGURATION);
  }

  @Test
  void modelsOfOrganisationsAreFoundInBothPlaces() throws IOException {
    Path pulled = model("models/org/one");
    Path cached = model("hub/models--org--two--b/snapshots/" + COMMIT);
    Files.createDirectories(home.resolve("bundled"));
    assertThat(locate("org/one").folder()).isEqualTo(pulled);
    assertThat(locate("org/two--b").folder()).isEqualTo(cached);
    assertThat(locator(Map.of()).all())
        .extracting(ModelLocation::name)
        .containsExactly("org/one", "org/two--b");
  }

  @Test
  void theHubCachesMainBranchDecides() throws IOException {
    Path old = model("hub/models--org--m/snapshots/aaaa");
    Path main = model("hub/models--org--m/snapshots/bbbb");
    Path refs = Files.createDirectories(home.resolve("hub/models--org--m/refs"));
    Files.writeString(refs.resolve("main"), "bbbb");
    assertThat(locate("org/m").folder()).isEqualTo(main);
    Files.writeString(refs.resolve("main"), "aaaa\n");
    assertThat(locate("org/m").folder()).isEqualTo(old);
    Files.writeString(refs.resolve("main"), "../../../..");
    assertThatThrownBy(() -> locate("org/m")).hasMessageContaining("no whole snapshot");
  }

  @Test
  void errorsListWhatWasLookedAt() throws IOException {
    model("bundled/demo");
    Files.createDirectories(home.resolve("models/empty"));
    assertThatThrownBy(() -> locate("empty"))
        .isInstanceOf(ModelNotFoundException.class)
        .hasMessageStartingWith("model 'empty': not found; looked at: ")
        .hasMessageContaining("the bundled models (demo)")
        .hasMessageContaining(home.resolve("models/empty") + " (a folder without config.json)")
        .hasMessageContaining(home.resolve("hub/models--empty").toString());
    Path file = model("x").resolve("config.json");
    assertThatThrownBy(() -> locate(file.toString())).hasMessageContaining("the folder it is in");
  }

  @Test
  void namesMayBeInAnyScript() throws IOException {
    Path folder = model("models/Zürich 2");
    Files.createDirectories(home.resolve("bundled"));
    assertThat(locate("Zürich 2").folder()).isEqualTo(folder);
  }

  @Test
  void namesDoNotLeadOutOfTheFolders() throws IOException {
    model("secret");
    Files.createDirectories(home.resolve("models/a"));
    for (String name : new String[] {"../secret", "a/../../secret", "", " ", "..", "a\0b"}) {
      assertThatThrownBy(() -> locate(name)).isInstanceOf(ModelNotFoundException.class);
    }
  }

  @Test
  void foldersFollowThePlatformAndTheEnvironment() {
    Path h = Path.of("/home/u");
    assertThat(Folders.of(Map.of(), "Linux", h))
        .isEqualTo(
            new Folders(
                h.resolve(".cache/limpid"),
                h.resolve(".cache/limpid/models"),
                h.resolve(".cache/huggingface/hub")));
    assertThat(Folders.of(Map.of(), "Mac OS X", h).cache())
        .isEqualTo(h.resolve("Library/Caches/limpid"));
    assertThat(Folders.of(Map.of("LOCALAPPDATA", "/l"), "Windows 11", h).cache())
        .isEqualTo(Path.of("/l/limpid"));
    assertThat(
            Folders.of(
                Map.of("XDG_CACHE_HOME", "/x", "HF_HOME", "/hf", "LIMPID_MODELS", "/m"),
                "Linux",
                h))
        .isEqualTo(new Folders(Path.of("/x/limpid"), Path.of("/m"), Path.of("/hf/hub")));
    assertThat(Folders.of(Map.of("HF_HOME", "/hf", "HF_HUB_CACHE", "/c"), "Linux", h).hub())
        .isEqualTo(Path.of("/c"));
  }
}
