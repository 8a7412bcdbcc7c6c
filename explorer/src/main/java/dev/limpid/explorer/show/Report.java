package dev.limpid.explorer.show;

import dev.limpid.view.ModelView;
import dev.limpid.view.TokenView;
import java.io.IOException;
import java.io.Writer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An answer as a page, in the form of that of {@code limpid explain --html}: what was asked, the
 * prompt, then what a command prints to a terminal, with pictures.
 */
public interface Report {
  /** Returns the model that was asked. */
  ModelView model();

  /** Returns the tokens of the prompt; none where many prompts were asked about. */
  List<TokenView> tokens();

  /** Returns the position asked about; null where many prompts were. */
  @Nullable Integer position();

  /** Returns the tokens of the run that values were taken from; null without one. */
  @Nullable List<TokenView> source();

  /** Returns what the page is about, in a sentence. */
  String headline();

  /** Returns how it was asked, in the order to be shown. */
  Map<String, String> settings();

  /** Writes what was found. */
  void body(PageOut page) throws IOException;

  /**
   * Writes the page; flushes the writer, does not close it.
   *
   * @param model what makes the model's numbers, in the order to be shown
   */
  default void write(Map<String, String> model, Writer out) throws IOException {
    Map<String, String> facts = new LinkedHashMap<>(model);
    facts.putAll(settings());
    if (!tokens().isEmpty()) {
      facts.put("tokens", ids(tokens()));
    }
    @Nullable List<TokenView> other = source();
    if (other != null) {
      facts.put("source tokens", ids(other));
    }
    PageFrame.write(
        headline(),
        tokens(),
        model().limpidVersion(),
        facts,
        out,
        page -> {
          page.html().element("h1", headline());
          page.prompt(tokens(), position(), "the frame is the position asked about");
          if (other != null) {
            page.html().element("p", "The source, that values were taken from:");
            page.prompt(other, position(), "the frame is the same position");
          }
          body(page);
        });
  }

  private static String ids(List<TokenView> tokens) {
    return tokens.stream().map(t -> String.valueOf(t.id())).collect(Collectors.joining(","));
  }
}
