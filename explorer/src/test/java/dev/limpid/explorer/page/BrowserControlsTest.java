package dev.limpid.explorer.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.limpid.explorer.page.BrowserPage.fragment;
import static dev.limpid.explorer.page.BrowserPage.named;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.SelectOption;
import java.nio.file.Files;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each control of the page, used as a person would; docs/explorer.md names the tests. */
class BrowserControlsTest {
  private static final String EDGE = "#sel=I1_2>A2_14";

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

  @Test
  void sentenceAndModelAreChosen() {
    Page page = open("");
    named(page, AriaRole.COMBOBOX, "Sentence").selectOption(new SelectOption().setIndex(2));
    assertThat(named(page, AriaRole.TEXTBOX, "Prompt")).hasValue("The capital of France is");
    assertThat(named(page, AriaRole.REGION, "Summary")).containsText("“ Paris”");
    named(page, AriaRole.COMBOBOX, "Model").selectOption("demo-opt");
    page.waitForURL(url -> url.contains("m=demo-opt&p=The+capital+of+France+is"));
  }

  @Test
  void withoutSharingOutLessArrives() {
    Page page = open("");
    named(page, AriaRole.CHECKBOX, "Share out the rest").uncheck();
    page.waitForURL(url -> url.contains("mode=raw"));
    assertThat(named(page, AriaRole.LIST, "Source tokens")).not().containsText("27.6 %");
    named(page, AriaRole.CHECKBOX, "Share out the rest").check();
    assertThat(named(page, AriaRole.LIST, "Source tokens")).containsText("27.6 %");
  }

  @Test
  void anotherTokenOfTheTextIsExplained() {
    Page page = open("");
    named(page, AriaRole.RADIO, "After position 12 “ a”: “ ticket” 8.8 %").click();
    assertThat(named(page, AriaRole.APPLICATION, "Route graph, position 12")).isVisible();
    assertThat(named(page, AriaRole.HEADING, "Position 12 “ a”")).isVisible();
    page.goBack();
    assertThat(named(page, AriaRole.HEADING, "Position 14 “ to”")).isVisible();
  }

  @Test
  void anotherHeadHasItsOwnMapsAndTokens() {
    Page page = open(EDGE);
    named(page, AriaRole.OPTION, "Head 2.7").click();
    page.waitForURL(url -> url.contains("h=7"));
    assertThat(named(page, AriaRole.IMG, "Attention map of head 2.7")).isVisible();
    assertThat(named(page, AriaRole.IMG, "Contribution map of head 2.7")).isVisible();
    assertThat(named(page, AriaRole.LIST, "Promoted by head 2.7")).isVisible();
    assertThat(named(page, AriaRole.LIST, "Suppressed by head 2.7")).isVisible();
  }

  @Test
  void anMlpHasNeuronsWithTheirSigns() {
    Page page = open("#sel=M2_14");
    assertThat(named(page, AriaRole.LIST, "Promoted by the MLP of layer 2")).isVisible();
    Locator neuron = named(page, AriaRole.OPTION, "Neuron 71, contribution 4.3 %, activation +4.7");
    neuron.click();
    page.waitForURL(url -> url.contains("n=71"));
    assertThat(named(page, AriaRole.LIST, "Promoted by neuron 71")).isVisible();
    assertThat(named(page, AriaRole.LIST, "Suppressed by neuron 71")).isVisible();
    named(page, AriaRole.BUTTON, "Show all: neurons").click();
    assertThat(named(page, AriaRole.LISTBOX, "Top neurons").getByRole(AriaRole.OPTION))
        .hasCount(20);
  }

  @Test
  void aStateHasTopTokensWithTheirRankBeforeAndPartsThatAddUp() {
    Page page = open("#sel=A2_14");
    assertThat(named(page, AriaRole.LIST, "Top tokens of this state"))
        .containsText(Pattern.compile("“ Mary” +84\\.8 % +rank \\d+ before"));
    assertThat(named(page, AriaRole.LIST, "Promoted by attention of layer 2")).isVisible();
    assertThat(named(page, AriaRole.LIST, "Suppressed by attention of layer 2")).isVisible();
    String parts = named(page, AriaRole.LIST, "Made of").textContent();
    double sum = 0;
    Matcher figures = Pattern.compile("(\\d+\\.\\d) %").matcher(parts);
    while (figures.find()) {
      sum += Double.parseDouble(figures.group(1));
    }
    assertThat(sum).isBetween(99.8, 100.2);
    named(page, AriaRole.BUTTON, "State before").click();
    assertThat(named(page, AriaRole.HEADING, "After MLP 1, position 14")).isVisible();
  }

