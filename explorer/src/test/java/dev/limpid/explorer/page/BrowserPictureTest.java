package dev.limpid.explorer.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.limpid.explorer.page.BrowserPage.named;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Mouse;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the parts of the page stand, and what a pointer does with the picture. */
class BrowserPictureTest {
  private static final String LONG = "#p=" + "a+".repeat(126) + "a";

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

  private static Locator graph(Page page) {
    return named(page, AriaRole.APPLICATION, "Route graph");
  }

  private static double number(Page page, String script) {
    return ((Number) page.evaluate(script)).doubleValue();
  }

  /** A point on the selected band, from the corner of the picture. */
  private static double[] middle(Page page) {
    Object point =
        page.evaluate(
            """
            () => {
              const band = document.querySelector('.stroke.selection');
              const at = band.getPointAtLength(band.getTotalLength() / 2);
              return [at.x, at.y];
            }
            """);
    return ((List<?>) point).stream().mapToDouble(n -> ((Number) n).doubleValue()).toArray();
  }

  @ParameterizedTest
  @CsvSource({
    ".bar,56",
    ".summary,84",
    ".toolbar,40",
    ".targets-row,50",
    ".changes,44",
    ".details .row,26",
    ".token bdi,22"
  })
  void partsHaveTheirHeights(String part, double height) {
    Page page = open("");
    assertThat(page.locator(part).first().boundingBox().height).isEqualTo(height);
  }

  @Test
  void layersGoUpwardsAndTheirNumbersStay() {
    Page page = open("");
    double[] tops = new double[4];
    for (int layer = 0; layer < 4; layer++) {
      Locator number =
          page.locator(".rail span").filter(new Locator.FilterOptions().setHasText("" + layer));
      tops[layer] = number.boundingBox().y;
    }
    assertThat(tops[3]).isLessThan(tops[2]);
    assertThat(tops[1]).isLessThan(tops[0]);
    page.setViewportSize(390, 844);
    Locator first = page.locator(".rail span").filter(new Locator.FilterOptions().setHasText("3"));
    double left = first.boundingBox().x;
    page.evaluate("document.querySelector('.stage').scrollLeft = 100");
    assertThat(first.boundingBox().x).isEqualTo(left);
    assertThat(page.locator(".changes .legend")).containsText("attention");
    assertThat(page.locator(".changes .legend")).containsText("residual");
  }

  @Test
  void belowNineHundredThereIsOneColumnThatBeginsAtTheTarget() {
    Page page = open("");
    page.setViewportSize(390, 844);
    page.reload();
    page.waitForSelector(".targets");
    Locator stage = page.locator(".stage");
    assertThat(stage.boundingBox().height).isEqualTo(520);
    assertThat(named(page, AriaRole.COMPLEMENTARY, "Details").boundingBox().y)
        .isGreaterThan(stage.boundingBox().y + 520);
    assertThat(number(page, "document.querySelector('.stage').scrollLeft")).isPositive();
    assertThat(named(page, AriaRole.RADIO, "After position 14").boundingBox().x).isLessThan(390);
  }

  @Test
  void onATelephoneTheButtonsOfTheBarAreInAMenu() {
    Page page = open("");
    assertThat(named(page, AriaRole.BUTTON, "Menu")).isHidden();
    page.setViewportSize(390, 844);
    assertThat(named(page, AriaRole.BUTTON, "Export")).isHidden();
    assertThat(named(page, AriaRole.BUTTON, "Settings")).isHidden();
    named(page, AriaRole.BUTTON, "Menu").click();
    named(page, AriaRole.MENUITEM, "Settings").click();
    assertThat(page.getByRole(AriaRole.DIALOG)).containsText("Theme");
  }

  @ParameterizedTest
  @CsvSource({"1440,150", "1360,150", "1359,116"})
  void theSliderHasItsWidth(int width, double slider) {
    Page page = open("");
    page.setViewportSize(width, 800);
    assertThat(named(page, AriaRole.SLIDER, "Threshold").boundingBox().width).isEqualTo(slider);
  }

  @Test
  void wordsGiveWayFromTheLeft() {
    Page page = open("");
    page.setViewportSize(920, 800);
    assertThat(page.locator(".say .words")).hasText(Pattern.compile("^… (.* )?to$"));
    assertThat(page.locator(".say")).containsText("the model predicts “ Mary” 99.8 %");
  }

