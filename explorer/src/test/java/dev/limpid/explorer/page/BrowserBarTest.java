package dev.limpid.explorer.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.limpid.explorer.page.BrowserPage.fragment;
import static dev.limpid.explorer.page.BrowserPage.named;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is asked for, of which position, and how much of it is shown: bar, targets, threshold,
 * tokens.
 */
class BrowserBarTest {
  private static final String SMALL =
      "How the last state of this position was built; it does not depend on which token is predicted.";

  private static BrowserPage browser;

  /** The page of a configuration with sentences of its own. */
  @BeforeAll
  static void start(@TempDir Path home) throws Exception {
    Path sentences = Files.writeString(home.resolve("mine.txt"), "The keys\nMary gave a drink\n");
    Path config =
        Files.writeString(
            home.resolve("config.json"),
            "{\"preloaded_dataset_filename\": \"%s\", \"allow_loading_dataset_files\": false}"
                .formatted(sentences));
    browser = new BrowserPage("--config", config.toString());
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
  void thePromptIsTakenAsItIsTyped() {
    Page page = open("");
    Locator prompt = named(page, AriaRole.TEXTBOX, "Prompt");
    prompt.fill(" Mary");
    prompt.press("Shift+Enter");
    page.keyboard().type("and ");
    prompt.press("Control+Enter");
    page.waitForURL(url -> url.contains("p=+Mary%0Aand+"));
    assertThat(named(page, AriaRole.RADIO, "After position")).hasCount(5);
    prompt.fill("The capital of France is");
    named(page, AriaRole.BUTTON, "Explain").click();
    assertThat(named(page, AriaRole.REGION, "Summary")).containsText("“ Paris”");
  }

  @Test
  void theSentencesAreThoseOfTheConfiguration() {
    Page page = open("");
    Locator sentence = named(page, AriaRole.COMBOBOX, "Sentence");
    assertThat(sentence.locator("option:not([hidden])"))
        .hasText(new String[] {"The keys", "Mary gave a drink"});
    sentence.selectOption("0");
    page.waitForURL(url -> url.contains("p=The+keys"));
    named(page, AriaRole.TAB, "Prompts").click();
    assertThat(named(page, AriaRole.TEXTBOX, "Sentences")).isVisible();
    assertThat(page.locator("input[type=file]")).hasCount(0);
  }

  @Test
  void theSliderHasItsStopsAndItsKeys() {
    Page page = open("");
    Locator slider = named(page, AriaRole.SLIDER, "Threshold");
    List<String> stops = new ArrayList<>();
    slider.press("Home");
    while (true) {
      page.waitForTimeout(60);
      String now = slider.getAttribute("aria-valuenow");
      if (stops.contains(now)) {
        break;
      }
      stops.add(now);
      assertThat(slider).hasAttribute("aria-valuetext", Pattern.compile(now + ", \\d+ edges"));
      slider.press("ArrowRight");
      if (!now.equals("0.2")) {
        assertThat(slider).not().hasAttribute("aria-valuenow", now);
      }
    }
    assertThat(stops)
        .containsExactly(
            "0.005", "0.006", "0.008", "0.01", "0.012", "0.015", "0.02", "0.025", "0.03", "0.035",
            "0.04", "0.045", "0.05", "0.06", "0.07", "0.08", "0.09", "0.1", "0.12", "0.15", "0.2");
    slider.press("PageDown");
    assertThat(slider).hasAttribute("aria-valuenow", "0.08");
    slider.press("PageUp");
    assertThat(slider).hasAttribute("aria-valuenow", "0.2");
    slider.press("Home");
    assertThat(slider).hasAttribute("aria-valuenow", "0.005");
    slider.press("End");
    assertThat(slider).hasAttribute("aria-valuenow", "0.2");
    assertThat(slider.locator("path.curve")).isVisible();
    double width = slider.boundingBox().width;
    slider.click(new Locator.ClickOptions().setPosition(width / 2, 20));
    assertThat(slider).hasAttribute("aria-valuenow", "0.04");
  }

  @Test
  void neighbouringStopsAreThereBeforeTheyAreAskedFor() {
    Page page = open("");
    page.waitForFunction(
        "performance.getEntriesByType('resource')"
            + ".some(e => e.name.includes('threshold=0.045') && e.responseEnd > 0)");
    List<String> asked = new ArrayList<>();
    page.onRequest(request -> asked.add(request.url()));
    Locator slider = named(page, AriaRole.SLIDER, "Threshold");
    slider.press("ArrowRight");
    assertThat(slider).hasAttribute("aria-valuenow", "0.045");
    assertThat(asked).noneMatch(url -> url.contains("threshold=0.045"));
  }

  @Test
  void theThresholdOpensWhereItFitsAndStaysOnceItIsMoved() {
    Page page = open("#t=12");
    Locator slider = named(page, AriaRole.SLIDER, "Threshold");
    // As limpid explain --threshold auto --position 12 says.
    assertThat(slider).hasAttribute("aria-valuenow", "0.03");
    assertThat(fragment(page)).doesNotContain("tau");
    slider.press("ArrowRight");
    page.waitForURL(url -> url.contains("tau=0.035"));
    int entries = ((Number) page.evaluate("history.length")).intValue();
    slider.press("ArrowRight");
    page.waitForURL(url -> url.contains("tau=0.04"));
    assertThat(page.evaluate("history.length")).as("no entry of the history").isEqualTo(entries);
    named(page, AriaRole.RADIO, "After position 9").click();
    page.waitForURL(url -> url.contains("t=9&tau=0.04"));
    Locator prompt = named(page, AriaRole.TEXTBOX, "Prompt");
    prompt.fill("The keys");
    prompt.press("Enter");
    page.waitForURL(url -> url.endsWith("p=The+keys&tau=0.04"));
  }

  @Test
  void targetsStandInTheirOrderAndOneOfThemTakesTheFocus() {
    Page page = open("");
    List<String> asked = new ArrayList<>();
    page.onRequest(request -> asked.add(request.method() + " " + request.url()));
    Locator targets = named(page, AriaRole.RADIO, "After position");
    Object names =
        targets.evaluateAll("all => all.map(e => e.getAttribute('aria-label').match(/\\d+/)[0])");
    assertThat(((List<?>) names).stream().map(Object::toString))
        .containsExactly(
            "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14");
    assertThat(page.locator("[role=radiogroup][aria-label=Target] [tabindex='0']")).hasCount(1);
    Locator ticket = named(page, AriaRole.RADIO, "After position 12 “ a”: “ ticket” 8.8 %");
    assertThat(ticket).hasAttribute("title", Pattern.compile("entropy \\d\\.\\d\\d nats"));
    assertThat(ticket.locator(".triangle")).isAttached();
    assertThat(ticket.locator(".level i")).hasAttribute("style", Pattern.compile("width: 8\\.8"));
    named(page, AriaRole.RADIO, "After position 14").press("Home");
    assertThat(named(page, AriaRole.RADIO, "After position 0")).isFocused();
    page.waitForURL(url -> url.contains("t=0"));
    named(page, AriaRole.RADIO, "After position 0").press("ArrowRight");
    page.waitForURL(url -> url.contains("t=1"));
    assertThat(asked).as("all routes come from one run").noneMatch(line -> line.startsWith("POST"));
  }

  @Test
  void theSentenceSaysWhatItIsAbout() {
    Page page = open("");
    Locator summary = named(page, AriaRole.REGION, "Summary");
    assertThat(summary).containsText("After “");
    assertThat(summary).containsText("John gave a drink to” the model predicts “ Mary” 99.8 %");
    assertThat(summary).containsText(SMALL);
    named(page, AriaRole.BUTTON, "Why “ Mary” and not “ Ruth”?").click();
    page.waitForURL(url -> url.contains("a=%23398&b=%23"));
    assertThat(summary).not().containsText(SMALL);
    assertThat(named(page, AriaRole.SLIDER, "Threshold")).hasCount(0);
    assertThat(named(page, AriaRole.CHECKBOX, "Share out the rest")).hasCount(0);
    assertThat(page.locator(".toolbar .legend")).containsText("towards “ Mary”");
    named(page, AriaRole.BUTTON, "Why “ Mary” and not “ Ruth”?").click();
    assertThat(summary).containsText(SMALL);
  }

  @Test
  void otherTokensAreSearchedAndHeldAgainstEachOther() {
    Page page = open("");
    named(page, AriaRole.BUTTON, "Other tokens").click();
    named(page, AriaRole.TEXTBOX, "Search answer").fill("joh");
    // Once the server has answered: what was there before is another list to choose from.
    Locator answers = named(page, AriaRole.LISTBOX, "Answer").getByRole(AriaRole.OPTION);
    assertThat(answers.first()).containsText("John");
    answers.first().click();
    named(page, AriaRole.TEXTBOX, "Search held against").fill(" Ruth");
    Locator found = named(page, AriaRole.LISTBOX, "Held against").getByRole(AriaRole.OPTION);
    assertThat(found.first()).containsText("Ruth");
    page.keyboard().press("ArrowDown");
    page.keyboard().press("ArrowUp");
    show(page);
    assertThat(named(page, AriaRole.HEADING, "Why “ John” and not “ Ruth”?")).isVisible();
    named(page, AriaRole.BUTTON, "Other tokens").click();
    named(page, AriaRole.TEXTBOX, "Search answer").fill("Mary");
    named(page, AriaRole.OPTION, "“Mary” as typed").click();
    show(page);
    assertThat(page.getByRole(AriaRole.ALERT))
        .containsText(
            "“Mary” is not one token of demo-gpt2, but “ Mary” is: give it with its blank.");
    assertThat(named(page, AriaRole.HEADING, "Why “ John” and not “ Ruth”?")).isVisible();
  }

  private static void show(Page page) {
    page.getByRole(AriaRole.DIALOG)
        .getByText("Show", new Locator.GetByTextOptions().setExact(true))
        .click();
  }

  /** A route with more edges than are asked for says that it is not whole. */
  @Test
  void aPrunedRouteSaysThatThisIsWhatIsShown() {
    Page page = open("");
    page.route(
        Pattern.compile("max_edges=4000"),
        route ->
            route.resume(
                new Route.ResumeOptions()
                    .setUrl(route.request().url().replace("max_edges=4000", "max_edges=50"))));
    named(page, AriaRole.SLIDER, "Threshold").press("Home");
    assertThat(named(page, AriaRole.STATUS, "Size of the route"))
        .hasText(Pattern.compile("^\\d+ nodes, 50 edges shown$"));
  }
}
