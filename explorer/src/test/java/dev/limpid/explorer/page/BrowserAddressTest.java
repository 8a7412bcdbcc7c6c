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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an address may say, and what is asked of the server for it: nothing that it must refuse. */
class BrowserAddressTest {
  private static final String FIRST =
      "#m=demo-gpt2&p=When+Mary+and+John+went+to+the+store%2C+John+gave+a+drink+to";

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

  @ParameterizedTest
  @ValueSource(strings = {"#ids=99999999", "#m=demo-gpt2&ids=1,2,3,999999"})
  void idsThatNoVocabularyHasOpenTheDefaultAndAreSaid(String fragment) {
    Page page = browser.open(fragment, ColorScheme.LIGHT);
    assertThat(named(page, AriaRole.REGION, "Summary")).containsText("“ Mary” 99.8 %");
    assertThat(page.getByRole(AriaRole.ALERT))
        .containsText("demo-gpt2 has 1,192 tokens, from #0 on");
    assertThat(fragment(page)).isEqualTo(FIRST);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#a=zzzz+zzzz&b=+John",
        "#a=%2399999&b=+John",
        "#a=zzzz&b=+John",
        "#c=head_out.9.0%3Bneuron_post.1.9999%3Bmlp_out.1%40400%3Bmlp_out.1%3Dpatch",
        "#sel=I9_9>A9_99&h=4&n=7",
        "#v=compare&of=second&sel=A1_2",
        "#t=99&tau=NaN&mode=odd&v=zzz&by=relevance&backend=none&norm=odd"
      })
  void nonsenseIsDroppedBeforeAnybodyIsAsked(String fragment) {
    Page page = browser.open(fragment, ColorScheme.LIGHT);
    assertThat(named(page, AriaRole.REGION, "Summary")).containsText("“ Mary” 99.8 %");
    assertThat(page.getByRole(AriaRole.ALERT)).hasCount(0);
    assertThat(fragment(page).replace("&v=compare", "").replace("&sel=A1_2", "")).isEqualTo(FIRST);
  }

  /** Of two tokens the one that is none is left out; so is what is the answer itself. */
  @ParameterizedTest
  @ValueSource(strings = {"#a=+Mary&b=zzzz", "#a=+Mary&b=%2399999", "#a=+Mary&b=%23398"})
  void aDistractorThatIsNoneIsDropped(String fragment) {
    Page page = browser.open(fragment, ColorScheme.LIGHT);
    assertThat(named(page, AriaRole.HEADING, "Why “ Mary”?")).isVisible();
    assertThat(fragment(page)).isEqualTo(FIRST + "&a=+Mary");
    assertThat(page.getByRole(AriaRole.ALERT)).hasCount(0);
  }

  @Test
  void anEstimateIsAskedForAnOpenedAddress() {
    String text = "#m=demo-gpt2&p=The+capital+of+France+is";
    Page page = browser.open("", ColorScheme.LIGHT);
    large(page);
    page.evaluate("f => history.replaceState(null, '', f)", text);
    page.reload();
    Locator estimate = named(page, AriaRole.GROUP, "Estimate");
    assertThat(estimate).containsText("About 6 tokens: some");
    named(page, AriaRole.BUTTON, "Run it").click();
    assertThat(named(page, AriaRole.REGION, "Summary")).containsText("“ Paris”");
    assertThat(estimate).hasCount(0);
    Locator prompt = named(page, AriaRole.TEXTBOX, "Prompt");
    prompt.fill("The capital of Italy is");
    prompt.press("Enter");
    assertThat(estimate).isVisible();
    named(page, AriaRole.BUTTON, "Leave it").click();
    assertThat(estimate).hasCount(0);
    assertThat(named(page, AriaRole.REGION, "Summary")).containsText("“ Paris”");
    assertThat(fragment(page)).isEqualTo(text);
  }

  /** From here on the server's model is said to be large: its texts would take long. */
  private static void large(Page page) {
    page.route(
        "**/api/status",
        route ->
            route.fulfill(
                new Route.FulfillOptions()
                    .setContentType("application/json")
                    .setBody(
                        route.fetch().text().replace("\"d_model\":128", "\"d_model\":32768"))));
  }

  @Test
  void aTextTooLongIsSaidAndTheOldResultAndItsAddressStay() {
    Page page = browser.open("", ColorScheme.LIGHT);
    Locator prompt = named(page, AriaRole.TEXTBOX, "Prompt");
    prompt.fill("a drink to ".repeat(2000));
    prompt.press("Enter");
    assertThat(page.getByRole(AriaRole.ALERT))
        .containsText("The text has 22,000 characters; at most 20,000 are read.");
    assertThat(named(page, AriaRole.REGION, "Summary")).containsText("“ Mary” 99.8 %");
    assertThat(fragment(page)).isEqualTo(FIRST);
  }

  @Test
  void theWayToTheAnswerSaysHowFarItIs() {
    Page page = browser.open("", ColorScheme.LIGHT);
    page.waitForRequest(
        request ->
            request.url().contains("by=relevance")
                && "text/event-stream".equals(request.headerValue("accept")),
        () -> named(page, AriaRole.RADIO, "What made the answer").click());
    assertThat(named(page, AriaRole.LIST, "Relevance by token")).containsText("“ Mary”");
  }
}
