package dev.limpid.explorer.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What the committed page promises without a browser; the tests in one are those of -Pbrowser. */
class PageFilesTest {
  private static final Path PAGE =
      Path.of(
          System.getProperty("limpid.root"),
          "explorer/src/main/resources/dev/limpid/explorer/serve/page");

  /** What may be packed for the way: 150 kB. */
  private static final int MOST = 150_000;

  @AfterAll
  static void sayWhatIsOff() {
    if (!Boolean.getBoolean("limpid.browser")) {
      System.out.println("tests of the page in a browser are off: -Pbrowser (CONTRIBUTING.md)");
    }
  }

  @Test
  void nothingIsInlineAndNothingComesFromElsewhere() throws IOException {
    String index = text("index.html");
    assertThat(index)
        .contains("icon.svg")
        .doesNotContain("<style", " style=", "http://", "https://", "//");
    assertThat(Pattern.compile("\\son\\w+=").matcher(index).find()).as("a handler").isFalse();
    assertThat(Pattern.compile("<script(?![^>]*\\ssrc=)").matcher(index).find())
        .as("a script of its own")
        .isFalse();
    assertThat(text("index.css")).doesNotContain("url(", "@import");
  }

  @Test
  void thePageIsSmall() throws IOException {
    assertThat(packed("page.js") + packed("index.css") + packed("index.html")).isLessThan(MOST);
  }

  /** The picture that files hold: what every one of them is larger by. */
  @Test
  void thePictureOfAFileIsOneSmallScript() throws IOException {
    Path script = PAGE.resolve("../../show/route.js").normalize();
    String text = Files.readString(script, StandardCharsets.UTF_8);
    assertThat(text.length()).isLessThan(130_000);
    assertThat(text).doesNotContain("</script", "<!--").contains("The MIT License", "Mike Bostock");
  }

  @Test
  void whatItContainsIsNamedWithItsLicence() throws IOException {
    assertThat(text("licences.txt"))
        .contains("Preact", "The MIT License", "d3-zoom", "Mike Bostock");
  }

  @Test
  void noOtherFilesAreThere() throws IOException {
    try (Stream<Path> files = Files.list(PAGE)) {
      assertThat(files.map(f -> f.getFileName().toString()).sorted().toList())
          .isEqualTo(List.of("icon.svg", "index.css", "index.html", "licences.txt", "page.js"));
    }
  }

  /** What PROMISES.md and the tour name is there: classes, methods, files of vitest. */
  @Test
  void everyTestThatDocumentsNameIsThere() throws IOException {
    Path root = Path.of(System.getProperty("limpid.root"));
    Map<String, String> sources = new HashMap<>();
    try (Stream<Path> files = Files.walk(root.resolve("explorer/src/test/java"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        String name = file.getFileName().toString();
        sources.put(name.substring(0, name.indexOf('.')), Files.readString(file));
      }
    }
    Set<String> missing = new TreeSet<>();
    int named = 0;
    for (String document : List.of("explorer/web/PROMISES.md", "docs/explorer.md")) {
      Matcher names =
          Pattern.compile("`(\\w+Test)(?:\\.(\\w+))?`|`(\\w+\\.test\\.ts)`")
              .matcher(Files.readString(root.resolve(document)));
      while (names.find()) {
        named++;
        boolean isThere =
            names.group(3) != null
                ? Files.exists(root.resolve("explorer/web/test").resolve(names.group(3)))
                : sources.containsKey(names.group(1))
                    && (names.group(2) == null
                        || sources.get(names.group(1)).contains("void " + names.group(2) + "("));
        if (!isThere) {
          missing.add(names.group());
        }
      }
    }
    assertThat(missing).isEmpty();
    assertThat(named).isGreaterThan(60);
  }

  private static String text(String name) throws IOException {
    return Files.readString(PAGE.resolve(name), StandardCharsets.UTF_8);
  }

  private static int packed(String name) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(Files.readAllBytes(PAGE.resolve(name)));
    }
    return bytes.size();
  }
}
