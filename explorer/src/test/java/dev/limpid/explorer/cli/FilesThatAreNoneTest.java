package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders, pipes, devices and links where files of a model should be. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FilesThatAreNoneTest {
  @TempDir Path home;
  private ModelCopy model;

  @BeforeEach
  void copyModel() throws IOException {
    model = ModelCopy.of("gpt2-relu", home);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"})
  void foldersAndPipes(String name) throws Exception {
    Files.delete(model.file(name));
    Files.createDirectory(model.file(name));
    model.assertFails(name, name.equals("config.json") ? "without" : "is a folder");
    Files.delete(model.file(name));
    Process made = new ProcessBuilder("mkfifo", "" + model.file(name)).inheritIO().start();
    assertThat(made.waitFor()).isZero();
    model.assertFails(name, name.equals("config.json") ? "without" : "is a pipe");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"})
  void linksOutOfTheFolder(String name) throws IOException {
    Path outside = Files.createDirectory(model.file("..").resolve("elsewhere")).toRealPath();
    try {
      Files.move(model.file(name), outside.resolve("file"));
      Files.createSymbolicLink(model.file(name), outside.resolve("file"));
      model.assertFailsWith(lens(), name, "is a link out of the model's folder", "" + outside);
    } finally {
      Files.deleteIfExists(outside.resolve("file"));
      Files.delete(outside);
    }
    Files.delete(model.file(name));
    Files.createSymbolicLink(model.file(name), Path.of("/dev/zero"));
    model.assertFailsWith(lens(), name, name.equals("config.json") ? "without" : "device");
  }

  private List<String> lens() {
    return List.of("lens", "--model", "" + model.folder(), "--tokens", "1,2");
  }

  @Test
  void linksInsideTheFolderAndToIt() throws IOException {
    Files.move(model.weights(), model.file("weights"));
    Files.createSymbolicLink(model.weights(), Path.of("weights"));
    model.assertWorks();
    Path link = Files.createSymbolicLink(home.resolve("link"), model.folder());
    new ModelCopy(home, link).assertWorks();
  }

  @Test
  void theLayoutOfTheHubsCache() throws IOException {
    Path repository = home.resolve("models--org--name");
    Path blobs = Files.createDirectories(repository.resolve("blobs"));
    Path snapshot = Files.createDirectories(repository.resolve("snapshots/0123456789abcdef"));
    for (String name :
        List.of("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")) {
      Files.move(model.file(name), blobs.resolve("blob-of-" + name));
      Files.createSymbolicLink(
          snapshot.resolve(name), Path.of("../../blobs").resolve("blob-of-" + name));
    }
    new ModelCopy(home, snapshot).assertWorks();

    Path stranger = Files.move(blobs.resolve("blob-of-config.json"), home.resolve("stranger"));
    Files.delete(snapshot.resolve("config.json"));
    Files.createSymbolicLink(snapshot.resolve("config.json"), stranger);
    model.assertFailsWith(
        List.of("lens", "--model", "" + snapshot, "--tokens", "1,2"), "config.json", "is a link");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"})
  void filesThatMayNotBeRead(String name) throws IOException {
    Files.setPosixFilePermissions(model.file(name), PosixFilePermissions.fromString("---------"));
    if (Files.isReadable(model.file(name))) {
      model.assertWorks(); // root may read every file
    } else {
      model.assertFails(name, "permission denied");
    }
  }

  @Test
  void promptsAndSettingsThatAreNoFiles() throws IOException {
    String folder = "" + model.folder();
    model.assertFailsWith(
        List.of("tokens", "--model", folder, "--file", folder), folder, "cannot be read");
    model.assertFailsWith(
        List.of("tokens", "--model", folder, "--file", "/dev/zero"), "/dev/zero", "more than");
    model.assertFailsWith(
        List.of("tokens", "--config", folder, "--model", folder, "x"), folder, "cannot be read");
  }

  @Test
  void outputsOnAFullDisk() throws IOException {
    for (String command : List.of("trace", "contributions")) {
      model.assertFailsWith(
          List.of(command, "--model", "" + model.folder(), "--tokens", "1,2", "--out", "/dev/full"),
          "/dev/full",
          "cannot be written",
          "No space left");
    }
    model.assertFailsWith(
        List.of(
            "explain", "--model", "" + model.folder(), "--tokens", "1,2", "--html", "/dev/full"),
        "/dev/full",
        "No space left");
    assertThat(Files.isRegularFile(Path.of("/dev/full"))).as("it is still the device").isFalse();
  }
}
