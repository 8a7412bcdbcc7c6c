package dev.limpid.explorer.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.limpid.explorer.page.BrowserPage.named;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.limpid.Analysis;
import dev.limpid.LanguageModel;
import dev.limpid.Question;
import dev.limpid.RouteSettings;
import dev.limpid.Settings;
import dev.limpid.models.ModelLocator;
import dev.limpid.testdata.TestData;
import dev.limpid.view.ExplainView;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the panel says of a selection, list by list. */
class BrowserDetailsTest {
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

  /** The figures before a per cent sign, in their order. */
  private static List<Double> percents(Locator of) {
    return Pattern.compile("(\\d+\\.\\d) %")
        .matcher(of.textContent())
        .results()
        .map((MatchResult m) -> Double.valueOf(m.group(1)))
        .toList();
  }

  @Test
  void headsStandByWhatTheyBroughtAndArrowsChooseThem() {
    Page page = open(EDGE);
    assertThat(page.locator(".details .big")).hasText("48.3 %of the last state comes this way");
    Locator heads = named(page, AriaRole.LISTBOX, "Heads of this connection");
    Locator first = heads.getByRole(AriaRole.OPTION).first();
    assertThat(first)
        .hasAttribute(
            "aria-label", "Head 2.0, contribution 44.2 %, attention 96.9 %, induction, name mover");
    assertThat(first).hasAttribute("aria-selected", "true");
    Object contributions =
        heads
            .getByRole(AriaRole.OPTION)
            .evaluateAll("all => all.map(e => parseFloat(e.querySelector('.n').textContent) || 0)");
    List<Double> figures =
        ((List<?>) contributions).stream().map(n -> ((Number) n).doubleValue()).toList();
    assertThat(figures).hasSize(8);
    assertThat(figures.subList(0, 5)).isSortedAccordingTo((a, b) -> Double.compare(b, a));
    heads.press("ArrowDown");
    assertThat(named(page, AriaRole.OPTION, "Head 2.7")).hasAttribute("aria-selected", "true");
    assertThat(named(page, AriaRole.IMG, "Attention map of head 2.7")).isVisible();
    assertThat(named(page, AriaRole.BUTTON, "Silence head 2.7")).isVisible();
  }

  /**
   * Cells are as opaque as their value to the 0.6; those of the contribution map of their largest.
   */
  @Test
  void mapsShowTheValuesOfTheServer() {
    Page page = open(EDGE);
    assertThat(named(page, AriaRole.IMG, "Attention map of head 2.0, 96.9 % at the ringed cell"))
        .isVisible();
    Locator maps = page.locator(".maps canvas");
    assertThat(maps.first().boundingBox().y).isEqualTo(maps.last().boundingBox().y);
    Object wrong =
        page.evaluate(
            """
            async () => {
              const made = await fetch('api/traces', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ text: 'When Mary and John went to the store, John gave a drink to' }) });
              const { id } = await made.json();
              const maps = await (await fetch('api/traces/' + id + '/maps?layer=2&head=0')).json();
              const hex = (name) => getComputedStyle(document.body).getPropertyValue(name).trim().match(/[0-9a-f]{2}/g).map((h) => parseInt(h, 16));
              const [panel, hue] = [hex('--panel'), hex('--attention')];
              const out = [];
              const canvases = document.querySelectorAll('.maps canvas');
              [['attention', 1], ['contribution', Math.max(...maps.contribution.flat())]].forEach(([which, most], i) => {
                const canvas = canvases[i];
                const cell = canvas.width / 15;
                const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
                for (const [q, k] of [[14, 0], [14, 14], [9, 4], [7, 3], [3, 0]]) {
                  const r = pixels[4 * (Math.floor((q + 0.5) * cell) * canvas.width + Math.floor((k + 0.5) * cell))];
                  const alpha = Math.min(1, maps[which][q][k] / most) ** 0.6;
                  const wanted = panel[0] + alpha * (hue[0] - panel[0]);
                  if (Math.abs(r - wanted) > 2) out.push(which + ' ' + q + ' ' + k + ': ' + r + ', not ' + wanted);
                }
              });
              return out;
            }
            """);
    assertThat((List<?>) wrong).isEmpty();
    double cell = maps.first().boundingBox().width / 15;
    maps.first().hover(new Locator.HoverOptions().setPosition(2.5 * cell, 14.5 * cell));
    assertThat(page.locator(".map-said")).hasText("“ to” (14) ← “ Mary” (2): 96.9 %");
  }

