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
import dev.limpid.testdata.TestData;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The command {@code limpid serve} in a process of its own, and a browser that shows its page. */
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

  private final List<String> options;
  private Process server;
  private final String address;
  private final Playwright playwright;
  private final Browser browser;
  private final List<String> console = new ArrayList<>();

  /**
   * Starts both.
   *
   * @param options of the command, besides the port
   */
  BrowserPage(String... options) {
    // Enough for a machine that is busy with other things.
    PlaywrightAssertions.setDefaultAssertionTimeout(20_000);
    this.options = List.of(options);
    try {
      server = serve(0);
      address = address(server);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    playwright =
        Playwright.create(
            new Playwright.CreateOptions()
                .setEnv(
                    Map.of(
                        "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD",
                        "1",
                        "PLAYWRIGHT_NODEJS_PATH",
                        System.getProperty("limpid.node", "/usr/bin/node"))));
    browser =
        playwright
            .chromium()
            .launch(
                new LaunchOptions()
                    .setExecutablePath(
                        Path.of(System.getProperty("limpid.chromium", "/usr/bin/chromium")))
                    .setArgs(FLAGS));
  }

  private static String address(Process server) throws IOException {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    if (line == null) {
      throw new IOException("limpid serve ended without an address");
    }
    return line;
  }

  /** Ends the server under its open pages. */
  void stopServer() throws InterruptedException {
    server.destroy();
    server.waitFor();
  }

  /** Starts another server where the last one was. */
  void startServer() throws IOException {
    server = serve(URI.create(address).getPort());
    address(server);
  }

  private Process serve(int port) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.limpid.explorer.Main",
                "serve",
                "--port",
                Integer.toString(port)));
    command.addAll(options);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("LIMPID_BUNDLED", TestData.folder().resolve("models").toString());
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    return builder.start();
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
    page.navigate(address + fragment);
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

  /** Closes all pages: those that are left open go on being drawn. */
  void closePages() {
    browser.contexts().forEach(BrowserContext::close);
  }

  /** Returns what pages wrote to the console. */
  List<String> console() {
    return List.copyOf(console);
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
    server.destroy();
  }
}
