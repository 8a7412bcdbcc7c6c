package dev.limpid.explorer.page;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The command {@code limpid serve} in a process of its own, and a browser that shows its page. One
 * browser does for all tests, and one server for those that ask it nothing special.
 */
final class BrowserPage implements AutoCloseable {
  /** For Chromium without a screen, a sandbox of its own, and anything that it would ask others. */
  private static final List<String> FLAGS =
      List.of(
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  /** It ends with this process. */
  private static @Nullable Browser common;

  private static @Nullable BrowserServer commonServer;

  private final BrowserServer server;
  private final Browser browser;
  private final List<String> console = new ArrayList<>();

  /** Shows the server that others ask, too. */
  BrowserPage() {
    this(commonServer());
  }

  /**
   * Starts a server, which ends when this is closed.
   *
   * @param option of the command, besides the port
   */
  BrowserPage(String option, String... options) {
    this(new BrowserServer(Stream.concat(Stream.of(option), Stream.of(options)).toList()));
  }

  /**
   * Shows a server.
   *
   * @param server ends when this is closed, unless it is the common one
   */
  BrowserPage(BrowserServer server) {
    // Enough for a machine that is busy with other things.
    PlaywrightAssertions.setDefaultAssertionTimeout(20_000);
    this.server = server;
    this.browser = browser();
  }

  private static BrowserServer commonServer() {
    if (commonServer == null) {
      commonServer = new BrowserServer(List.of());
      Runtime.getRuntime().addShutdownHook(new Thread(commonServer::stop));
    }
    return commonServer;
  }

  private static Browser browser() {
    if (common == null) {
      Map<String, String> environment =
          Map.of(
              "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD",
              "1",
              "PLAYWRIGHT_NODEJS_PATH",
              System.getProperty("limpid.node", "/usr/bin/node"));
      common =
          Playwright.create(new Playwright.CreateOptions().setEnv(environment))
              .chromium()
              .launch(
                  new LaunchOptions()
                      .setExecutablePath(
                          Path.of(System.getProperty("limpid.chromium", "/usr/bin/chromium")))
                      .setArgs(FLAGS));
    }
    return common;
  }

  /** Opens the page as somebody sees it who never did before. */
  Page openForTheFirstTime() {
    return opened("", ColorScheme.LIGHT, "");
  }

  /** Opens the page at a fragment, as if for the first time but for the hint, which is closed. */
  Page open(String fragment, ColorScheme scheme) {
    return opened(fragment, scheme, "localStorage.setItem('limpid.hint', 'closed')");
  }

  private Page opened(String fragment, ColorScheme scheme, String before) {
    BrowserContext context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setViewportSize(1440, 900)
                .setColorScheme(scheme)
                .setBypassCSP(true));
    context.addInitScript(before);
    Page page = context.newPage();
    page.onConsoleMessage(message -> console.add(message.type() + ": " + message.text()));
    page.onPageError(error -> console.add("error: " + error));
    Requests requests = new Requests(page);
    page.navigate(server.address() + fragment);
    page.waitForSelector(".say b");
    page.waitForCondition(requests::areAnswered);
    return page;
  }

  /**
   * Opens a file, with or without scripts.
   *
   * @param asked what is asked for is added
   */
  Page file(Path file, boolean scripts, List<String> asked) {
    BrowserContext context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setViewportSize(1440, 900)
                .setJavaScriptEnabled(scripts));
    Page page = context.newPage();
    page.onConsoleMessage(message -> console.add(message.type() + ": " + message.text()));
    page.onPageError(error -> console.add("error: " + error));
    page.onRequest(request -> asked.add(request.url()));
    page.navigate(file.toUri().toString());
    return page;
  }

  /** What has a role and a name, as a screen reader finds it. */
  static Locator named(Page page, AriaRole role, String name) {
    return page.getByRole(role, new Page.GetByRoleOptions().setName(name));
  }

  /** What stands behind the # of the address. */
  static String fragment(Page page) {
    return page.evaluate("location.hash").toString();
  }

  /** Returns what pages wrote to the console. */
  List<String> console() {
    return List.copyOf(console);
  }

  @Override
  public void close() {
    browser.contexts().forEach(BrowserContext::close);
    if (server != commonServer) {
      server.stop();
    }
  }

  /** What a page has asked the server for; Playwright's own "network idle" is half a second. */
  private static final class Requests {
    private static final long QUIET = 200_000_000;

    private int open;
    private long last = System.nanoTime();

    Requests(Page page) {
      page.onRequest(request -> count(1));
      page.onRequestFinished(request -> count(-1));
      page.onRequestFailed(request -> count(-1));
    }

    private void count(int more) {
      open += more;
      last = System.nanoTime();
    }

    boolean areAnswered() {
      return open == 0 && System.nanoTime() - last > QUIET;
    }
  }
}
