package dev.limpid.explorer.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.limpid.explorer.page.BrowserPage.named;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.limpid.testdata.TestData;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The panel of an MLP where a layer has experts. */
class BrowserExpertsTest {
  private static final String TEXT = "#m=qwen2-moe&ids=3,1,4,1,5";

  private static BrowserPage browser;

  @BeforeAll
  static void start() {
    String model = TestData.folder().resolve("goldens/qwen2-moe").toString();
    browser = new BrowserPage("--model", model);
  }

  @AfterAll
  static void end() {
    browser.close();
    assertThat(browser.console()).as("what pages wrote to the console").isEmpty();
  }

  private static Page open(String selection) {
    return browser.open(TEXT + "&sel=M1_4" + selection, ColorScheme.LIGHT);
  }

  @Test
  void thoseThatWroteStandThereAndThoseThatWereNearlyTaken() {
    Page page = open("");
    assertThat(
            named(
                page, AriaRole.OPTION, "Expert 3, contribution 12.3 %, weight 0.83, router 82.7 %"))
        .isVisible();
    assertThat(named(page, AriaRole.OPTION, "The shared expert, contribution 5.0 %, weight 0.38"))
        .isVisible();
    assertThat(named(page, AriaRole.LIST, "Experts that were nearly taken").locator("li"))
        .hasText(new String[] {"25.9 %", "42.4 %", "10.1 %"});
    assertThat(named(page, AriaRole.OPTION, "Neuron 3.6, contribution 7.2 %")).isVisible();
    assertThat(named(page, AriaRole.OPTION, "Neuron shared.4, contribution 2.5 %")).isVisible();
  }

  @Test
  void anExpertHasItsTokensAndCanBeSilenced() {
    Page page = open("");
    named(page, AriaRole.OPTION, "Expert 3,").click();
    assertThat(page).hasURL(Pattern.compile("e=3"));
    assertThat(named(page, AriaRole.LIST, "Promoted by expert 3").locator("li").first())
        .containsText("#49");
    named(page, AriaRole.BUTTON, "Silence expert 3").click();
    assertThat(page.locator(".changes")).containsText("Expert 1.3 at 4 silenced");
    assertThat(page.locator(".changes")).containsText("→");
    named(page, AriaRole.OPTION, "The shared expert,").click();
    named(page, AriaRole.BUTTON, "Silence the shared expert").click();
    assertThat(page.locator(".changes")).containsText("Shared expert of layer 1 at 4 silenced");
    assertThat(page.getByRole(AriaRole.ALERT)).hasCount(0);
  }

  /** Whose neuron it is stands in the address; it fires only where the router says. */
  @Test
  void aNeuronIsThatOfItsExpert() {
    Page page = open("&e=shared&n=4");
    assertThat(named(page, AriaRole.OPTION, "Neuron shared.4"))
        .hasAttribute("aria-selected", "true");
    assertThat(named(page, AriaRole.LIST, "Promoted by neuron shared.4")).isVisible();
    assertThat(named(page, AriaRole.BUTTON, "Silence the MLP")).isVisible();
    assertThat(named(page, AriaRole.BUTTON, "Silence neuron")).hasCount(0);
    named(page, AriaRole.OPTION, "Neuron 3.6,").click();
    assertThat(page).hasURL(Pattern.compile("n=6&e=3"));
  }
}