  @Test
  void lightAndDarkFollowTheSystem() {
    Page page = open("");
    assertThat(page.locator("body")).hasAttribute("data-theme", "light");
    String light = page.evaluate("getComputedStyle(document.body).backgroundColor").toString();
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
    assertThat(page.locator("body")).hasAttribute("data-theme", "dark");
    assertThat(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        .isNotEqualTo(light);
  }

  /** Two pixels of outline on both sides of the band, and round both of its states. */
  @Test
  void whatIsSelectedIsOutlined() {
    Page page = open("#sel=I1_2>A2_14");
    double outline =
        number(page, "+document.querySelector('.stroke.selection').getAttribute('stroke-width')");
    double band =
        number(
            page,
            "+[...document.querySelectorAll('.over .stroke.attention')].at(-1).getAttribute('stroke-width')");
    assertThat(outline - band).isEqualTo(4);
    assertThat(page.locator(".over .outline")).hasCount(2);
    assertThat(page.locator(".over .stroke.residual").count())
        .as("the way up and down")
        .isPositive();
    named(page, AriaRole.BUTTON, "Overview").click();
    assertThat(page.locator(".over .outline")).hasCount(0);
  }

  @Test
  void hoverShowsWithoutAnOutlineWhatAClickSelects() {
    Page page = open("#sel=I1_2>A2_14");
    double[] middle = middle(page);
    named(page, AriaRole.BUTTON, "Overview").click();
    graph(page).hover(new Locator.HoverOptions().setPosition(middle[0], middle[1]));
    assertThat(page.locator(".tooltip")).hasText("“ to” reads “ Mary” in layer 2, 48.3 %");
    assertThat(page.locator(".over .stroke.attention").first()).isAttached();
    assertThat(page.locator(".over .outline")).hasCount(0);
    graph(page).click(new Locator.ClickOptions().setPosition(middle[0], middle[1]));
    assertThat(named(page, AriaRole.HEADING, "“ to” reads “ Mary” in layer 2")).isVisible();
    assertThat(page.locator(".over .outline")).hasCount(2);
    page.locator(".token").nth(2).click();
    assertThat(named(page, AriaRole.HEADING, "Token, position 2 “ Mary”")).isVisible();
  }

  @ParameterizedTest
  @CsvSource({"M2_14,MLP of layer 2 at “ to”", "A2_14,'After attention 2, position 14 “ to”'"})
  void aSquareAndAStateOpenWhereTheyAreClicked(String sel, String heading) {
    Page page = open("#sel=" + sel);
    Object at =
        page.evaluate(
            """
            () => {
              const box = document.querySelector('.over .outline').getBoundingClientRect();
              return [box.x + box.width / 2, box.y + box.height / 2];
            }
            """);
    List<?> middle = (List<?>) at;
    named(page, AriaRole.BUTTON, "Overview").click();
    assertThat(page.locator(".over .outline")).hasCount(0);
    page.mouse()
        .click(((Number) middle.get(0)).doubleValue(), ((Number) middle.get(1)).doubleValue());
    assertThat(named(page, AriaRole.HEADING, heading)).isVisible();
    assertThat(page.url()).contains("sel=" + sel);
  }

  @Test
  void draggingPansAndTheWheelWithControlZooms() {
    Page page = open("");
    String width = "document.querySelector('.plane').offsetWidth";
    String left = "document.querySelector('.stage').scrollLeft";
    double before = number(page, width);
    Locator graph = graph(page);
    graph.hover();
    page.keyboard().down("Control");
    page.mouse().wheel(0, -400);
    page.keyboard().up("Control");
    page.waitForFunction("w => document.querySelector('.plane').offsetWidth > w", before * 1.2);
    Mouse mouse = page.mouse();
    mouse.move(500, 400);
    page.evaluate("document.querySelector('.stage').scrollLeft = 100");
    mouse.down();
    mouse.move(460, 400);
    mouse.move(420, 400);
    mouse.up();
    assertThat(number(page, left)).isEqualTo(180);
    assertThat(page.url()).as("a drag selects nothing").doesNotContain("sel=");
  }

  @Test
  void theKeyboardGoesToItsEndsTakesATargetAndPans() {
    Page page = open("");
    Locator graph = graph(page);
    Locator said = page.locator("[aria-live=polite]").first();
    graph.focus();
    assertThat(said).hasText("after MLP 3, position 14 “ to”, 100.0 %");
    graph.press("End");
    assertThat(said).hasText(Pattern.compile("token, position \\d+ .*"));
    graph.press("Home");
    assertThat(said).hasText("after MLP 3, position 14 “ to”, 100.0 %");
    for (int i = 0; i < 4; i++) {
      graph.press("+");
    }
    double left = number(page, "document.querySelector('.stage').scrollLeft");
    graph.press("Shift+ArrowRight");
    assertThat(number(page, "document.querySelector('.stage').scrollLeft")).isEqualTo(left + 80);
    graph.press("0");
    graph.press("End");
    graph.press("t");
    assertThat(page.locator("[role=radio][aria-checked=true][aria-label^=After]"))
        .not()
        .hasAttribute("data-position", "14");
    page.goBack();
    named(page, AriaRole.BUTTON, "Layer 2: “ to” (14) reads “ Mary” (2), 48.3 %").click();
    graph(page).focus();
    assertThat(said).hasText("“ to” reads “ Mary” in layer 2, 48.3 %, selected");
    graph(page).press("Escape");
    page.waitForURL(url -> !url.contains("sel="));
    graph(page).press("Enter");
    assertThat(said).hasText(Pattern.compile(".*, selected"));
  }

  /** Where less motion is wanted, a new threshold shows at once. */
  @Test
  void widthsDoNotMoveWhereMotionIsNotWanted() {
    Page page = open("");
    page.emulateMedia(new Page.EmulateMediaOptions().setReducedMotion(ReducedMotion.REDUCE));
    page.waitForTimeout(800); // until the neighbouring stops are there
    Object pictures =
        page.evaluate(
            """
            () => new Promise((resolve) => {
              const seen = new Set();
              const end = performance.now() + 700;
              const canvas = document.querySelector('.river canvas');
              const look = () => {
                seen.add(canvas.toDataURL());
                if (performance.now() < end) requestAnimationFrame(look);
                else resolve(seen.size);
              };
              look();
              document.querySelector('[role=slider]').dispatchEvent(new KeyboardEvent('keydown', { key: 'PageDown', bubbles: true }));
            })
            """);
    assertThat(((Number) pictures).intValue()).isEqualTo(2);
    assertThat(named(page, AriaRole.STATUS, "Size of the route"))
        .not()
        .hasText("38 nodes, 60 edges");
  }

  @Test
  void aLongTextFoldsOpensOnAClickAndHasAllTokensBelow() {
    Page page = open(LONG);
    assertThat(page.locator("[role=radio][aria-label^=After]")).hasCount(128);
    Locator fold = page.locator(".unfold").first();
    assertThat(fold).hasText(Pattern.compile("\\+\\d+"));
    assertThat(fold.boundingBox().width).isEqualTo(22);
    int columns = page.locator(".token").count();
    page.locator(".unfold").last().click();
    page.waitForFunction("n => document.querySelectorAll('.token').length > n", columns);
    Locator all = page.locator(".all-tokens");
    assertThat(all.boundingBox().height).isEqualTo(8);
    all.click(new Locator.ClickOptions().setPosition(all.boundingBox().width - 2, 4));
    assertThat(named(page, AriaRole.HEADING, "Token, position 127")).isVisible();
    page.goBack();
    Locator text = named(page, AriaRole.GROUP, "The text");
    assertThat(text.locator("span")).hasCount(128);
    assertThat(text.locator("span[style*=shade]").first()).isVisible();
    text.locator("span").nth(127).click();
    assertThat(named(page, AriaRole.HEADING, "Token, position 127")).isVisible();
  }

  @Test
  void theLensDrawsWhatIsInViewAlone() {
    Page page = open(LONG + "&v=lens");
    Locator cells = page.getByRole(AriaRole.GRIDCELL);
    assertThat(named(page, AriaRole.GRID, "Lens of every state"))
        .hasAttribute("aria-colcount", "129");
    assertThat(cells.first()).isAttached();
    assertThat(cells.count()).isLessThan(1024 / 3);
    page.evaluate("document.querySelector('.lens').scrollLeft = 0");
    assertThat(named(page, AriaRole.BUTTON, "After MLP 3, position 1:")).isVisible();
    assertThat(cells.count()).isLessThan(1024 / 3);
  }
}
