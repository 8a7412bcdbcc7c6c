package dev.limpid.explorer.serve.api;

import dev.limpid.NoSuchTokenException;
import dev.limpid.Prompt;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Parameter;
import dev.limpid.explorer.serve.Query;
import dev.limpid.explorer.serve.Refusal;
import dev.limpid.explorer.serve.Trace;
import dev.limpid.model.config.ModelConfig;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The parameters that questions about a trace have in common, read against it. */
record TraceQuery(Trace trace, Query query, Explorer explorer) {
  static final Parameter LAYER = Parameter.whole("layer", 0, "A layer");
  static final Parameter HEAD = Parameter.whole("head", 0, "A head");
  static final Parameter POSITION =
      Parameter.whole("position", 0, "A position (default: the last)");
  static final Parameter ANSWER =
      Parameter.text("answer", "A next token, with its leading blank, or #id");
  static final Parameter DISTRACTOR =
      Parameter.text("distractor", "Another token, which the answer is compared with");

  /** Reads the id of the path. */
  static TraceQuery of(Exchange exchange, Explorer explorer) {
    return new TraceQuery(
        explorer.traces().require(exchange.variable("id")), exchange.query(), explorer);
  }

  ModelConfig config() {
    return trace.analysis().model().source().config();
  }

  ContributionOptions options() {
    return trace.options();
  }

  int last() {
    return trace.analysis().last();
  }

  /** Returns the position asked for, else the last. */
  int position() {
    return query.whole(POSITION, 0, last()).orElse(last());
  }

  /** Returns the layer, which must be named. */
  int layer() {
    return query.required(LAYER, 0, config().nLayers() - 1);
  }

  /** Returns the head, which must be named. */
  int head() {
    return query.required(HEAD, 0, config().nHeads() - 1);
  }

  /** Returns how many entries are listed. */
  int top(Parameter parameter, int otherwise) {
    return query.whole(parameter, 1, explorer.limits().maxTop()).orElse(otherwise);
  }

  /** Describes how many entries are listed. */
  static Parameter top(int otherwise, int most) {
    return Parameter.whole("top", 1, most, "How many are listed (default: " + otherwise + ")");
  }

  /** Returns the id of a token, or null if none is named. */
  @Nullable Integer token(Parameter parameter) {
    Optional<String> text = query.text(parameter);
    return text.isEmpty()
        ? null
        : (Integer) id(trace.analysis().prompt(), parameter.name(), text.get());
  }

  /** Returns the id of a token that must be named. */
  int requiredToken(Parameter parameter) {
    return id(
        trace.analysis().prompt(), parameter.name(), query.text(parameter.must()).orElseThrow());
  }

  /** Returns the id of the token that an answer is compared with, or null if none is named. */
  @Nullable Integer distractor(@Nullable Integer answer) {
    @Nullable Integer distractor = token(DISTRACTOR);
    if (distractor != null && distractor.equals(answer)) {
      throw new Refusal(
          Refusal.Code.BAD_PARAMETER, "distractor: is the answer itself; name another token.");
    }
    return distractor;
  }

  static int id(Prompt prompt, String name, String token) {
    try {
      return prompt.tokenId(token);
    } catch (NoSuchTokenException e) {
      throw new Refusal(Refusal.Code.BAD_PARAMETER, name + ": " + e.getMessage());
    }
  }
}
