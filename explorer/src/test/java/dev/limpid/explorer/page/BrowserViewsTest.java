package dev.limpid.explorer.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.limpid.explorer.page.BrowserPage.fragment;
import static dev.limpid.explorer.page.BrowserPage.named;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lens, heads and prompts; changes of the run; text that goes on; what is explained. */
class BrowserViewsTest {
  private static BrowserPage browser;

  @TempDir Path home;

  @BeforeAll
  static void start() {
    browser = new BrowserPage();
  }

  @AfterAll
  static void end() {
    browser.close();
    assertThat(browser.console()).as("what pages wrote to the console").isEmpty();
  }

  private static Page open(String fragment) {
    return browser.open(fragment, ColorScheme.LIGHT);
  }

  @Test
  void theLensIsShadedByProbabilityEntropyOrTheRankOfAToken() {
    Page page = open("#v=lens");
    Locator last = named(page, AriaRole.BUTTON, "After MLP 3, position 14: “ Mary” 99.8 %");
    String byProbability = last.getAttribute("style");
    Locator early = named(page, AriaRole.BUTTON, "After attention 0, position 14:");
    assertThat(early).not().hasAttribute("style", byProbability);
    Locator shade = page.getByLabel("Shade");
    shade.selectOption("entropy");
    assertThat(
            named(page, AriaRole.BUTTON, "After MLP 3, position 14: “ Mary” 99.8 %, entropy 0.02"))
        .isVisible();
    shade.selectOption("rank");
    assertThat(named(page, AriaRole.BUTTON, "After MLP 3, position 14: “ Mary” 99.8 %, rank 1"))
        .hasText("1");
    Locator ranked = page.getByLabel("Ranked token");
    ranked.fill(" John");
    ranked.press("Enter");
    assertThat(
            named(page, AriaRole.BUTTON, "After MLP 3, position 14: “ Mary” 99.8 %, rank")
                .filter(new Locator.FilterOptions().setHasNotText(Pattern.compile("^1$"))))
        .hasCount(1);
    last.press("ArrowDown");
    assertThat(named(page, AriaRole.BUTTON, "After attention 3, position 14:")).isFocused();
  }

  @Test
  void headsHaveTheirRolesAndOpenTheirStrongestConnection() {
    Page page = open("#v=heads");
    Locator head =
        named(page, AriaRole.BUTTON, "Head 2.0, 48.3 % of the route, induction, name mover");
    assertThat(named(page, AriaRole.GRID, "Heads by layer").getByRole(AriaRole.ROW)).hasCount(4);
    assertThat(named(page, AriaRole.BUTTON, "Head ")).hasCount(32);
    head.press("ArrowRight");
    assertThat(named(page, AriaRole.BUTTON, "Head 2.1")).isFocused();
    head.click();
    assertThat(named(page, AriaRole.HEADING, "“ to” reads “ Mary” in layer 2")).isVisible();
    page.waitForURL(url -> url.contains("h=0"));
  }

  @Test
  void sentencesOfAFileAreRunAndSaved() throws Exception {
    Page page = open("#v=prompts");
    Path file =
        Files.writeString(
            home.resolve("sentences.jsonl"),
            "{\"text\": \"The capital of France is\"}\nThe keys\n" + "a ".repeat(299) + "a\n");
    page.locator("input[type=file]").setInputFiles(file);
    assertThat(named(page, AriaRole.TEXTBOX, "Sentences"))
        .hasValue(Pattern.compile("^The capital of France is\nThe keys\n"));
    named(page, AriaRole.BUTTON, "Run").click();
    assertThat(named(page, AriaRole.LIST, "Skipped"))
        .containsText("Sentence 2: 301 tokens are more than the 128 that demo-gpt2 reads.");
    assertThat(page.getByText("Mean share of the routes of 2 sentences")).isVisible();
    Locator table = named(page, AriaRole.TABLE, "Heads and MLPs by layer");
    assertThat(table.getByRole(AriaRole.ROW)).hasCount(5);
    assertThat(table).containsText("MLP");
    String csv = saved(page, "CSV");
    assertThat(csv.lines()).hasSize(1 + 4 * 9).first().isEqualTo("layer,part,share");
    assertThat(saved(page, "JSON")).contains("\"prompts\":2", "\"skipped\":[{\"prompt\":2");
  }

  private static String saved(Page page, String button) throws Exception {
    Download file =
        page.waitForDownload(() ->
            page.getByRole(
                    AriaRole.BUTTON, new Page.GetByRoleOptions().setName(button).setExact(true))
                .click());
    return Files.readString(file.path());
  }

  @Test
  void aLongRunSaysHowFarItIsAndIsCancelled() {
    Page page = open("#v=prompts");
    String sentence = "When Mary and John went to the store, ".repeat(6).strip() + "\n";
    named(page, AriaRole.TEXTBOX, "Sentences").fill(sentence.repeat(1000));
    named(page, AriaRole.BUTTON, "Run").click();
    Locator progress = named(page, AriaRole.PROGRESSBAR, "Progress");
    assertThat(progress)
        .hasAttribute("aria-valuetext", Pattern.compile("Running sentence \\d+ of 1000"));
    assertThat(named(page, AriaRole.BUTTON, "Explain")).hasCount(0);
    named(page, AriaRole.BUTTON, "Cancel").click();
    assertThat(named(page, AriaRole.STATUS, "Notes")).hasText("Cancelled.");
    assertThat(progress).hasCount(0);
    assertThat(named(page, AriaRole.BUTTON, "Explain")).isVisible();
    page.waitForTimeout(4200);
    assertThat(named(page, AriaRole.STATUS, "Notes")).hasText("");
  }

