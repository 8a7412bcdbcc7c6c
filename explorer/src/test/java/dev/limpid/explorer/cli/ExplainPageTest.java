package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.explorer.process.ExitCode;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the page of {@code explain --html} tells, and how one gets at it. */
class ExplainPageTest {
  private static final String TEXT = "When Mary and John went to the store, John gave a drink to";

  @TempDir Path home;

  private String page(String... arguments) throws IOException {
    Path file = home.resolve("page.html");
    LimpidRun run =
        new LimpidRun.World(home)
            .with("LIMPID_BUNDLED", TestData.folder().resolve("models"))
            .run(
                Stream.concat(Stream.of("explain", "--html", file.toString()), Stream.of(arguments))
                    .toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.DONE);
    return Files.readString(file);
  }

  private static List<String> all(String pattern, String text) {
    List<String> found = new ArrayList<>();
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }

  /** The text that is read, without mark-up, style sheets and scripts. */
  private static String words(String html) {
    return html.replaceAll("(?s)<(style|script)[^>]*>.*?</\\1>", "").replaceAll("<[^>]*>", "");
  }

  @Test
  void thePictureAnswersByAScriptOfItsOwnAndNoOther() throws Exception {
    String html = page(TEXT);

    List<String> scripts = all("(?s)<script type=\"text/javascript\">(.*?)</script>", html);
    assertThat(scripts).hasSize(1);
    byte[] hash =
        MessageDigest.getInstance("SHA-256")
            .digest(scripts.getFirst().getBytes(StandardCharsets.UTF_8));
    assertThat(html)
        .contains("script-src &#39;sha256-" + Base64.getEncoder().encodeToString(hash) + "&#39;\"");
    assertThat(scripts.getFirst()).startsWith("/*!").contains("Preact", "The MIT License");
    // Nothing is asked of anybody.
    assertThat(scripts.getFirst()).doesNotContain("fetch(", "XMLHttpRequest", "import(");
    assertThat(scripts.getFirst()).doesNotContainPattern("https?://");
  }

  @Test
  void whatThePictureKnowsIsWhatTheCommandsSay() throws IOException {
    JsonNode held =
        JsonMapper.shared()
            .readTree(
                all("<script type=\"application/json\">(.*?)</script>", page(TEXT)).getFirst());

    assertThat(held.at("/known/links/0").asString()).isEqualTo("I1_2>A2_14");
    JsonNode first = held.at("/known/readings/connections/0");
    assertThat(first.path("id").asString()).isEqualTo("I1_2>A2_14");
    assertThat(first.path("head").asInt()).isZero();
    assertThat(first.at("/promoted/0/text").asString()).isEqualTo(" Mary");
    assertThat(held.at("/known/readings/mlps/0/neurons")).isNotEmpty();
    assertThat(held.at("/known/readings/states"))
        .anySatisfy(state -> {
          assertThat(state.path("id").asString()).isEqualTo("A2_14");
          assertThat(state.at("/top/0/text").asString()).isEqualTo(" Mary");
          assertThat(state.at("/top/0/probability").asDouble()).isBetween(0.847, 0.849);
        });
    assertThat(held.at("/route/routes/0/edges")).hasSize(60);
  }

  @Test
  void theStoryComesFirstAndThePictureAfterIt() throws IOException {
    String html = page(TEXT);

    assertThat(html.indexOf("Layer 2 reads “ Mary” into the last word: head 0 (48.3\u00a0%)."))
        .isPositive()
        .isLessThan(html.indexOf("<svg"));
    assertThat(words(html))
        .contains("Edges above 0.04 carry 90.4 % of a state here on average, and 42.4 %")
        .contains("layer 2: “ to” reads “ Mary”, 48.3 %, head 0")
        .contains("layer 3")
        .doesNotContainPattern("\\d\\.\\d{4}");
    assertThat(html.indexOf("How to read this")).isPositive().isLessThan(html.indexOf("<svg"));
    String glossary = html.substring(0, html.indexOf("<svg"));
    assertThat(all("<dt>([^<]*)</dt>", glossary))
        .hasSize(10)
        .contains("layer", "residual stream", "attention", "MLP", "threshold", "logit");
  }

  @Test
  void everyLinkLeadsToALineOfThePicture() throws IOException {
    String html = page(TEXT);

    assertThat(all(" id=\"([^\"]*)\"", html)).hasSize(12).doesNotHaveDuplicates();
    assertThat(all(" id=\"([^\"]*)\"", html)).containsAll(all("href=\"#([^\"]*)\"", html));
    // Each line itself, and its row in the table.
    assertThat(all("href=\"#([^\"]*)\"", html)).hasSize(24);
  }

  @Test
  void allConnectionsAreThereInWords() throws IOException {
    assertThat(all("<li>(layer \\d: [^<]*)</li>", page(TEXT)))
        .hasSize(60)
        .allMatch(words -> words.matches(".*(\\d\\.\\d|<0\\.1|&lt;0\\.1) %.*"));
  }

  @Test
  void answerAndDistractorAreContrastedAsInTheTerminal() throws IOException {
    String html = page(TEXT, "--answer", " Mary", "--distractor", " John");

    assertThat(words(html))
        .contains("Where logit(&quot; Mary&quot;) - logit(&quot; John&quot;) came from")
        .contains("Logit of the answer less that of the distractor: +9.980")
        .containsPattern("(?s)towards.*away.*net");
    assertThat(page(TEXT)).doesNotContain("towards</th>");
  }

  @Test
  void theLayerOfTheDecisionIsNamed() throws IOException {
    assertThat(words(page(TEXT)))
        .contains("It is the most probable token from layer 2 on.")
        .contains("The numbers of all layers");
    assertThat(words(page(TEXT, "--answer", " John")))
        .contains("It is not the most probable token after the last layer.");
  }

  @Test
  void aRouteWithoutAttentionHasNoTableOfIt() throws IOException {
    String html = page(TEXT, "--threshold", "0.9");

    assertThat(words(html))
        .contains("No attention between positions is above 0.9: try --threshold 0.005.")
        .doesNotContain("Attention that carried");
    assertThat(all("(edge-1)\"", html)).isEmpty();
  }

  @Test
  void onePositionIsAPageToo() throws IOException {
    assertThat(page("--tokens", "412", "--no-bos")).contains("</html>");
  }
}
