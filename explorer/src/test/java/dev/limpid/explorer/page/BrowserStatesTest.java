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
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Loading, empty, busy, refused: what the page says when there is no plain answer. */
class BrowserStatesTest {
  private static BrowserPage browser;

  @BeforeAll
  static void start() {
    browser = new BrowserPage();
  }

  @AfterAll
  static void end() {
    browser.close();
  }

  private static Page open(String fragment) {
    return browser.open(fragment, ColorScheme.LIGHT);
  }

  private static void run(Page page, String text) {
    Locator prompt = named(page, AriaRole.TEXTBOX, "Prompt");
    prompt.fill(text);
    prompt.press("Enter");
  }

  @Test
  void barsStandInPlaceOfWordsAndNothingJumps() {
    Page page = open("");
    page.addInitScript(
        """
        window.jumps = 0;
        new PerformanceObserver((list) => {
          for (const e of list.getEntries()) if (!e.hadRecentInput) window.jumps += e.value;
        }).observe({ type: 'layout-shift', buffered: true });
        """);
    page.route(
        "**/api/traces",
        route -> {
          page.waitForTimeout(700);
          route.resume();
        });
    page.reload();
    assertThat(page.locator(".summary .grey")).isVisible();
    assertThat(page.locator(".details .grey").first()).isVisible();
    double height = page.locator(".summary").boundingBox().height;
    page.waitForSelector(".say b");
    assertThat(page.locator(".summary").boundingBox().height).isEqualTo(height);
    page.waitForTimeout(500);
    assertThat(((Number) page.evaluate("window.jumps")).doubleValue()).isLessThan(0.05);
  }

  @Test
  void theOldResultStandsBackWhileTheNewOneIsMade() {
    Page page = open("");
    page.route(
        "**/api/traces",
        route -> {
          page.waitForTimeout(1500);
          route.resume();
        });
    double top = page.locator(".summary").boundingBox().y;
    run(page, "The capital of France is");
    assertThat(named(page, AriaRole.PROGRESSBAR, "Progress")).isVisible();
    assertThat(page.locator(".summary")).hasCSS("opacity", "0.6");
    assertThat(page.locator(".panel")).hasCSS("opacity", "0.6");
    assertThat(page.locator(".summary").boundingBox().y).isEqualTo(top);
    assertThat(named(page, AriaRole.REGION, "Summary")).containsText("“ Paris”");
    assertThat(page.locator(".summary")).hasCSS("opacity", "1");
  }

  @Test
  void aRouteWithNothingAboveTheThresholdSaysSo() {
    Page page = open("#t=6&tau=0.7");
    Locator empty = named(page, AriaRole.STATUS, "Empty route");
    assertThat(empty).containsText("Nothing is above 0.7. Lower the threshold.");
    named(page, AriaRole.BUTTON, "Lower it").click();
    assertThat(empty).hasCount(0);
    assertThat(fragment(page)).doesNotContain("tau");
  }

  /** Without any answer the page asks for a text. */
  @Test
  void nothingToShowAsksForAText() {
    Page page = open("");
    assertThat(named(page, AriaRole.TEXTBOX, "Prompt"))
        .hasAttribute("placeholder", "Type a text, or choose a sentence.");
    page.route("**/api/traces", Route::abort);
    page.reload();
    assertThat(named(page, AriaRole.REGION, "Summary"))
        .hasText("Type a text, or choose a sentence.");
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("The server does not answer.");
    page.unroute("**/api/traces");
    named(page, AriaRole.BUTTON, "Try again").click();
    assertThat(named(page, AriaRole.REGION, "Summary")).containsText("“ Mary” 99.8 %");
  }

  @Test
  void moreTokensThanTheModelReadsAreSaidInTheServersWords() {
    Page page = open("");
    String before = fragment(page);
    run(page, "a ".repeat(299) + "a");
    assertThat(page.getByRole(AriaRole.ALERT))
        .containsText("301 tokens are more than the 128 that demo-gpt2 reads.");
    assertThat(named(page, AriaRole.REGION, "Summary")).containsText("“ Mary” 99.8 %");
    assertThat(fragment(page)).isEqualTo(before);
    named(page, AriaRole.BUTTON, "Close message").click();
    assertThat(page.getByRole(AriaRole.ALERT)).hasCount(0);
  }

