package dev.limpid.explorer.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.limpid.explorer.page.BrowserPage.named;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Media;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the page looks, as far as it can be measured: sizes, places, what is never cut. */
class BrowserLookTest {
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
  @CsvSource({
    ".say,20,28",
    ".details h2,16,22",
    ".big,28,34",
    ".details h3,12,16",
    ".details .row,13,0",
    ".token bdi,12,22"
  })
  void typeHasItsSizes(String what, int size, int line) {
    Page page = browser.open("#sel=I1_2>A2_14", ColorScheme.LIGHT);
    Object found =
        page.evaluate(
            "s => { const c = getComputedStyle(document.querySelector(s)); return [parseFloat(c.fontSize), parseFloat(c.lineHeight)]; }",
            what);
    List<Double> sizes =
        ((List<?>) found).stream().map(n -> n == null ? 0.0 : ((Number) n).doubleValue()).toList();
    assertThat(sizes.getFirst()).isEqualTo(size);
    if (line > 0) {
      assertThat(sizes.getLast()).isEqualTo(line);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "#sel=I1_2>A2_14", "#a=+Mary&b=+John", "#v=lens", "#v=heads"})
  void noLettersAreSmallerThanEleven(String fragment) {
    Page page = browser.open(fragment, ColorScheme.LIGHT);
    Object least =
        page.evaluate(
            """
            () => Math.min(...[...document.querySelectorAll('body *')]
              .filter((e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim() !== ''))
              .map((e) => parseFloat(getComputedStyle(e).fontSize)))
            """);
    assertThat(((Number) least).doubleValue()).isGreaterThanOrEqualTo(11);
  }

  @ParameterizedTest
  @CsvSource({"1440,384", "1360,384", "1359,352", "1024,352", "900,352"})
  void thePanelHasItsWidthBesideThePicture(int width, int panel) {
    Page page = browser.open("", ColorScheme.LIGHT);
    page.setViewportSize(width, 800);
    Locator details = named(page, AriaRole.COMPLEMENTARY, "Details");
    assertThat(details.boundingBox().width).isEqualTo(panel);
    assertThat(details.boundingBox().x).isEqualTo(width - panel);
  }

  @ParameterizedTest
  @ValueSource(ints = {360, 390, 479, 480, 899, 900, 1024, 1440})
  void nothingScrollsSidewaysAndTheSentenceAndSizeAreNeverCut(int width) {
    Page page = browser.open("", ColorScheme.LIGHT);
    page.setViewportSize(width, 844);
    page.waitForTimeout(200); // until the words have given way
    Object cut =
        page.evaluate(
            """
            () => {
              const out = [];
              if (document.scrollingElement.scrollWidth > innerWidth) out.push('the page');
              for (const s of ['.say b', '.say .probability', 'output', 'h1', '.ask button']) {
                for (const e of document.querySelectorAll(s)) {
                  const box = e.getBoundingClientRect();
                  const round = e.parentElement.getBoundingClientRect();
                  if (box.right > innerWidth + 0.5 || box.right > round.right + 0.5 || e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0) out.push(s);
                }
              }
              return out;
            }
            """);
    assertThat((List<?>) cut).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = ColorScheme.class,
      names = {"LIGHT", "DARK"})
  void whatStandsBackIsNeverTooFaint(ColorScheme scheme) {
    Page page = browser.open("#sel=I1_2>A2_14", scheme);
    Object faintest =
        page.evaluate(
            """
            () => {
              const canvas = [...document.querySelectorAll('.river canvas')].find((c) => !c.classList.contains('away'));
              const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
              // Edges of lines are fainter than lines: what counts is what most of the picture has.
              const counts = new Map();
              for (let i = 3; i < pixels.length; i += 4) if (pixels[i] > 0) counts.set(pixels[i], (counts.get(pixels[i]) ?? 0) + 1);
              return Math.min(...[...counts].filter(([, n]) => n > 1000).map(([alpha]) => alpha)) / 255;
            }
            """);
    assertThat(((Number) faintest).doubleValue()).isGreaterThanOrEqualTo(0.195);
  }

  @Test
  void onPaperItIsLightAndWithoutControls() {
    Page page = browser.open("", ColorScheme.DARK);
    page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.PRINT));
    assertThat(page.locator("body")).hasAttribute("data-theme", "light");
    assertThat(page.locator(".bar")).isHidden();
    assertThat(page.locator(".toolbar")).isHidden();
    assertThat(named(page, AriaRole.REGION, "Summary")).containsText("“ Mary” 99.8 %");
  }

  @Test
  void itTeaches() {
    Page page = browser.openForTheFirstTime();
    Locator steps = named(page, AriaRole.GROUP, "First steps");
    assertThat(steps).containsText("Read the sentence.");
    assertThat(page.locator("*:focus")).hasCount(0);
    steps.getByRole(AriaRole.BUTTON).click();
    page.reload();
    page.waitForSelector(".say b");
    assertThat(steps).hasCount(0);

    Locator how = named(page, AriaRole.BUTTON, "How to read this");
    assertThat(how).hasAttribute("aria-expanded", "false");
    how.click();
    Locator panel = named(page, AriaRole.REGION, "How to read the picture");
    assertThat(panel.getByRole(AriaRole.LISTITEM)).hasCount(6);
    assertThat(panel.getByRole(AriaRole.IMG)).hasCount(1);

    page.locator(".threshold .term").hover();
    assertThat(page.locator(".bubble")).containsText("left out of the route");
    page.locator(".legend .term").last().focus();
    assertThat(page.locator(".bubble").last()).containsText("every layer adds to it");
  }
}
