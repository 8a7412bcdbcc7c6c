package dev.limpid.routes.export;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.ThresholdMode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Routes of one prompt, with what a reader needs to make sense of them.
 *
 * @param model facts of the model in the order to be written: strings, numbers, booleans or null,
 *     or a {@link java.util.function.Supplier} of one that is asked when the document is written
 * @param tokens one per position, BOS included
 * @param routes one or more, in order of position
 */
public record RouteDocument(
    Map<String, ? extends @Nullable Object> model,
    List<Token> tokens,
    double threshold,
    ThresholdMode mode,
    ContributionOptions options,
    List<PredictedRoute> routes) {

  /** What every plain route must say where people see it. */
  public static final String WHAT_A_ROUTE_SHOWS =
      "How the last state of this position was built; it does not depend on which token is"
          + " predicted.";

  /** Copies map and lists. */
  public RouteDocument {
    model = Collections.unmodifiableMap(new LinkedHashMap<>(model));
    tokens = List.copyOf(tokens);
    routes = List.copyOf(routes);
  }

  /** Makes a document of routes that one extractor found. */
  public static RouteDocument of(
      Map<String, ? extends @Nullable Object> model,
      List<Token> tokens,
      RouteExtractor extractor,
      List<PredictedRoute> routes) {
    ContributionOptions options = extractor.graph().options();
    return new RouteDocument(
        model, tokens, extractor.threshold(), extractor.mode(), options, routes);
  }

  /**
   * A token of the prompt.
   *
   * @param text what it decodes to; null without a tokenizer
   * @param piece its name in the vocabulary; null without a tokenizer
   */
  public record Token(int id, @Nullable String text, @Nullable String piece) {}

  /** A route and what the model predicts from the state that the route explains. */
  public record PredictedRoute(Route route, Prediction prediction) {}

  /**
   * The most probable next token.
   *
   * @param text what it decodes to; null without a tokenizer
   */
  public record Prediction(int id, @Nullable String text, double probability) {}

  /** Returns the only route, for formats that hold one. */
  PredictedRoute only() {
    if (routes.size() != 1) {
      throw new IllegalArgumentException(
          "this format holds one route, there are " + routes.size() + "; use JSON for several");
    }
    return routes.getFirst();
  }

  /** Returns how a token is shown to people: its text with blanks made visible, or its number. */
  public static String label(int id, @Nullable String text) {
    return text == null ? "#" + id : visible(text, '·');
  }

  /** Returns how a token is quoted in a sentence: “ Mary”; of a blank one, the blanks are shown. */
  public static String quoted(int id, @Nullable String text) {
    if (text == null) {
      return label(id, null);
    }
    return '“' + visible(text, text.isBlank() ? '·' : ' ') + '”';
  }

  private static String visible(String text, char blank) {
    StringBuilder visible = new StringBuilder();
    text.codePoints()
        .map(c ->
            switch (c) {
              case ' ' -> blank;
              case '\n' -> '↵';
              case '\t' -> '⇥';
              case 0x7f -> '␡';
              default -> c < ' ' ? '␀' + c : isHidden(c) ? '\uFFFD' : c;
            })
        .forEach(visible::appendCodePoint);
    return visible.toString();
  }

  /** Control characters, lone surrogates, and what would turn the text around it. */
  private static boolean isHidden(int c) {
    return Character.isISOControl(c)
        || Character.getType(c) == Character.SURROGATE
        || (c >= 0x202A && c <= 0x202E)
        || (c >= 0x2066 && c <= 0x2069);
  }
}