  @Test
  void ofAnMlpNoNeuronIsChosenAtFirstAndThatOfANeuronStandsAbove() {
    Page page = open("#sel=M2_14");
    Locator neurons = named(page, AriaRole.LISTBOX, "Top neurons");
    assertThat(neurons.getByRole(AriaRole.OPTION)).hasCount(8);
    assertThat(neurons.locator("[aria-selected=true]")).hasCount(0);
    assertThat(page.locator(".details ul[aria-label*=neuron]")).hasCount(0);
    named(page, AriaRole.OPTION, "Neuron 71, contribution 4.3 %, activation +4.70").click();
    Locator own = named(page, AriaRole.LIST, "Suppressed by neuron 71");
    Locator block = named(page, AriaRole.LIST, "Promoted by the MLP of layer 2");
    assertThat(own).isVisible();
    assertThat(own.boundingBox().y).isLessThan(block.boundingBox().y);
    assertThat(named(page, AriaRole.LIST, "Suppressed by the MLP of layer 2")).isVisible();
    named(page, AriaRole.BUTTON, "State above").click();
    assertThat(named(page, AriaRole.HEADING, "After MLP 2, position 14")).isVisible();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#sel=A2_14",
        "#sel=I2_14",
        "#sel=A2_14&mode=raw",
        "#sel=I3_14&tau=0.2",
        "#sel=A0_14&bias=separate&tau=0.005"
      })
  void partsOfAStateAddUpToAHundred(String fragment) {
    Page page = open(fragment);
    Locator parts = named(page, AriaRole.LIST, "Made of");
    assertThat(parts).containsText("Residual");
    double sum = percents(parts).stream().mapToDouble(Double::doubleValue).sum();
    assertThat(sum).isBetween(99.7, 100.3);
    Object bar =
        page.evaluate(
            "[...document.querySelectorAll('.made i')].reduce((sum, e) => sum + parseFloat(e.style.width), 0)");
    assertThat(((Number) bar).doubleValue()).isBetween(99.9, 100.1);
    assertThat(page.locator(".made").boundingBox().y).isLessThan(parts.boundingBox().y);
  }

  @Test
  void aTokenIsAStateWithoutParts() {
    Page page = open("#sel=X0_2");
    assertThat(named(page, AriaRole.HEADING, "Token, position 2 “ Mary”")).isVisible();
    assertThat(named(page, AriaRole.LIST, "Top tokens of this state")).containsText("%");
    assertThat(named(page, AriaRole.LIST, "Made of")).hasCount(0);
    assertThat(named(page, AriaRole.BUTTON, "State before")).hasCount(0);
    named(page, AriaRole.BUTTON, "State after").click();
    assertThat(named(page, AriaRole.HEADING, "After attention 0, position 2")).isVisible();
    named(page, AriaRole.BUTTON, "Overview").click();
    assertThat(named(page, AriaRole.HEADING, "Position 14 “ to”")).isVisible();
  }

  @Test
  void listsOfTheOverviewAreLongestFirst() {
    Page page = open("");
    assertThat(named(page, AriaRole.LIST, "Predictions").getByRole(AriaRole.LISTITEM)).hasCount(5);
    assertThat(page.locator(".details")).containsText("entropy 0.02 nats");
    List<Double> sources = percents(named(page, AriaRole.LIST, "Source tokens"));
    assertThat(sources).isSortedAccordingTo((a, b) -> Double.compare(b, a));
    assertThat(sources.getLast()).isGreaterThanOrEqualTo(0.1);
    assertThat(sources.stream().mapToDouble(Double::doubleValue).sum()).isBetween(99.5, 100.5);
    for (String list : List.of("Largest steps between tokens", "Largest writes by MLPs")) {
      assertThat(percents(named(page, AriaRole.LIST, list)))
          .hasSize(6)
          .isSortedAccordingTo((a, b) -> Double.compare(b, a));
    }
    named(page, AriaRole.BUTTON, "MLP of layer 0, position 2 “ Mary”, 29.6 %").click();
    assertThat(named(page, AriaRole.HEADING, "MLP of layer 0 at “ Mary”")).isVisible();
  }

  /** The lists have the numbers of {@code limpid explain}. */
  @Test
  void listsOfTheOverviewAreThoseOfTheCommand() throws Exception {
    ModelLocator bundled =
        ModelLocator.ofUser(
            Map.of("LIMPID_BUNDLED", TestData.folder().resolve("models").toString()));
    Analysis analysis =
        LanguageModel.open("demo-gpt2", Settings.defaults().withLocator(bundled))
            .analyse("When Mary and John went to the store, John gave a drink to");
    ExplainView explained =
        analysis.explain(new Question(analysis.last(), null, null), RouteSettings.DEFAULT).view();
    Page page = open("");
    Locator sources = named(page, AriaRole.LIST, "Source tokens").getByRole(AriaRole.LISTITEM);
    List<ExplainView.Source> all =
        explained.sources().stream().filter(source -> source.flow() >= 0.001).toList();
    assertThat(sources).hasCount(all.size());
    for (int i = 0; i < all.size(); i++) {
      assertThat(sources.nth(i)).containsText("%.1f %%".formatted(100 * all.get(i).flow()));
    }
    for (ExplainView.Attention edge : explained.attention().subList(0, 6)) {
      String name =
          "Layer %d: “%s” (%d) reads “%s” (%d), %.1f %%"
              .formatted(
                  edge.layer(),
                  reading(explained, edge.query()),
                  edge.query(),
                  reading(explained, edge.key()),
                  edge.key(),
                  100 * edge.flow());
      assertThat(named(page, AriaRole.BUTTON, name)).hasCount(1);
    }
    Locator predictions = named(page, AriaRole.LIST, "Predictions").getByRole(AriaRole.LISTITEM);
    for (int i = 0; i < 5; i++) {
      assertThat(predictions.nth(i))
          .containsText("“" + explained.predictions().get(i).text() + "”");
    }
  }

  /** The model's own start is called so. */
  private static @Nullable String reading(ExplainView explained, int position) {
    return position == 0 ? "⟨start⟩" : explained.tokens().get(position).text();
  }

  @Test
  void faithfulnessNamesTheAnswersTheRandomRoutesAndTheAblation() {
    Page page = open("");
    named(page, AriaRole.BUTTON, "Check faithfulness").click();
    assertThat(named(page, AriaRole.STATUS, "Faithfulness"))
        .hasText(
            Pattern.compile(
                "Alone, this route recovers −?[\\d.]+ % of “ Mary” - “ Ruth”; random routes of its size"
                    + " −?[\\d.]+ % \\(−?[\\d.]+ % to −?[\\d.]+ %\\); the rest set to zero\\."));
  }

  @Test
  void aContrastIsListedByItsNetAndTheTwoCanBeExchanged() {
    Page page = open("#a=+Mary&b=+John");
    assertThat(named(page, AriaRole.HEADING, "Why “ Mary” and not “ John”?")).isVisible();
    Locator rows = named(page, AriaRole.LIST, "Contrast by token").getByRole(AriaRole.LISTITEM);
    assertThat(rows.first()).containsText("“When”");
    Object nets =
        rows.evaluateAll(
            "all => all.slice(0, -1).map(e => Math.abs(parseFloat(e.querySelector('.n').textContent.replace('−', '-'))))");
    assertThat(((List<?>) nets).stream().map(n -> ((Number) n).doubleValue()))
        .hasSize(15)
        .isSortedAccordingTo((a, b) -> Double.compare(b, a));
    assertThat(rows.last()).containsText("biases");
    assertThat(rows.first().locator(".axis i")).hasCount(2);
    assertThat(rows.first().locator(".axis .away"))
        .hasCSS("background-image", Pattern.compile("repeating-linear-gradient.*"));
    assertThat(named(page, AriaRole.LIST, "Contrast by part")).containsText("Head 2.0");
    named(page, AriaRole.BUTTON, "Exchange the two").click();
    assertThat(named(page, AriaRole.HEADING, "Why “ John” and not “ Mary”?")).isVisible();
    assertThat(page.locator(".details .big")).containsText("−9.98");
    named(page, AriaRole.BUTTON, "Overview").click();
    assertThat(named(page, AriaRole.LIST, "Source tokens")).isVisible();
  }

  @Test
  void relevanceIsARouteWithThresholdAndFaithfulnessOfAnAnswerAloneToo() {
    Page page = open("#a=+Mary&b=+John&by=relevance");
    assertThat(named(page, AriaRole.SLIDER, "Threshold")).isVisible();
    assertThat(named(page, AriaRole.BUTTON, "Check faithfulness")).isVisible();
    assertThat(named(page, AriaRole.RADIO, "By relevance")).hasAttribute("aria-checked", "true");
    named(page, AriaRole.RADIO, "By relevance").press("ArrowLeft");
    assertThat(named(page, AriaRole.RADIO, "By contributions")).isFocused();
    page.waitForURL(url -> !url.contains("by="));
    Page alone = open("#a=+Mary&by=relevance");
    assertThat(named(alone, AriaRole.HEADING, "Why “ Mary”?")).isVisible();
    assertThat(named(alone, AriaRole.LIST, "Relevance by token")).containsText("“ Mary”");
    named(alone, AriaRole.BUTTON, "Check faithfulness").click();
    assertThat(named(alone, AriaRole.STATUS, "Faithfulness")).containsText("of “ Mary”; random");
  }
}
