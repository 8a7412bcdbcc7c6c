package dev.limpid.explorer.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.limpid.explorer.page.BrowserPage.named;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Roles, names and the focus: what everybody relies on who does not see, or does not point. */
class BrowserNamesTest {
  private static final String EDGE = "#sel=I1_2>A2_14";
  private static final String CONTRAST = "#a=+Mary&b=+John";

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

  private static Page open(String fragment) {
    return browser.open(fragment, ColorScheme.LIGHT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        EDGE,
        "#sel=M2_14&n=71",
        "#sel=A2_14",
        CONTRAST,
        "#v=lens",
        "#v=heads",
        "#v=compare",
        "#v=prompts"
      })
  void rolesAndStatesAreWrittenOut(String fragment) {
    Page page = open(fragment);
    Object wrong =
        page.evaluate(
            """
            () => {
              const out = [];
              const need = { radio: ['aria-label', 'aria-checked'], option: ['aria-label', 'aria-selected'], tab: ['aria-selected', 'aria-controls'], slider: ['aria-label', 'aria-valuenow', 'aria-valuetext'] };
              for (const [role, attributes] of Object.entries(need))
                for (const e of document.querySelectorAll('[role=' + role + ']'))
                  for (const a of attributes) if (!e.hasAttribute(a)) out.push(role + ' without ' + a);
              if (document.querySelector('input[type=radio]')) out.push('a native radio');
              for (const list of document.querySelectorAll('ul, ol'))
                for (const e of list.children) if (e.nodeName !== 'LI') out.push('a ' + e.nodeName + ' in a list');
              for (const list of document.querySelectorAll('main ul, aside ul')) if (!list.hasAttribute('aria-label')) out.push('a nameless list');
              if (document.querySelectorAll('h1').length !== 1) out.push('h1');
              if (document.querySelectorAll('aside h2').length !== 1) out.push('h2');
              for (const tab of document.querySelectorAll('[role=tab]'))
                if (document.getElementById(tab.getAttribute('aria-controls'))?.getAttribute('role') !== 'tabpanel') out.push('no tabpanel');
              return out;
            }
            """);
    assertThat((List<?>) wrong).isEmpty();
  }

  /** Whoever looks for a role and a part of its name finds one; each page is opened once. */
  @ParameterizedTest
  @CsvSource({
    "'',"
        + "BUTTON explain|BUTTON cancel|TAB heads|TAB lens|TAB route|TEXTBOX prompt|"
        + "SLIDER threshold|CHECKBOX share out the rest|RADIOGROUP target|"
        + "APPLICATION route graph|COMBOBOX model|COMBOBOX sentence|"
        + "STATUS size of the route|LIST predictions|LIST source tokens|"
        + "BUTTON check faithfulness|BUTTON export|BUTTON settings|BUTTON keyboard help|"
        + "BUTTON other tokens",
    "'#sel=I1_2>A2_14',"
        + "BUTTON overview|BUTTON state above|BUTTON state below|"
        + "LISTBOX heads of this connection|IMG attention map|IMG contribution map|"
        + "BUTTON silence head 2.0|BUTTON silence this connection",
    "'#sel=M2_14'," + "LISTBOX top neurons",
    "'#sel=A2_14'," + "LIST made of|BUTTON state before|BUTTON state after",
    "'#a=+Mary&b=+John'," + "BUTTON exchange the two|RADIOGROUP way of telling",
    "'#v=compare'," + "TEXTBOX second text|TEXTBOX prompt",
    "'#v=prompts'," + "TEXTBOX sentences|BUTTON run",
    "'#v=heads'," + "GRID heads by layer|TAB heads",
    "'#v=lens'," + "GRID lens of every state"
  })
  void aNameOccursOnceInItsRole(String fragment, String roles) {
    Page page = open(fragment);
    for (String roleAndName : roles.split("\\|", -1)) {
      String[] parts = roleAndName.split(" ", 2);
      int found = parts[1].equals("cancel") ? 0 : 1;
      assertThat(named(page, AriaRole.valueOf(parts[0]), parts[1])).hasCount(found);
    }
  }