  @Test
  void settingsAreInTheAddressAndTheModelHasFacts() {
    Page page = open("");
    named(page, AriaRole.BUTTON, "Settings").click();
    Locator dialog = page.getByRole(AriaRole.DIALOG);
    assertThat(dialog).containsText("n layers");
    dialog.getByLabel("Final norm before unembedding").selectOption("both");
    page.waitForURL(url -> url.contains("norm=both"));
    dialog.getByLabel("Biases").selectOption("separate");
    page.waitForURL(url -> url.contains("bias=separate"));
    dialog.getByLabel("Backend").selectOption("reference");
    page.waitForURL(url -> url.contains("backend=reference"));
    dialog.getByLabel("fold columns").uncheck();
    page.waitForURL(url -> url.contains("fold=off"));
    dialog.getByLabel("Theme").selectOption("dark");
    assertThat(page.locator("body")).hasAttribute("data-theme", "dark");
    String before = fragment(page);
    page.reload();
    page.waitForSelector(".say b");
    assertThat(fragment(page)).isEqualTo(before);
    assertThat(page.locator("body")).hasAttribute("data-theme", "dark");
  }

  @Test
  void aChangeOfAConnectionActsOnItAlone() {
    Page page = open(EDGE);
    named(page, AriaRole.BUTTON, "Silence this connection").click();
    page.waitForURL(url -> url.contains("c=attention.2.*%4014%3A2") || url.contains("c=attention"));
    assertThat(named(page, AriaRole.REGION, "Changes"))
        .containsText(
            Pattern.compile("Connection 2 to 14 in layer 2 silenced.*“ Mary” 99\\.8 % →"));
    named(page, AriaRole.BUTTON, "Scale ...").click();
    page.getByLabel("What is changed").selectOption("1");
    page.getByLabel("Factor of head 2.0 on this connection").fill("0.5");
    named(page, AriaRole.BUTTON, "Scale it").click();
    assertThat(named(page, AriaRole.REGION, "Changes"))
        .containsText("Connection 2 to 14 in layer 2, head 0 × 0.5");
    page.keyboard().press("Control+z");
    assertThat(named(page, AriaRole.REGION, "Changes")).not().containsText("× 0.5");
    Download file =
        page.waitForDownload(() -> named(page, AriaRole.BUTTON, "Save as file").click());
    assertThat(file.suggestedFilename()).isEqualTo("interventions.json");
    named(page, AriaRole.BUTTON, "Clear").click();
    assertThat(named(page, AriaRole.REGION, "Changes")).containsText("none yet");
  }

  @Test
  void faithfulnessStandsBesideRandomRoutesAndCanTakeTheRestFromAnotherText() {
    Page page = open("");
    named(page, AriaRole.BUTTON, "Check faithfulness").click();
    assertThat(named(page, AriaRole.STATUS, "Faithfulness"))
        .containsText(
            Pattern.compile(
                "Alone, this route recovers .* % of .*; random routes of its size .* %"));
    Page other = open("");
    other.getByLabel("In place of the rest").selectOption("patch");
    other
        .getByLabel("Text that the rest is taken from")
        .fill("When John and Mary went to the store, Mary gave a drink to");
    named(other, AriaRole.BUTTON, "Check faithfulness").click();
    assertThat(named(other, AriaRole.STATUS, "Faithfulness"))
        .containsText("the rest taken from another text");
  }

