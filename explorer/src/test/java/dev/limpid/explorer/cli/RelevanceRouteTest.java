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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The route behind an answer, and what routes predict when they run alone. */
class RelevanceRouteTest {
  private static final String TEXT = "'When Mary and John went to the store, John gave a drink to'";
  private static final String ASKED = TEXT + " --answer ' Mary' --distractor ' John'";

  @TempDir Path home;

  private LimpidRun run(String line) throws IOException {
    return new LimpidRun.World(home)
        .with("LIMPID_BUNDLED", TestData.folder().resolve("models"))
        .with("COLUMNS", 80)
        .run(LimpidRun.words(line).toArray(String[]::new));
  }

  private JsonNode json(String line) throws IOException {
    LimpidRun run = run(line);
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.DONE);
    return JsonMapper.shared().readTree(run.out());
  }

  @Test
  void theHeadThatCopiesTheNameMadeTheAnswer() throws IOException {
    JsonNode relevance = json("explain --json " + ASKED).get("relevance");
    JsonNode first = relevance.at("/attention/0");
    assertThat(List.of(first.get("layer"), first.get("key"), first.at("/heads/0/head")))
        .extracting(JsonNode::intValue)
        .containsExactly(2, 2, 0);
    assertThat(first.get("flow").doubleValue()).isBetween(0.9, 1.1);
    assertThat(relevance.at("/tokens/0/text").stringValue()).isEqualTo(" Mary");
  }

  @Test
  void explainAndRoutesTellTheSame() throws IOException {
    JsonNode relevance = json("explain --json " + ASKED).get("relevance");
    JsonNode document = json("routes --by relevance " + ASKED);
    assertThat(document.get("by").stringValue()).isEqualTo("relevance");
    assertThat(document.get("value")).isEqualTo(relevance.get("value"));
    assertThat(document.at("/routes/0/nodes").size()).isEqualTo(relevance.get("nodes").intValue());
    assertThat(document.at("/routes/0/edges").size()).isEqualTo(relevance.get("edges").intValue());
    double attribute =
        json("attribute --json --method relevance " + ASKED).at("/scores/2").doubleValue();
    double share =
        document
            .at("/routes/0/source_flow")
            .valueStream()
            .filter(pair -> pair.get(0).intValue() == 2)
            .mapToDouble(pair -> pair.get(1).doubleValue())
            .sum();
    assertThat(share * document.get("value").doubleValue())
        .isCloseTo(attribute, org.assertj.core.api.Assertions.within(1e-3));
  }

  @Test
  void faithfulIsWhatFaithfulnessMeasures() throws IOException {
    String source = " --source 'When John and Mary went to the store, Mary gave a drink to'";
    JsonNode faithful = json("explain --json --threshold 0.04 --faithful " + ASKED + source);
    JsonNode measured =
        json("faithfulness --json --threshold 0.04 --methods random " + ASKED + source);
    JsonNode route = faithful.at("/faithful/route");
    assertThat(route).isEqualTo(measured.at("/routes/0"));
    assertThat(faithful.at("/faithful/full")).isEqualTo(measured.get("full"));
    assertThat(faithful.at("/faithful/ablation").stringValue()).isEqualTo("patch");
    assertThat(faithful.at("/faithful/relevance/kept/recovered").doubleValue())
        .isGreaterThan(route.at("/random/kept/high").doubleValue());
  }

  @Test
  void sentencesAndPictureFitTheTerminal() throws IOException {
    LimpidRun run = run("explain --faithful " + ASKED);
    assertThat(run.out())
        .contains("What made logit(\" Mary\") - logit(\" John\"): +9.980")
        .contains("Alone, the route behind the answer", "Everything else is put to zero");
    assertThat(run.out().lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void thePageHasTwoPicturesAndNoAnchorTwice() throws IOException {
    Path page = home.resolve("page.html");
    LimpidRun run = run("explain --faithful --html " + page + " " + ASKED);
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.DONE);
    String html = Files.readString(page);
    assertThat(html.split("<svg", -1)).hasSizeGreaterThanOrEqualTo(3);
    List<String> ids = all(" id=\"([^\"]*)\"", html);
    assertThat(ids).doesNotHaveDuplicates().contains("edge-1", "answer-1");
    assertThat(ids).containsAll(all("href=\"#([^\"]*)\"", html));
    assertThat(html).contains("What made logit", "The routes run alone");
  }

  private static List<String> all(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult result) -> result.group(1))
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "routes %s --by relevance | 2 | needs an --answer",
        "routes %s --answer ' Mary' | 2 | only with --by relevance",
        "routes %s --alpha 0.1 | 2 | only with --by relevance",
        "routes %s --by relevance --answer ' Mary' --alpha 2 | 2 | should be from 0 to 1",
        "routes %s --by relevance --answer ' Mary' --mode raw | 2 | only with --by contribution",
        "routes %s --by relevance --answer ' Mary' --threshold auto | 2 | give a number",
        "routes %s --by relevance --answer ' Mary' --position all | 2 | only with",
        "routes %s --by relevance --answer ' Mary' --distractor ' Mary' | 1 | the same token",
        "explain %s --source 'a' | 2 | only together with --faithful",
        "explain %s --faithful --source 'a b' | 1 | both need as many",
      })
  void whatCannotBeAskedIsSaidInALine(String line, int code, String words) throws IOException {
    LimpidRun run = run(line.formatted(TEXT));
    assertThat(run.code()).as(run.err()).isEqualTo(code);
    assertThat(run.err()).contains(words);
    assertThat(run.out()).isEmpty();
  }
}
