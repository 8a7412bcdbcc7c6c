package dev.limpid.explorer.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.limpid.explorer.page.BrowserPage.named;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Media;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file that the page exports works alone: the same river, without a server. */
class BrowserFileTest {
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

  /** Exports the first view by hand, and returns the file. */
  private Path exported() {
    Page page = browser.open("", ColorScheme.LIGHT);
    named(page, AriaRole.BUTTON, "Export").click();
    Path file = home.resolve("route.html");
    page.waitForDownload(
            () -> page.getByText("HTML", new Page.GetByTextOptions().setExact(true)).click())
        .saveAs(file);
    return file;
  }

  @Test
  void itAnswersToPointerAndKeyboardAndAsksNobody() throws Exception {
    Path file = exported();
    List<String> asked = new ArrayList<>();
    Page page = browser.file(file, true, asked);

    Locator graph =
        named(page, AriaRole.APPLICATION, "Route graph, position 14: 38 nodes, 60 edges");
    assertThat(graph).isVisible();
    assertThat(page.getByLabel("Picture of the route")).isHidden();
    named(page, AriaRole.BUTTON, "“ to” reads “ Mary” in layer 2 48.3 %").click();
    assertThat(named(page, AriaRole.HEADING, "“ to” reads “ Mary” in layer 2")).isVisible();
    assertThat(named(page, AriaRole.LIST, "Heads of this connection")).containsText("48.3 %");
    assertThat(named(page, AriaRole.LIST, "Promoted by head 2.0")).containsText("“ Mary” +10.0");
    named(page, AriaRole.BUTTON, "State above").click();
    assertThat(named(page, AriaRole.LIST, "Top tokens of this state"))
        .containsText("“ Mary” 84.8 %");
    named(page, AriaRole.BUTTON, "Overview").click();
    graph.press("ArrowDown");
    graph.press("Enter");
    assertThat(named(page, AriaRole.LIST, "Made of")).isVisible();
    page.locator("td a[href='#edge-2']").click();
    assertThat(named(page, AriaRole.HEADING, "“ Mary” reads “When” in layer 0")).isVisible();
    assertThat(asked).as("addresses asked for").containsExactly(file.toUri().toString());
    assertThat(Files.size(file)).isLessThan(400_000);
  }

  @Test
  void noRuleOfAxeIsBroken() throws Exception {
    Page page = browser.file(exported(), true, new ArrayList<>());
    Path root = Path.of(System.getProperty("limpid.root"));
    page.evaluate(Files.readString(root.resolve("explorer/web/node_modules/axe-core/axe.min.js")));
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
      Object violations =
          page.evaluate(
              "axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' ')))");
      assertThat((List<?>) violations).as(scheme.toString()).isEmpty();
    }
  }

  @Test
  void itHoversLikeThePage() {
    Page page = browser.file(exported(), true, new ArrayList<>());
    Locator graph = named(page, AriaRole.APPLICATION, "Route graph");
    page.locator("td a[href='#edge-1']").click();
    double[] middle = middle(page);
    named(page, AriaRole.BUTTON, "Overview").click();
    graph.hover(new Locator.HoverOptions().setPosition(middle[0], middle[1]));
    assertThat(page.locator(".tooltip")).hasText("“ to” reads “ Mary” in layer 2, 48.3 %");
    graph.click(new Locator.ClickOptions().setPosition(middle[0], middle[1]));
    assertThat(named(page, AriaRole.HEADING, "“ to” reads “ Mary” in layer 2")).isVisible();
  }

  /** A point on the selected band. */
  private static double[] middle(Page page) {
    Object point =
        page.evaluate(
            """
            () => {
              const band = document.querySelector('.live').shadowRoot.querySelector('.stroke.selection');
              const at = band.getPointAtLength(band.getTotalLength() / 2);
              return [at.x, at.y];
            }
            """);
    return ((List<?>) point).stream().mapToDouble(n -> ((Number) n).doubleValue()).toArray();
  }

  @Test
  void withoutScriptsAndOnPaperTheDrawingStands() {
    Path file = exported();
    Page still = browser.file(file, false, new ArrayList<>());
    assertThat(still.getByLabel("Picture of the route")).isVisible();
    assertThat(still.locator(".live")).hasCount(0);

    Page printed = browser.file(file, true, new ArrayList<>());
    printed.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.PRINT));
    assertThat(printed.getByLabel("Picture of the route")).isVisible();
    assertThat(printed.locator(".live")).isHidden();
  }
}