  @Test
  void listsThatAreCutCanBeShownWhole() {
    Page page = open("");
    Locator steps = named(page, AriaRole.LIST, "Largest steps between tokens");
    assertThat(steps.getByRole(AriaRole.LISTITEM)).hasCount(6);
    named(page, AriaRole.BUTTON, "Show all: steps between tokens").click();
    assertThat(steps.getByRole(AriaRole.LISTITEM)).hasCount(24);
    named(page, AriaRole.BUTTON, "Show fewer: steps between tokens").click();
    assertThat(steps.getByRole(AriaRole.LISTITEM)).hasCount(6);
  }

  @Test
  void theOtherViewsAnswerToo() {
    Page page = open("");
    named(page, AriaRole.TAB, "Lens").click();
    named(page, AriaRole.BUTTON, "After MLP 3, position 14: “ Mary” 99.8 %").click();
    assertThat(named(page, AriaRole.HEADING, "After MLP 3, position 14")).isVisible();
    named(page, AriaRole.TAB, "Heads").click();
    named(page, AriaRole.BUTTON, "Head 2.0, 48.3 % of the route").click();
    assertThat(named(page, AriaRole.HEADING, "“ to” reads “ Mary” in layer 2")).isVisible();
    named(page, AriaRole.TAB, "Compare").click();
    Locator second = named(page, AriaRole.TEXTBOX, "Second text");
    second.fill("When John and Mary went to the store, Mary gave a drink to");
    second.press("Enter");
    assertThat(page.getByText("The second predicts “ John”")).isVisible();
    named(page, AriaRole.TAB, "Prompts").click();
    named(page, AriaRole.TEXTBOX, "Sentences").fill("The capital of France is\nThe keys");
    named(page, AriaRole.BUTTON, "Run").click();
    assertThat(page.getByRole(AriaRole.TABLE)).containsText("head 7");
    assertThat(page.getByRole(AriaRole.TABPANEL)).containsText("2 sentences");
  }

  @ParameterizedTest
  @CsvSource({
    "SVG,<svg",
    "JSON,limpid/routes/1",
    "DOT,digraph",
    "GraphML,<graphml",
    "Java,LanguageModel"
  })
  void theRouteIsExportedAs(String format, String mark) throws Exception {
    Page page = open("");
    named(page, AriaRole.BUTTON, "Export").click();
    Locator item =
        page.getByRole(
            AriaRole.MENUITEM, new Page.GetByRoleOptions().setName(format).setExact(true));
    Download file = page.waitForDownload(item::click);
    assertThat(Files.readString(file.path())).contains(mark);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#sel=I1_2>A2_14&h=7",
        "#sel=M2_14&n=71",
        "#sel=A2_14",
        "#sel=X0_2",
        "#t=12&tau=0.02&mode=raw",
        "#a=+Mary&b=+John",
        "#a=+Mary&b=+John&by=relevance",
        "#v=lens",
        "#v=heads",
        "#v=compare&q=When+John+and+Mary+went+to+the+store",
        "#c=head_out.2.0"
      })
  void everyViewIsTheSameAfterAReload(String fragment) {
    Page page = open(fragment);
    String address = fragment(page);
    String details = named(page, AriaRole.COMPLEMENTARY, "Details").textContent();
    page.reload();
    page.waitForSelector(".say b");
    assertThat(named(page, AriaRole.COMPLEMENTARY, "Details")).hasText(details);
    assertThat(fragment(page)).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", EDGE, "#a=+Mary&b=+John", "#v=lens", "#v=heads", "#v=compare", "#v=prompts"})
  void aTelephoneNeverScrollsSideways(String fragment) {
    Page page = open(fragment);
    page.setViewportSize(390, 844);
    assertThat((Integer) page.evaluate("document.scrollingElement.scrollWidth"))
        .isLessThanOrEqualTo(390);
  }

  @Test
  void lettersGrowWithTheZoom() {
    Page page = open("");
    Locator graph = named(page, AriaRole.APPLICATION, "Route graph");
    String size = "parseFloat(getComputedStyle(document.querySelector('.token')).fontSize)";
    double before = ((Number) page.evaluate(size)).doubleValue();
    graph.press("+");
    graph.press("+");
    assertThat(((Number) page.evaluate(size)).doubleValue()).isGreaterThan(before + 1);
    graph.press("0");
    assertThat(((Number) page.evaluate(size)).doubleValue()).isEqualTo(before);
  }
}
