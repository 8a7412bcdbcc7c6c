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
import org.jspecify.annotations.Nullable;
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

  private static final Pattern TEST =
      Pattern.compile("`(\\w+Test)(?:\\.(\\w+))?`|`(\\w+\\.test\\.ts)(?:: ([^`]+))?`");

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

  /**
   * What PROMISES.md and the tour name is there: classes, methods, tests of vitest by their words.
   */
  @Test
  void everyTestThatDocumentsNameIsThere() throws IOException {
    Path root = Path.of(System.getProperty("limpid.root"));
    Map<String, String> sources = new HashMap<>();
    read(sources, root.resolve("explorer/src/test/java"), ".java");
    read(sources, root.resolve("explorer/web/test"), ".test.ts");
    Set<String> missing = new TreeSet<>();
    int named = 0;
    for (String document : List.of("explorer/web/PROMISES.md", "docs/explorer.md")) {
      Matcher names = TEST.matcher(Files.readString(root.resolve(document)));
      while (names.find()) {
        named++;
        boolean isVitest = names.group(3) != null;
        @Nullable String source = sources.get(isVitest ? names.group(3) : names.group(1));
        @Nullable String test = isVitest ? names.group(4) : names.group(2);
        String begin = isVitest ? "('" + test : "void " + test + "(";
        if (source == null || (test != null && !source.contains(begin))) {
          missing.add(names.group());
        }
      }
    }
    assertThat(missing).isEmpty();
    assertThat(named).isGreaterThan(250);
  }

  /** Each promise has a test, or the reason why it has none. */
  @Test
  void everyPromiseIsHeldOrSaysWhyNot() throws IOException {
    Path promises = Path.of(System.getProperty("limpid.root")).resolve("explorer/web/PROMISES.md");
    List<String> rows =
        Files.readAllLines(promises).stream()
            .filter(line -> line.startsWith("| ") && !line.startsWith("| promise"))
            .toList();
    assertThat(rows)
        .hasSizeGreaterThan(120)
        .allMatch(row -> TEST.matcher(row).find() || row.contains("| no test: "));
    assertThat(rows.stream().filter(row -> row.contains("no test: ")).count()).isLessThan(8);
  }

  private static void read(Map<String, String> sources, Path folder, String end)
      throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(end)).toList()) {
        String name = file.getFileName().toString();
        sources.put(name.replace(".java", ""), Files.readString(file));
      }
    }
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
