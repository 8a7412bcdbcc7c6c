package dev.limpid.explorer.show;

import dev.limpid.routes.export.RouteDocument;
import dev.limpid.view.TokenView;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What all pages have: a head that lets nothing from outside in, the style, and at the end how the
 * page was made.
 */
final class PageFrame {
  private static final int LONGEST_TITLE = 80;

  private PageFrame() {}

  /** What stands between head and end. */
  interface Body {
    void write(PageOut page) throws IOException;
  }

  /** Writes a page without scripts; flushes the writer, does not close it. */
  static void write(
      String title,
      List<TokenView> tokens,
      String version,
      Map<String, String> facts,
      Writer out,
      Body body)
      throws IOException {
    write(title, tokens, version, facts, "'none'", out, body);
  }

  /**
   * Writes a page; flushes the writer, does not close it.
   *
   * @param title what the page is called
   * @param tokens of the prompt
   * @param version of limpid
   * @param facts how it was made, in the order to be shown
   * @param scripts which may run, as a policy says it
   */
  static void write(
      String title,
      List<TokenView> tokens,
      String version,
      Map<String, String> facts,
      String scripts,
      Writer out,
      Body body)
      throws IOException {
    HtmlOut html = new HtmlOut(out);
    html.open("html", "lang", "en").open("head");
    html.empty("meta", "charset", "utf-8");
    html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    // The page needs nothing from outside, and no script but its own: so it may not have them.
    html.empty(
        "meta",
        "http-equiv",
        "Content-Security-Policy",
        "content",
        "default-src 'none'; style-src 'unsafe-inline'"
            + (scripts.equals("'none'") ? "" : "; script-src " + scripts));
    html.empty("meta", "name", "generator", "content", "limpid " + version);
    html.element("title", "Limpid: " + shortened(title));
    html.style(resource("explain.css"));
    html.close().open("body").open("main");
    body.write(new PageOut(html, tokens));
    html.element("h2", "How this was made").open("dl");
    for (Map.Entry<String, String> fact : facts.entrySet()) {
      html.element("dt", fact.getKey()).element("dd", fact.getValue());
    }
    html.close();
    html.end();
  }

  /** Returns a prompt as the title of its page. */
  static String title(List<TokenView> tokens) {
    return tokens.stream()
        .map(t -> RouteDocument.label(t.id(), t.text()))
        .collect(Collectors.joining());
  }

  private static String shortened(String text) {
    boolean isLong = text.codePointCount(0, text.length()) > LONGEST_TITLE;
    return isLong ? text.substring(0, text.offsetByCodePoints(0, LONGEST_TITLE - 1)) + "…" : text;
  }

  static String resource(String name) throws IOException {
    try (InputStream resource = PageFrame.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(resource).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
