package dev.limpid.explorer.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.limpid.explorer.page.BrowserPage.named;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two routes held against each other: both can be looked into. */
class BrowserCompareTest {
  private static BrowserPage browser;

  /** Beside the bundled models, the first two layers of one of them. */
  @BeforeAll
  static void start(@TempDir Path home) throws IOException {
    Path whole = TestData.folder().resolve("models/demo-gpt2");
    Path half = Files.createDirectory(home.resolve("half"));
    for (String name : List.of("tokenizer.json", "tokenizer_config.json", "model.safetensors")) {
      Files.copy(whole.resolve(name), half.resolve(name));
    }
    String config = Files.readString(whole.resolve("config.json"));
    Files.writeString(
        half.resolve("config.json"), config.replaceAll("\"n_layer\": *4", "\"n_layer\": 2"));
    browser = new BrowserPage("--model", half.toString());
  }

  @AfterAll
  static void end() {
    browser.close();
    assertThat(browser.console()).as("what pages wrote to the console").isEmpty();
  }

  @Test
  void ofModelsOfDifferentDepthEachHasItsPictureAndItsDetails() {
    Page page =
        browser.open(
            "#m=demo-gpt2&p=The+capital+of+France+is&v=compare&qm=half", ColorScheme.LIGHT);
    Locator first = named(page, AriaRole.APPLICATION, "First: Route graph, position 5");
    Locator second = named(page, AriaRole.APPLICATION, "Second: Route graph, position 5");
    second.press("Enter");
    assertThat(named(page, AriaRole.HEADING, "After MLP 1, position 5 “ is”")).isVisible();
    assertThat(named(page, AriaRole.LIST, "Top tokens of this state")).containsText("“ in” 38.6 %");
    assertThat(page.getByText("Changes act on the first.")).isVisible();
    page.waitForURL(url -> url.contains("of=second"));
    page.reload();
    assertThat(named(page, AriaRole.HEADING, "After MLP 1, position 5 “ is”")).isVisible();
    first.press("Enter");
    assertThat(named(page, AriaRole.HEADING, "After MLP 3, position 5 “ is”")).isVisible();
    assertThat(named(page, AriaRole.LIST, "Top tokens of this state")).containsText("“ Paris”");
    page.waitForURL(url -> !url.contains("of=second"));
    page.goBack();
    assertThat(named(page, AriaRole.HEADING, "After MLP 1, position 5 “ is”")).isVisible();
  }

  /** The second is finer than the first, so it has states and connections of its own. */
  @Test
  void onOnePlaneWhatOnlyTheSecondHasOpensThere() {
    Page page = browser.open("#m=demo-gpt2&v=compare&qtau=0.005", ColorScheme.LIGHT);
    Locator graph = named(page, AriaRole.APPLICATION, "Route graph, position 14");
    graph.focus();
    for (int i = 0; i < 9; i++) {
      graph.press("ArrowDown");
    }
    // From the target's token to the left along the row that only the finer route has states in.
    for (int i = 0; i < 12 && !page.url().contains("of=second"); i++) {
      graph.press("ArrowUp");
      graph.press("ArrowLeft");
      graph.press("Enter");
      page.waitForTimeout(300);
    }
    assertThat(page.url()).contains("of=second");
    assertThat(named(page, AriaRole.COMPLEMENTARY, "Details")).containsText("position");
  }
}