  @Test
  void changesAreEditedRemovedAndToldByWhatMovedMost() {
    Page page = open("#c=head_out.2.0%3Bmlp_out.1%4014");
    Locator outcome = named(page, AriaRole.STATUS, "After the changes");
    assertThat(outcome)
        .hasText(
            Pattern.compile(
                "“ Mary” 99\\.8 % → [\\d.]+ %( · “.+” <?[\\d.]+ % → <?[\\d.]+ %){1,2}"));
    named(page, AriaRole.BUTTON, "Edit: Head 2.0 silenced").click();
    page.getByLabel("Factor of Head 2.0 silenced").fill("0.5");
    page.getByLabel("Factor of Head 2.0 silenced").press("Enter");
    page.waitForURL(url -> url.contains("head_out.2.0%3D0.5"));
    named(page, AriaRole.BUTTON, "Remove: MLP 1 at 14 silenced").click();
    page.waitForURL(url -> url.endsWith("c=head_out.2.0%3D0.5"));
    named(page, AriaRole.BUTTON, "Undo").click();
    assertThat(named(page, AriaRole.REGION, "Changes")).containsText("none yet");
  }

  @Test
  void aStateIsPatchedFromAnotherText() {
    Page page = open("#sel=A2_14");
    named(page, AriaRole.BUTTON, "Patch ...").click();
    page.getByLabel("Text that this state is taken from")
        .fill("When John and Mary went to the store, Mary gave a drink to");
    named(page, AriaRole.BUTTON, "Patch it").click();
    assertThat(named(page, AriaRole.REGION, "Changes"))
        .containsText("State after attention 2 at 14 patched");
    assertThat(named(page, AriaRole.STATUS, "After the changes"))
        .containsText(Pattern.compile("“ Mary” 99\\.8 % → <0\\.1 % · “ John” <0\\.1 % → 99\\.7 %"));
    assertThat(fragment(page)).contains("%3Dpatch&src=When+John");
  }

  /**
   * The file that is saved is one of interventions, which the server takes as {@code limpid ablate}
   * does.
   */
  @Test
  void aSavedFileHoldsWhatWasChanged() throws Exception {
    Page page = open("#c=head_out.2.0%3Battention.2.*%4014%3A2%3D0.5");
    assertThat(named(page, AriaRole.STATUS, "After the changes")).isVisible();
    String file = saved(page, "Save as file").replaceAll("\\s", "");
    assertThat(file)
        .isEqualTo(
            "{\"interventions\":[{\"site\":\"head_out\",\"layer\":2,\"do\":\"zero\",\"head\":0},"
                + "{\"site\":\"attention\",\"layer\":2,\"do\":\"scale\",\"position\":14,\"key\":2,\"factor\":0.5}]}");
    Object status =
        page.evaluate(
            """
            async (body) => {
              const init = (body) => ({ method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
              const { id } = await (await fetch('api/traces', init('{"text":"When Mary and John went to the store, John gave a drink to"}'))).json();
              return (await fetch('api/traces/' + id + '/changes', init(body))).status;
            }
            """,
            file);
    assertThat(status).isEqualTo(200);
  }

  @Test
  void theTextGoesOnAndANewTokenIsExplained() {
    Page page = open("");
    named(page, AriaRole.BUTTON, "Continue the text").click();
    page.getByLabel("New tokens").first().fill("3");
    named(page, AriaRole.BUTTON, "Continue").last().click();
    Locator first = named(page, AriaRole.BUTTON, "Why “ Mary”? New token 1");
    assertThat(named(page, AriaRole.BUTTON, "New token 3")).isVisible();
    assertThat(first).isVisible();
    named(page, AriaRole.BUTTON, "New token 2").click();
    page.waitForURL(url -> url.contains("ids=") && url.contains("t=15"));
    assertThat(named(page, AriaRole.HEADING, "Position 15 “ Mary”")).isVisible();
    assertThat(named(page, AriaRole.APPLICATION, "Route graph, position 15")).isVisible();
  }

  @Test
  void aPictureIsSavedAsPixels() throws Exception {
    Page page = open("");
    named(page, AriaRole.BUTTON, "Export").click();
    Download file = page.waitForDownload(() -> named(page, AriaRole.MENUITEM, "PNG").click());
    byte[] bytes = Files.readAllBytes(file.path());
    assertThat(new String(bytes, 1, 3, StandardCharsets.US_ASCII)).isEqualTo("PNG");
    assertThat(file.suggestedFilename()).isEqualTo("route-demo-gpt2-14.png");
    assertThat(bytes.length).isGreaterThan(20_000);
  }

  @Test
  void everyTermOfTheFieldIsExplainedOnFocus() {
    Map<String, String> terms =
        Map.of(
            "", "Threshold:",
            "#sel=M2_14", "MLP:",
            "#sel=A2_14", "Contribution:",
            "#sel=I1_2>A2_14", "Head:",
            "#a=+Mary", "Logit:");
    Set<String> said = new TreeSet<>();
    for (String fragment : terms.keySet()) {
      Page page = open(fragment);
      for (Locator term : page.locator(".term").all()) {
        term.focus();
        Locator line = term.locator(".bubble");
        assertThat(line).isVisible();
        said.add(line.textContent().split(":", 2)[0]);
        term.press("Escape");
        assertThat(line).hasCount(0);
      }
    }
    assertThat(said)
        .isEqualTo(
            new TreeSet<>(
                List.of("Contribution", "Head", "Logit", "MLP", "Residual", "Threshold")));
  }
}
