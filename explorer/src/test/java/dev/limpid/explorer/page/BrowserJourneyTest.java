package dev.limpid.explorer.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.limpid.explorer.page.BrowserPage.named;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a person does in the first minutes, in a browser, against the server. */
class BrowserJourneyTest {
  private static BrowserPage browser;

  @BeforeAll
  static void start() {
    browser = new BrowserPage();
  }

  @AfterAll
  static void end() {
    browser.close();
    assertThat(browser.console()).as("what pages wrote to the console").isEmpty();
  }

  @Test
  void theFirstViewIsTheFirstExampleExplained() {
    Page page = browser.open("", ColorScheme.LIGHT);
    assertThat(named(page, AriaRole.REGION, "Summary"))
        .containsText("the model predicts “ Mary” 99.8 %");
    assertThat(named(page, AriaRole.APPLICATION, "Route graph, position 14: 38 nodes, 60 edges"))
        .isVisible();
    assertThat(named(page, AriaRole.SLIDER, "Threshold"))
        .hasAttribute("aria-valuetext", "0.04, 60 edges");
    assertThat(page.getByRole(AriaRole.RADIO, new GetByRoleOptions().setName("After position")))
        .hasCount(15);
  }

  @Test
  void aConnectionLeadsToItsHeadsAndToTheStateAbove() {
    Page page = browser.open("", ColorScheme.LIGHT);
    named(page, AriaRole.BUTTON, "Layer 2: “ to” (14) reads “ Mary” (2), 48.3 %").click();
    assertThat(named(page, AriaRole.HEADING, "“ to” reads “ Mary” in layer 2")).isVisible();
    assertThat(named(page, AriaRole.OPTION, "Head 2.0, contribution 44.2 %, attention 96.9 %"))
        .hasAttribute("aria-selected", "true");
    assertThat(named(page, AriaRole.IMG, "Attention map of head 2.0")).isVisible();
    assertThat(named(page, AriaRole.LIST, "Promoted by head 2.0")).containsText("“ Mary”");
    named(page, AriaRole.BUTTON, "State above").click();
    assertThat(named(page, AriaRole.LIST, "Top tokens of this state")).containsText("“ Mary”");
    page.goBack();
    assertThat(named(page, AriaRole.HEADING, "“ to” reads “ Mary” in layer 2")).isVisible();
  }

  @Test
  void theKeyboardReachesATargetAThresholdAndAnEdge() {
    Page page = browser.open("", ColorScheme.LIGHT);
    named(page, AriaRole.SLIDER, "Threshold").press("Home");
    assertThat(named(page, AriaRole.STATUS, "Size of the route")).hasText("108 nodes, 329 edges");
    named(page, AriaRole.RADIO, "After position 14").press("ArrowLeft");
    assertThat(named(page, AriaRole.RADIO, "After position 13")).isFocused();
    Locator graph = named(page, AriaRole.APPLICATION, "Route graph, position 13");
    graph.press("ArrowDown");
    graph.press("]");
    graph.press("Enter");
    page.waitForURL(url -> url.contains("sel="));
    graph.press("Escape");
    page.waitForURL(url -> !url.contains("sel="));
  }

  @Test
  void anOwnTextIsExplained() {
    Page page = browser.open("", ColorScheme.LIGHT);
    Locator prompt = named(page, AriaRole.TEXTBOX, "Prompt");
    prompt.fill("The capital of France is");
    prompt.press("Enter");
    assertThat(named(page, AriaRole.REGION, "Summary")).containsText("“ Paris”");
    assertThat(page.evaluate("location.hash").toString()).contains("The+capital+of+France+is");
  }

  @Test
  void oneAnswerAgainstAnotherIsToldInTwoWays() {
    Page page = browser.open("#a=+Mary&b=+John", ColorScheme.LIGHT);
    assertThat(named(page, AriaRole.COMPLEMENTARY, "Details")).containsText("+9.98");
    assertThat(named(page, AriaRole.LIST, "Contrast by token")).containsText("“When” +3.32");
    named(page, AriaRole.RADIO, "By relevance").click();
    assertThat(named(page, AriaRole.LIST, "Relevance by token")).containsText("“ Mary”");
    assertThat(named(page, AriaRole.SLIDER, "Threshold")).isVisible();
  }

  @Test
  void aSilencedHeadChangesThePredictionAndCanBeUndone() {
    Page page = browser.open("#sel=I1_2>A2_14", ColorScheme.LIGHT);
    named(page, AriaRole.BUTTON, "Silence head 2.0").click();
    assertThat(named(page, AriaRole.REGION, "Changes")).containsText("“ Mary” 99.8 % →");
    named(page, AriaRole.BUTTON, "Undo").click();
    assertThat(named(page, AriaRole.REGION, "Changes")).containsText("none yet");
  }

  @Test
  void anAddressOfNonsenseOpensTheDefault() {
    Page page = browser.open("#m=none&t=99&tau=NaN&sel=I9_9>A9_99&v=zzz", ColorScheme.LIGHT);
    assertThat(page.evaluate("location.hash").toString())
        .isEqualTo("#m=demo-gpt2&p=When+Mary+and+John+went+to+the+store%2C+John+gave+a+drink+to");
  }
}
