package dev.limpid.explorer.page;

import static dev.limpid.explorer.page.BrowserPage.named;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Six views of the page, light and dark, looked at by axe-core: no rule of it is broken. */
class BrowserAccessibilityTest {
  private static final Map<String, String> VIEWS =
      Map.of(
          "route", "",
          "connection", "#sel=I1_2>A2_14",
          "state", "#sel=A2_14",
          "contrast", "#a=+Mary&b=+John",
          "lens", "#v=lens",
          "heads", "#v=heads");

  private static BrowserPage browser;
  private static String axe;

  @BeforeAll
  static void start() throws IOException {
    Path root = Path.of(System.getProperty("limpid.root"));
    axe = Files.readString(root.resolve("explorer/web/node_modules/axe-core/axe.min.js"));
    browser = new BrowserPage();
  }

  @AfterAll
  static void end() {
    browser.close();
  }

  @ParameterizedTest
  @CsvSource({
    "route,LIGHT", "connection,LIGHT", "state,LIGHT", "contrast,LIGHT", "lens,LIGHT", "heads,LIGHT",
    "route,DARK", "connection,DARK", "state,DARK", "contrast,DARK", "lens,DARK", "heads,DARK"
  })
  void noRuleIsBroken(String view, ColorScheme scheme) {
    assertNoRuleIsBroken(browser.open(VIEWS.get(view), scheme));
  }

  @ParameterizedTest
  @EnumSource(
      value = ColorScheme.class,
      names = {"LIGHT", "DARK"})
  void alertsAndDialogsBreakNoneEither(ColorScheme scheme) {
    Page page = browser.open("", scheme);
    Locator prompt = named(page, AriaRole.TEXTBOX, "Prompt");
    prompt.fill("a ".repeat(300));
    prompt.press("Enter");
    page.getByRole(AriaRole.ALERT).waitFor();
    assertNoRuleIsBroken(page);
    named(page, AriaRole.BUTTON, "Settings").click();
    page.getByRole(AriaRole.DIALOG).getByText("n layers").waitFor();
    assertNoRuleIsBroken(page);
  }

  private static void assertNoRuleIsBroken(Page page) {
    page.evaluate(axe);
    Object violations =
        page.evaluate(
            "axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' ')))");
    assertThat((List<?>) violations).isEmpty();
  }
}
