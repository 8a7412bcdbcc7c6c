package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.explorer.process.ExitCode;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages of commands beside explain tell what the terminal tells, and need nothing else. */
class ReportPagesTest {
  private static final String TEXT = "'When Mary and John went to the store, John gave a drink to'";
  private static final String ASKED = TEXT + " --answer ' Mary' --distractor ' John'";
  private static final String SOURCE =
      " --source 'When John and Mary went to the store, Mary gave a drink to'";

  @TempDir Path home;

  private LimpidRun run(String line) throws IOException {
    return new LimpidRun.World(home)
        .with("LIMPID_BUNDLED", TestData.folder().resolve("models"))
        .with("COLUMNS", 200)
        .run(LimpidRun.words(line).toArray(String[]::new));
  }

  private String page(String line) throws IOException {
    Path file = home.resolve("page.html");
    LimpidRun run = run(line + " --html " + file);
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.DONE);
    assertThat(run.out()).isEmpty();
    return Files.readString(file);
  }

  private static List<String> all(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult result) -> result.group(1))
        .toList();
  }

  /** The text that is read. */
  private static String words(String html) {
    return html.replaceAll("(?s)<style>.*?</style>", "")
        .replaceAll("<[^>]*>", " ")
        .replace("&quot;", "\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ablate " + ASKED + " --zero head_out.2.0",
        "patch " + ASKED + SOURCE + " --site head_out",
        "patch " + ASKED + SOURCE + " --site resid_post",
        "patch " + ASKED + SOURCE + " --receiver query.2.0",
        "patch " + ASKED + " --site attention --sample 20",
        "attribute " + ASKED,
        "attribute " + ASKED + SOURCE + " --by token",
        "qk " + TEXT + " --layer 2 --head 0 --key 2 --versus 4",
        "faithfulness " + ASKED + SOURCE + " --random 2",
      })
  void whatATerminalShowsIsOnThePage(String line) throws IOException {
    String html = page(line);
    assertThat(html)
        .startsWith("<!DOCTYPE html>")
        .contains("<h1>", "How this was made", "default-src &#39;none&#39;")
        .doesNotContainPattern("<script|src=|href=\"(?!#)|NaN|Infinity");
    List<String> shown = all("(?<![\\d.])([-+]?\\d+\\.\\d{3})(?!\\d)", run(line).out());
    assertThat(shown).isNotEmpty();
    assertThat(words(html)).contains(shown);
  }

  @Test
  void everyEffectIsInACell() throws IOException {
    String html = page("patch " + ASKED + SOURCE + " --site mlp_out");
    assertThat(all("<td(?: class=\"(?:for|against)\"[^>]*)>([-+]?\\d+\\.\\d\\d)</td>", html))
        .hasSize(4 * 15);
    assertThat(html).contains("<th scope=\"row\">layer 3</th>");
  }

  @Test
  void aTokenIsATextWhateverItSays() throws IOException {
    String html = page("ablate '<b>&amp;' --zero head_out.0.0");
    assertThat(html).contains("&lt;").doesNotContain("<b>");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ablate x --zero head_out.0.0 --json --html p.html | exclude one another",
        "patch x --site head_out --json --html p.html | exclude one another",
        "attribute x --json --html p.html | exclude one another",
        "qk x --layer 0 --head 0 --key 0 --json --html p.html | exclude one another",
        "faithfulness x --json --html p.html | exclude one another",
      })
  void thereIsOneOutput(String line, String words) throws IOException {
    LimpidRun run = run(line);
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains(words);
  }

  @Test
  void aFolderThatIsNotThereIsSaidBeforeAnythingRuns() throws IOException {
    LimpidRun run = run("qk x --layer 0 --head 0 --key 0 --html " + home.resolve("no/p.html"));
    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("no");
  }
}