  @Test
  void thereAreFiveTabsAndArrowsWalkThem() {
    Page page = open("");
    assertThat(page.getByRole(AriaRole.TAB))
        .hasText(new String[] {"Route", "Lens", "Heads", "Compare", "Prompts"});
    named(page, AriaRole.TAB, "Route").press("ArrowRight");
    assertThat(named(page, AriaRole.TAB, "Lens")).isFocused();
    page.waitForURL(url -> url.contains("v=lens"));
    named(page, AriaRole.TAB, "Lens").press("End");
    page.waitForURL(url -> url.contains("v=prompts"));
    named(page, AriaRole.TAB, "Prompts").press("ArrowRight");
    assertThat(named(page, AriaRole.TAB, "Route")).isFocused();
    page.waitForURL(url -> !url.contains("v="));
  }

  /**
   * From the top of the page to its end and out of it, and everywhere it can be seen where one is.
   */
  @ParameterizedTest
  @ValueSource(strings = {"", EDGE, CONTRAST, "#v=lens", "#v=heads", "#v=compare", "#v=prompts"})
  void tabLeavesEveryWidgetAndTheFocusIsSeen(String fragment) {
    Page page = open(fragment);
    page.evaluate("document.activeElement.blur()");
    List<String> passed = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      page.keyboard().press("Tab");
      Object at =
          page.evaluate(
              """
              () => {
                const e = document.activeElement;
                if (e === document.body) return null;
                const s = getComputedStyle(e);
                return { name: e.getAttribute('aria-label') ?? e.textContent.trim().slice(0, 40), seen: s.outlineStyle !== 'none' && s.outlineWidth === '2px', graph: e.getAttribute('role') === 'application', details: e.closest('aside') !== null };
              }
              """);
      if (at == null) {
        break;
      }
      Map<?, ?> focus = (Map<?, ?>) at;
      String name = focus.get("name").toString();
      assertThat(focus.get("seen")).as("an outline round %s", name).isEqualTo(true);
      passed.add(
          focus.get("graph").equals(true)
              ? "graph"
              : focus.get("details").equals(true) ? "details" : name);
    }
    assertThat(passed.size()).as("%s", passed).isLessThan(120);
    assertThat(passed).contains("Prompt", "Explain", "details");
    if (passed.contains("graph")) {
      assertThat(passed.indexOf("graph")).isLessThan(passed.indexOf("details"));
      assertThat(passed.stream().filter("graph"::equals)).hasSize(1);
    }
    assertThat(passed.stream().filter(name -> name.startsWith("After position")).count())
        .as("one of the targets")
        .isLessThanOrEqualTo(1);
  }

  @Test
  void lettersAreKeysOnlyOutsideTextFields() {
    Page page = open("");
    Locator prompt = named(page, AriaRole.TEXTBOX, "Prompt");
    prompt.click();
    prompt.fill("");
    page.keyboard().type("t?+0[");
    assertThat(prompt).hasValue("t?+0[");
    assertThat(page.getByRole(AriaRole.DIALOG)).hasCount(0);
    assertThat(named(page, AriaRole.APPLICATION, "Route graph, position 14")).isVisible();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Settings", "Keyboard help", "Other tokens", "Continue the text"})
  void aDialogHasItsNameAndKeepsAllLandmarks(String button) {
    Page page = open("");
    named(page, AriaRole.BUTTON, button).click();
    Locator dialog = page.getByRole(AriaRole.DIALOG);
    assertThat(dialog.getByRole(AriaRole.HEADING).first()).isVisible();
    page.keyboard().press("Escape");
    assertThat(dialog).hasCount(0);
    assertThat(named(page, AriaRole.BUTTON, button)).isFocused();
  }
}
