package dev.limpid.explorer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The manifest of the test data names every file, with its hash, origin and licence. */
class ManifestTest {
  @Test
  void everyFileIsNamedWithItsHashOriginAndLicence() throws IOException, NoSuchAlgorithmException {
    Path folder = TestData.folder();
    JsonNode manifest =
        JsonMapper.shared().readTree(Files.readString(folder.resolve("MANIFEST.json")));
    List<String> named = new ArrayList<>();
    for (JsonNode file : manifest.get("files")) {
      Path path = folder.resolve(file.get("path").asString());
      byte[] content = Files.readAllBytes(path);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
      assertThat(file.get("sha256").asString())
          .as(path.toString())
          .isEqualTo(HexFormat.of().formatHex(hash));
      assertThat(file.get("bytes").asInt()).isEqualTo(content.length);
      assertThat(file.get("licence").asString()).isEqualTo("Apache-2.0");
      assertThat(file.get("origin").asString()).isNotEmpty();
      named.add(file.get("path").asString());
    }
    List<String> there = new ArrayList<>();
    for (String part : List.of("goldens", "models", "prompts")) {
      try (Stream<Path> files = Files.walk(folder.resolve(part))) {
        files
            .filter(Files::isRegularFile)
            .map(path -> folder.relativize(path).toString())
            .forEach(there::add);
      }
    }
    assertThat(named).containsExactlyInAnyOrderElementsOf(there);
  }
}
