package dev.limpid.explorer.show;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes HTML: every text and attribute is escaped, every element closed.
 *
 * <p>What HTML cannot hold (control characters, lone surrogates) becomes U+FFFD.
 */
final class HtmlOut {
  private final Writer out;
  private final Deque<String> open = new ArrayDeque<>();

  /** Begins a document; nothing is closed or flushed before {@link #end}. */
  HtmlOut(Writer out) throws IOException {
    this.out = out;
    out.write("<!DOCTYPE html>");
  }

  /** Opens an element; attributes are names and values in turn. */
  HtmlOut open(String element, String... attributes) throws IOException {
    empty(element, attributes);
    open.push(element);
    return this;
  }

  /** Writes an element that has no content, such as meta. */
  HtmlOut empty(String element, String... attributes) throws IOException {
    // Blocks begin a line; in front of a span or bdi, a line break would be a blank.
    out.write(isInline(element) ? "<" : "\n<");
    out.write(element);
    for (int i = 0; i < attributes.length; i += 2) {
      out.write(" " + attributes[i] + "=\"" + escaped(attributes[i + 1]) + '"');
    }
    out.write('>');
    return this;
  }

  private static boolean isInline(String element) {
    return switch (element) {
      case "a", "span", "bdi", "i", "wbr" -> true;
      default -> false;
    };
  }

  /** Writes a text. */
  HtmlOut text(String text) throws IOException {
    out.write(escaped(text));
    return this;
  }

  /** Closes the element opened last. */
  HtmlOut close() throws IOException {
    out.write("</" + open.pop() + ">");
    return this;
  }

  /** Writes an element that holds a text. */
  HtmlOut element(String element, String text, String... attributes) throws IOException {
    return open(element, attributes).text(text).close();
  }

  /** Writes a style sheet as it is: never text from outside. */
  HtmlOut style(String css) throws IOException {
    out.write("\n<style>\n" + css + "</style>");
    return this;
  }

  /** Writes a script, or what one reads, as it is: it may not end the element. */
  HtmlOut script(String type, String script) throws IOException {
    out.write("\n<script type=\"" + type + "\">" + script + "</script>");
    return this;
  }

  /** Writes a fragment of HTML as it is: never text from outside. */
  HtmlOut asIs(String fragment) throws IOException {
    out.write('\n' + fragment);
    return this;
  }

  /** Returns where another writer puts an element of its own, such as a picture. */
  Writer writer() {
    return out;
  }

  /** Closes what is open; flushes the writer, does not close it. */
  void end() throws IOException {
    while (!open.isEmpty()) {
      close();
    }
    out.write('\n');
    out.flush();
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '&' -> escaped.append("&amp;");
            case '<' -> escaped.append("&lt;");
            case '>' -> escaped.append("&gt;");
            case '"' -> escaped.append("&quot;");
            case '\'' -> escaped.append("&#39;");
            default -> escaped.appendCodePoint(isLegal(c) ? c : 0xFFFD);
          }
        });
    return escaped.toString();
  }

  private static boolean isLegal(int c) {
    boolean isControl = Character.isISOControl(c) && c != '\t' && c != '\n';
    boolean isNoCharacter = (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
    return !isControl && !isNoCharacter && Character.getType(c) != Character.SURROGATE;
  }
}
