package dev.limpid.routes.export;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.RouteGraph;
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
 * @param threshold tau; parts of a state must be above it, of a logit not below it
 * @param routes one or more, in order of position
 */
public record RouteDocument(
    Map<String, ? extends @Nullable Object> model,
    List<Token> tokens,
    double threshold,
    Measure measure,
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

  /** What a route by relevance shows. */
  public static final String WHAT_RELEVANCE_SHOWS =
      "What made the answer, by relevance: what each part was handed back from the logit. No part's"
          + " share is the effect of taking it away.";

  /** What makes parts of a route large. */
  public sealed interface Measure {
    /** Returns what such a route shows, and what it does not. */
    String shows();

    /** How much each part contributed to the state it was added to. */
    record Contribution(ThresholdMode mode, ContributionOptions options) implements Measure {
      @Override
      public String shows() {
        return WHAT_A_ROUTE_SHOWS;
      }
    }

    /**
     * How much of a logit, or of the difference of two, each part brought.
     *
     * @param value m, the number itself
     * @param alpha the share of attention that goes to its patterns
     * @param distractor the token whose logit is subtracted, or null
     */
    record Relevance(double value, double alpha, Prediction answer, @Nullable Prediction distractor)
        implements Measure {
      @Override
      public String shows() {
        return WHAT_RELEVANCE_SHOWS;
      }

      /** Returns what the number is: the logit of the answer, or how far it is ahead. */
      public String inWords() {
        String ofAnswer = "logit of " + quoted(answer.id(), answer.text());
        return distractor == null
            ? ofAnswer
            : ofAnswer + " less that of " + quoted(distractor.id(), distractor.text());
      }
    }
  }

  /** Makes a document of routes that one extractor found. */
  public static RouteDocument of(
      Map<String, ? extends @Nullable Object> model,
      List<Token> tokens,
      RouteExtractor extractor,
      List<PredictedRoute> routes) {
    ContributionOptions options = extractor.graph().options();
    Measure measure = new Measure.Contribution(extractor.mode(), options);
    return new RouteDocument(model, tokens, extractor.threshold(), measure, routes);
  }

  /**
   * A token of the prompt.
   *
   * @param text what it decodes to; null without a tokenizer
   * @param piece its name in the vocabulary; null without a tokenizer
   */
  public record Token(int id, @Nullable String text, @Nullable String piece) {}

  /** A route and what the model predicts from the state that the route explains. */
  public record PredictedRoute(RouteGraph route, Prediction prediction) {}

  /**
   * A next token: the most probable one where nothing else is said.
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
