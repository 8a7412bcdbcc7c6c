package dev.limpid.explorer.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.limpid.explorer.page.BrowserPage.named;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.limpid.testdata.TestData;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A model whose attention and MLP read the same state: there is none between them. */
class BrowserParallelTest {
  private static final String TEXT = "#m=pythia&ids=3,1,4,1,5";

  private static BrowserPage browser;

  @BeforeAll
  static void start() {
    browser = new BrowserPage("--model", TestData.folder().resolve("goldens/pythia").toString());
  }

  @AfterAll
  static void end() {
    browser.close();
    assertThat(browser.console()).as("what pages wrote to the console").isEmpty();
  }

  private static Page open(String more) {
    return browser.open(TEXT + more, ColorScheme.LIGHT);
  }

  @Test
  void aStateIsAfterTheLayerAndBothBlocksWroteToIt() {
    Page page = open("&sel=I1_4");
    assertThat(named(page, AriaRole.HEADING, "After layer 1, position 4")).isVisible();
    assertThat(named(page, AriaRole.LIST, "Top tokens of this state")).containsText("before");
    assertThat(named(page, AriaRole.LIST, "Promoted by attention of layer 1")).isVisible();
    assertThat(named(page, AriaRole.LIST, "Promoted by the MLP of layer 1")).isVisible();
    assertThat(page.getByRole(AriaRole.ALERT)).hasCount(0);
    named(page, AriaRole.BUTTON, "State before: after layer 0, position 4").click();
    assertThat(named(page, AriaRole.HEADING, "After layer 0, position 4")).isVisible();
    assertThat(named(page, AriaRole.BUTTON, "State before: token, position 4")).isVisible();
    named(page, AriaRole.BUTTON, "State after: after layer 1, position 4").click();
    assertThat(named(page, AriaRole.HEADING, "After layer 1, position 4")).isVisible();
    assertThat(page.getByRole(AriaRole.ALERT)).hasCount(0);
  }

  /** Bands into a state are said in words as the keyboard goes over them. */
  @Test
  void mlpsAreDrawn() {
    Page page = open("");
    Locator graph = named(page, AriaRole.APPLICATION, "Route graph");
    graph.focus();
    Set<String> said = new HashSet<>();
    for (int i = 0; i < 9; i++) {
      graph.press("]");
      said.add(page.locator("[aria-live=polite]").first().textContent());
    }
    assertThat(said).anyMatch(words -> words.startsWith("MLP of layer 1, position 4"));
  }

  @Test
  void theLensHasOneRowALayer() {
    Page page = open("&v=lens");
    assertThat(named(page, AriaRole.BUTTON, "After layer 1, position 4:")).isVisible();
    assertThat(page.getByRole(AriaRole.ROWHEADER))
        .hasText(new String[] {"layer 1", "layer 0", "token"});
    assertThat(page.getByRole(AriaRole.ALERT)).hasCount(0);
  }
}
