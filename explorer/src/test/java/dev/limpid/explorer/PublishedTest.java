package dev.limpid.explorer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The artifacts that are published are those that {@code limpid-bom} names, in one version. */
class PublishedTest {
  private static final Path ROOT = TestData.root();

  private static List<String> all(String element, String xml) {
    String regex = "<%1$s>([^<]*)</%1$s>".formatted(element);
    return Pattern.compile(regex).matcher(xml).results().map(r -> r.group(1)).toList();
  }

  private static String pom(String folder) throws IOException {
    return Files.readString(ROOT.resolve(folder).resolve("pom.xml"));
  }

  @Test
  void theBomNamesEachOfThem() throws IOException {
    List<String> published = new ArrayList<>();
    for (String module : all("module", pom("."))) {
      String pom = pom(module);
      if (!module.equals("bom") && !pom.contains("<maven.deploy.skip>true</maven.deploy.skip>")) {
        published.add(artifact(pom));
      }
    }
    List<String> named = new ArrayList<>(all("artifactId", pom("bom")));
    assertThat(named.removeFirst()).isEqualTo("limpid-bom");
    assertThat(named.stream().distinct()).containsExactlyInAnyOrderElementsOf(published);
  }

  /** What stands behind the parent, which is named first. */
  private static String artifact(String pom) {
    return Pattern.compile("</parent>\\s*<artifactId>([^<]*)<")
        .matcher(pom)
        .results()
        .map((MatchResult r) -> r.group(1))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theBomSaysWhatTheParentSays() throws IOException {
    String parent = pom(".");
    String bom = pom("bom");
    assertThat(all("version", bom).getFirst()).isEqualTo(all("version", parent).getFirst());
    for (String element : List.of("url", "connection", "developerConnection")) {
      assertThat(all(element, bom)).isEqualTo(all(element, parent));
    }
  }
}
