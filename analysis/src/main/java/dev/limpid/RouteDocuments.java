package dev.limpid;

import dev.limpid.attribution.logits.LensReading;
import dev.limpid.attribution.logits.Prediction;
import dev.limpid.routes.RelevanceExtractor;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.RouteGraph;
import dev.limpid.routes.export.RouteDocument;
import dev.limpid.view.ModelView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Puts routes beside what is predicted from the states that they explain. */
final class RouteDocuments {
  private RouteDocuments() {}

  /**
   * Returns the document of some routes.
   *
   * @param readings of the logits of each route's position
   */
  static RouteDocument of(
      ModelView model,
      Prompt prompt,
      RouteExtractor extractor,
      List<Route> routes,
      List<LensReading> readings) {
    List<RouteDocument.PredictedRoute> predicted = new ArrayList<>();
    for (int i = 0; i < routes.size(); i++) {
      predicted.add(predicted(prompt, routes.get(i), readings.get(i)));
    }
    return RouteDocument.of(facts(model), tokens(prompt), extractor, predicted);
  }

  /**
   * Returns the document of a route behind an answer.
   *
   * @param measure the number that was asked about
   * @param reading of the logits of the route's position
   */
  static RouteDocument of(
      ModelView model,
      Prompt prompt,
      RelevanceExtractor extractor,
      RouteDocument.Measure.Relevance measure,
      LensReading reading) {
    return new RouteDocument(
        facts(model),
        tokens(prompt),
        extractor.threshold(),
        measure,
        List.of(predicted(prompt, extractor.route(), reading)));
  }

  private static RouteDocument.PredictedRoute predicted(
      Prompt prompt, RouteGraph route, LensReading reading) {
    return new RouteDocument.PredictedRoute(route, prediction(reading.top().getFirst(), prompt));
  }

  /** Returns a next token with its text. */
  static RouteDocument.Prediction prediction(Prediction token, Prompt prompt) {
    return new RouteDocument.Prediction(
        token.id(), prompt.names().text(token.id()), token.probability());
  }

  private static List<RouteDocument.Token> tokens(Prompt prompt) {
    return prompt.tokenViews().stream()
        .map(t -> new RouteDocument.Token(t.id(), t.text(), t.piece()))
        .toList();
  }

  private static Map<String, @Nullable Object> facts(ModelView model) {
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put("name", model.name());
    facts.put("family", model.family());
    facts.put("n_layers", model.nLayers());
    facts.put("n_heads", model.nHeads());
    facts.put("d_model", model.dModel());
    facts.put("backend", model.backend());
    Supplier<@Nullable String> sha256 = model::sha256;
    facts.put("sha256", sha256);
    facts.put("limpid_version", model.limpidVersion());
    return facts;
  }
}
