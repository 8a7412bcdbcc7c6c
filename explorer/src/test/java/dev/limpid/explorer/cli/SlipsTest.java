package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.explorer.process.ExitCode;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What everybody forgets or mistypes once, and the habits of other languages. */
class SlipsTest {
  private static final String TEXT = "When Mary and John";

  @TempDir Path home;

  private LimpidRun.World world() {
    return new LimpidRun.World(home).with("LIMPID_BUNDLED", TestData.folder().resolve("models"));
  }

  private void assertUsage(String line, String... arguments) {
    LimpidRun run = world().run(arguments);
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines()).singleElement().asString().contains(line);
  }

  @Test
  void forgottenQuotesAreShown() {
    assertUsage(
        "limpid: a text of several words needs quotes: limpid explain \"The capital of France\"",
        "explain",
        "The",
        "capital",
        "of",
        "France");
    assertUsage(
        "'capital' is one argument too many; a text of several words needs quotes round it",
        "explain",
        "--json",
        "The",
        "capital");
  }

  @Test
  void anOptionThatIsNoneIsNamedAlone() {
    assertUsage(
        "there is no option '--modle'; did you mean: --model;", "explain", "--modle", "m", "x");
    assertUsage("there is no option '--depth'; see", "explain", "--depth", "10", "hi");
  }

  @Test
  void aTextThatBecameTheNameOfAFileIsSaid() {
    assertUsage(
        "limpid: TEXT is missing: \"The capital of France is\" is the FILE of --html; write"
            + " --html=page.html TEXT",
        "explain",
        "--html",
        "The capital of France is");
    assertUsage("limpid: a value is missing: --html=FILE", "explain", "--html");
  }

  @Test
  void choicesAreShownAsTheyAreWritten() {
    assertUsage("one of renormalised, raw", "explain", "x", "--mode", "normal");
    assertUsage("one of json, dot, graphml, svg", "routes", "x", "--format", "pdf");
  }

  @Test
  void whatIsMissingIsSaidAlike() {
    assertUsage("limpid: --layer=L is missing; see", "attention", "x");
    assertUsage("limpid: --layer=L is missing; or ask --roles", "heads", "x");
    assertUsage("limpid: --layer=L, --head=H, --key=K are missing; see", "qk", "x");
    assertUsage("limpid: a value is missing: --layer=L; see", "neurons", "x", "--layer");
    assertUsage("limpid: NAME|DIR|GGUF is missing; see", "models", "info");
    assertUsage("limpid: --site=SITE or --receiver=R is missing; see", "patch", "x");
    assertUsage("limpid: TEXT is missing; or give", "explain");
  }

  @Test
  void helpKnowsCommandsBelowOthersAndNoMore() {
    assertThat(world().run("help", "models", "pull").out())
        .isEqualTo(world().run("models", "pull", "--help").out())
        .contains("Usage: limpid models pull");
    assertUsage(
        "there is no command 'pul'; did you mean: limpid models pull", "help", "models", "pul");
    assertUsage("'x' is one word too many", "help", "explain", "x");
  }

  @Test
  void aForgottenBlankIsNamed() {
    LimpidRun run = world().run("explain", TEXT, "--answer", "Mary");
    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err())
        .contains("--answer: 'Mary' is not one token of this model, but ' Mary' is");
  }

  @Test
  void positionsCountFromTheEndToo() {
    assertThat(world().run("explain", TEXT, "--position", "-1", "--json").out())
        .isEqualTo(world().run("explain", TEXT, "--json").out())
        .contains("\"position\":4");
    assertThat(world().run("routes", TEXT, "--position", "-2").out())
        .isEqualTo(world().run("routes", TEXT, "--position", "3").out());
    LimpidRun beyond = world().run("explain", TEXT, "--position", "-6");
    assertThat(beyond.code()).isEqualTo(ExitCode.FAILED);
    assertThat(beyond.err()).contains("position -6 is not in the prompt");
  }

  @Test
  void aFinalNewlineIsLeftOutWithAWord() throws IOException {
    String json = world().run("tokens", TEXT, "--json").out();
    byte[] line = (TEXT + "\n").getBytes(StandardCharsets.UTF_8);
    LimpidRun piped = world().input(line).run("tokens", "-", "--json");
    assertThat(piped.out()).isEqualTo(json);
    assertThat(piped.err())
        .isEqualTo(
            "limpid: note: the final newline of standard input is left out; --verbatim keeps it\n");
    Path file =
        Files.write(home.resolve("prompt.txt"), (TEXT + "\r\n").getBytes(StandardCharsets.UTF_8));
    assertThat(world().run("tokens", "--file", file.toString(), "--json").out()).isEqualTo(json);
    assertThat(world().input(line).run("tokens", "-", "--json", "--verbatim").out())
        .isNotEqualTo(json);
    byte[] two = (TEXT + "\n\n").getBytes(StandardCharsets.UTF_8);
    assertThat(world().input(two).run("tokens", "-", "--json").out()).isNotEqualTo(json);
  }

  @Test
  void layersMayBeARange() throws IOException {
    Path range = home.resolve("range.safetensors");
    Path list = home.resolve("list.safetensors");
    world().run("trace", TEXT, "--layers", "0-1,3", "--only", "mlp_out", "--out", range.toString());
    world().run("trace", TEXT, "--layers", "0,1,3", "--only", "mlp_out", "--out", list.toString());
    assertThat(range).hasSameBinaryContentAs(list);
    assertUsage("'3-1' is no range", "trace", TEXT, "--layers", "3-1", "--out", "x");
    assertUsage("'a' is neither a layer", "trace", TEXT, "--layers", "a", "--out", "x");
  }

  @Test
  void aMisspeltCommandIsCorrected() {
    assertUsage("no command 'explian'; did you mean: limpid explain;", "help", "explian");
    assertUsage("no command 'docter'; did you mean: limpid doctor;", "docter");
    assertUsage("no command 'lsit'; did you mean: limpid models list;", "models", "lsit");
    assertUsage("no command 'version'; did you mean: limpid --version;", "version");
    assertUsage("a text needs a command before it: limpid explain \"When Mary\"", "When Mary");
    assertUsage("no command 'xyzzy'; see", "xyzzy");
  }

  @Test
  void anEmptyTextIsTheBosAlone() {
    LimpidRun run = world().run("explain", "");
    assertThat(run.code()).isEqualTo(ExitCode.DONE);
    assertThat(run.err())
        .isEqualTo("limpid: note: the text is empty: the prompt is the BOS token alone\n");
  }

  @Test
  void asManyPredictionsAsAskedFor() {
    assertThat(world().run("explain", TEXT, "--top", "7").out())
        .contains("rank 7")
        .doesNotContain("rank 8");
    assertUsage("--top: 0 is not a number of predictions", "explain", TEXT, "--top", "0");
  }
}
