package dev.limpid.explorer.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.limpid.explorer.page.BrowserPage.named;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Keyboard;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Without a pointer, and without a picture: by keys alone, and by what a screen reader hears. */
class BrowserKeyboardTest {
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

  /** What has the focus, as it is called. */
  private static String focused(Page page) {
    return page.evaluate(
            "() => { const e = document.activeElement; return e.getAttribute('aria-label') ?? e.textContent.trim(); }")
        .toString();
  }

  /** Presses Tab until something of that name has the focus. */
  private static void tabTo(Page page, String name) {
    List<String> passed = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      page.keyboard().press("Tab");
      String now = focused(page);
      if (now.startsWith(name)) {
        return;
      }
      passed.add(now);
    }
    throw new AssertionError("Tab leads to " + passed + ", not to " + name);
  }

  @Test
  void theFirstMinuteNeedsNoPointer() {
    Page page = browser.open("", ColorScheme.LIGHT);
    Keyboard keys = page.keyboard();
    tabTo(page, "Route graph, position 14");
    Object outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth");
    assertThat(outline).isEqualTo("2px");
    keys.press("ArrowDown");
    assertThat(page.locator("[aria-live=polite]").first())
        .hasText("after attention 3, position 14 “ to”, 100.0 %");
    keys.press("ArrowDown");
    keys.press("ArrowDown");
    keys.press("]");
    assertThat(page.locator("[aria-live=polite]").first())
        .hasText("Residual, position 14 “ to”, layer 2, 51.7 % stays");
    keys.press("]");
    keys.press("Enter");
    assertThat(named(page, AriaRole.HEADING, "“ to” reads “ Mary” in layer 2")).isVisible();

    tabTo(page, "State above");
    keys.press("Enter");
    assertThat(named(page, AriaRole.LIST, "Top tokens of this state"))
        .containsText("“ Mary” 84.8 %");
    tabTo(page, "‹ Overview");
    keys.press("Enter");
    assertThat(named(page, AriaRole.LIST, "Source tokens")).isVisible();

    named(page, AriaRole.TEXTBOX, "Prompt").focus();
    keys.press("Control+a");
    keys.type("The capital of France is");
    keys.press("Enter");
    assertThat(named(page, AriaRole.REGION, "Summary")).containsText("“ Paris”");
  }

  @Test
  void aMenuIsWalkedAndGivesTheFocusBack() {
    Page page = browser.open("", ColorScheme.LIGHT);
    Locator button = named(page, AriaRole.BUTTON, "Export");
    button.focus();
    page.keyboard().press("Enter");
    assertThat(named(page, AriaRole.MENUITEM, "SVG")).isFocused();
    page.keyboard().press("ArrowDown");
    assertThat(named(page, AriaRole.MENUITEM, "PNG")).isFocused();
    page.keyboard().press("End");
    assertThat(named(page, AriaRole.MENUITEM, "Continue")).isFocused();
    page.keyboard().press("Escape");
    assertThat(page.getByRole(AriaRole.MENU)).hasCount(0);
    assertThat(button).isFocused();
    assertThat(button).hasAttribute("aria-expanded", "false");
  }

  @Test
  void aDialogGivesTheFocusBack() {
    Page page = browser.open("", ColorScheme.LIGHT);
    page.keyboard().press("?");
    assertThat(page.getByRole(AriaRole.DIALOG)).containsText("Keyboard");
    page.keyboard().press("Escape");
    assertThat(page.getByRole(AriaRole.DIALOG)).hasCount(0);
    Locator settings = named(page, AriaRole.BUTTON, "Settings");
    settings.focus();
    page.keyboard().press("Enter");
    assertThat(page.getByRole(AriaRole.DIALOG)).isVisible();
    page.keyboard().press("Escape");
    assertThat(settings).isFocused();
  }

  /** The order in which a page is read out: what is where, and that nothing is nameless. */
  @Test
  void itIsReadInItsOrder() {
    Page page = browser.open("", ColorScheme.LIGHT);
    String tree = page.locator("body").ariaSnapshot();
    assertThat(tree)
        .containsSubsequence(
            "- banner:",
            "heading \"Limpid\" [level=1]",
            "textbox \"Prompt\"",
            "combobox \"Sentence\"",
            "combobox \"Model\"",
            "button \"Explain\"",
            "- main:",
            "region \"Summary\"",
            "the model predicts",
            "“ Mary”",
            "tablist \"Views\"",
            "tab \"Route\" [selected]",
            "slider \"Threshold\"",
            "checkbox \"Share out the rest\" [checked]",
            "38 nodes, 60 edges",
            "radiogroup \"Target\"",
            "radio \"After position 14 “ to”: “ Mary” 99.8 %\" [checked]",
            "application \"Route graph, position 14: 38 nodes, 60 edges\"",
            "region \"Changes\"",
            "complementary \"Details\"",
            "heading \"Position 14 “ to”\" [level=2]",
            "list \"Predictions\"",
            "list \"Source tokens\"",
            "list \"Largest steps between tokens\"",
            "button \"Layer 2: “ to” (14) reads “ Mary” (2), 48.3 %\"",
            "list \"Largest writes by MLPs\"",
            "button \"Check faithfulness\"");
    assertThat(tree.lines().map(String::strip))
        .noneMatch(line -> line.matches("- (button|radio|tab|textbox|combobox|slider|option|img)"));
    assertThat(page.title()).contains("Limpid");
    assertThat(page.locator("html")).hasAttribute("lang", "en");
  }
}