  @Test
  void aBusyServerIsAskedThreeTimesMoreAndThenSaid() {
    Page page = open("");
    List<String> asked = new ArrayList<>();
    page.route(
        "**/api/traces",
        route -> {
          asked.add(route.request().url());
          route.fulfill(
              new Route.FulfillOptions()
                  .setStatus(429)
                  .setHeaders(Map.of("Retry-After", "1", "Content-Type", "application/json"))
                  .setBody(
                      "{\"error\":{\"code\":\"busy\",\"message\":\"The server is busy; try again in a second.\"}}"));
        });
    run(page, "The capital of France is");
    assertThat(named(page, AriaRole.PROGRESSBAR, "Progress"))
        .hasAttribute("aria-valuetext", "The server is busy; asking again in 1 s");
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("The server is busy");
    assertThat(asked).hasSize(4);
    page.unroute("**/api/traces");
    named(page, AriaRole.BUTTON, "Try again").click();
    assertThat(named(page, AriaRole.REGION, "Summary")).containsText("“ Paris”");
    assertThat(page.getByRole(AriaRole.ALERT)).hasCount(0);
  }

  @Test
  void aSelectionThatLeavesTheRouteCloses() {
    Page page = open("");
    named(page, AriaRole.SLIDER, "Threshold").press("Home");
    named(page, AriaRole.BUTTON, "Show all: steps between tokens").click();
    Locator steps = named(page, AriaRole.LIST, "Largest steps between tokens");
    steps.getByRole(AriaRole.BUTTON).last().click();
    page.waitForURL(url -> url.contains("sel="));
    named(page, AriaRole.SLIDER, "Threshold").press("End");
    page.waitForURL(url -> url.contains("tau=0.2") && !url.contains("sel="));
    assertThat(named(page, AriaRole.HEADING, "Position 14")).isVisible();
  }

  @Test
  void onlyTheThemeAndTheClosedHintAreRememberedAndNobodyElseIsAsked() {
    Page page = browser.openForTheFirstTime();
    List<String> hosts = new ArrayList<>();
    page.onRequest(request -> hosts.add(URI.create(request.url()).getAuthority()));
    assertThat(page.evaluate("Object.keys(localStorage)").toString()).isEqualTo("[]");
    named(page, AriaRole.BUTTON, "Got it").click();
    named(page, AriaRole.BUTTON, "Settings").click();
    page.getByLabel("Theme").selectOption("dark");
    page.keyboard().press("Escape");
    run(page, "The capital of France is");
    assertThat(named(page, AriaRole.REGION, "Summary")).containsText("“ Paris”");
    assertThat(
            ((List<?>) page.evaluate("Object.keys(localStorage).sort()"))
                .stream().map(Object::toString))
        .containsExactly("limpid.hint", "limpid.theme");
    assertThat((List<?>) page.evaluate("Object.keys(sessionStorage)")).isEmpty();
    assertThat(hosts).isNotEmpty().allMatch(URI.create(page.url()).getAuthority()::equals);
    assertThat(page.evaluate("document.cookie")).isEqualTo("");
  }

  /** What is typed is shown, and never becomes a part of the page. */
  @Test
  void aTextIsATextWhateverIsInIt() {
    Page page = open("");
    page.setViewportSize(1920, 900);
    run(page, "<img src=x onerror=a()>");
    assertThat(named(page, AriaRole.REGION, "Summary")).containsText("“<img src=x onerror=a()>”");
    assertThat(page.locator("main img")).hasCount(0);
    run(page, "<b>שלום 你好 😀 a\u200Bb");
    assertThat(named(page, AriaRole.REGION, "Summary"))
        .containsText("<b>שלום 你好 😀 a[zero-width space]b");
    assertThat(page.locator("main img, main script, aside img, aside script")).hasCount(0);
    assertThat(page.title()).contains("Limpid");
    String body = page.locator("body").innerText();
    assertThat(body).doesNotContain("<0x", "\uFFFD");
    Object bare =
        page.evaluate(
            """
            () => [...document.querySelectorAll('.token, .target:not(.folded)')].filter((e) => !e.querySelector('bdi')).length
            """);
    assertThat(((Number) bare).intValue()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "t=12,t=9,t=12",
    "'',v=lens,''",
    "sel=A2_14,sel=M2_14,sel=A2_14",
    "'',a=+Mary&b=+John,''"
  })
  void backLeadsToWhatWasThereBefore(String first, String second, String back) {
    Page page = open("#" + first);
    String before = fragment(page);
    page.evaluate(
        "f => { location.hash = location.hash.replace(/&(t|v|sel|a|b)=.*/, '') + '&' + f; }",
        second);
    page.waitForURL(url -> url.contains(second.replace("#", "")));
    page.waitForTimeout(400);
    page.goBack();
    page.waitForURL(url -> url.endsWith(before));
    assertThat(fragment(page)).isEqualTo(before).contains(back);
  }
}
