package dev.limpid.explorer.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.limpid.explorer.page.BrowserPage.named;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The page and a server that is gone, slow, or somebody else's too. */
class BrowserServerTest {
  private BrowserServer server;
  private BrowserPage browser;

  @BeforeEach
  void start() {
    server = new BrowserServer(List.of());
    browser = new BrowserPage(server);
  }

  @AfterEach
  void end() {
    browser.close();
  }

  private static void run(Page page, String text) {
    Locator prompt = named(page, AriaRole.TEXTBOX, "Prompt");
    prompt.fill(text);
    prompt.press("Enter");
  }

  @Test
  void aServerThatIsGoneIsSaidAndOneThatIsBackGoesOn() {
    Page page = browser.open("", ColorScheme.LIGHT);
    server.stop();
    run(page, "The capital of France is");
    assertThat(page.getByRole(AriaRole.ALERT))
        .containsText("The server does not answer. Is limpid serve still running?");
    assertThat(named(page, AriaRole.REGION, "Summary")).containsText("“ Mary” 99.8 %");

    server.start();
    named(page, AriaRole.BUTTON, "Try again").click();
    assertThat(named(page, AriaRole.REGION, "Summary")).containsText("“ Paris”");
    assertThat(page.getByRole(AriaRole.ALERT)).hasCount(0);
  }

  @Test
  void aTraceThatAnotherServerDoesNotKnowIsMadeAgain() {
    Page page = browser.open("", ColorScheme.LIGHT);
    server.stop();
    server.start();
    named(page, AriaRole.BUTTON, "Layer 2: “ to” (14) reads “ Mary” (2), 48.3 %").click();
    assertThat(named(page, AriaRole.OPTION, "Head 2.0, contribution 44.2 %")).isVisible();
    assertThat(page.getByRole(AriaRole.ALERT)).hasCount(0);
  }

  @Test
  void twoPeopleGetTheirOwnAnswers() {
    Page one = browser.open("", ColorScheme.LIGHT);
    Page two = browser.open("#m=demo-opt", ColorScheme.DARK);
    run(one, "The capital of France is");
    run(two, "The capital of Italy is");
    assertThat(named(one, AriaRole.REGION, "Summary"))
        .containsText("France is” the model predicts");
    assertThat(named(two, AriaRole.REGION, "Summary")).containsText("Italy is” the model predicts");
    one.waitForURL(url -> url.contains("m=demo-gpt2&p=The+capital+of+France+is"));
    two.waitForURL(url -> url.contains("m=demo-opt&p=The+capital+of+Italy+is"));
  }

  @Test
  void aSlowNetworkKeepsTheOldResultUntilTheNewOneIsThereAndCanBeCancelled() {
    Page page = browser.open("", ColorScheme.LIGHT);
    page.route(
        "**/api/**",
        route -> {
          page.waitForTimeout(900);
          route.resume();
        });
    run(page, "The capital of France is");
    assertThat(named(page, AriaRole.PROGRESSBAR, "Progress")).isVisible();
    assertThat(named(page, AriaRole.REGION, "Summary")).containsText("“ Mary” 99.8 %");
    named(page, AriaRole.BUTTON, "Cancel").click();
    assertThat(named(page, AriaRole.STATUS, "Notes")).hasText("Cancelled.");
    assertThat(named(page, AriaRole.REGION, "Summary")).containsText("“ Mary” 99.8 %");
    page.unroute("**/api/**");
    run(page, "The capital of France is");
    assertThat(named(page, AriaRole.REGION, "Summary")).containsText("“ Paris”");
  }
}
