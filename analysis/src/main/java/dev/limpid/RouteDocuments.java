package dev.limpid;

import dev.limpid.attribution.logits.LensReading;
import dev.limpid.attribution.logits.Prediction;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteExtractor;
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
      Prediction best = readings.get(i).top().getFirst();
      RouteDocument.Prediction prediction =
          new RouteDocument.Prediction(
              best.id(), prompt.names().text(best.id()), best.probability());
      predicted.add(new RouteDocument.PredictedRoute(routes.get(i), prediction));
    }
    List<RouteDocument.Token> tokens =
        prompt.tokenViews().stream()
            .map(t -> new RouteDocument.Token(t.id(), t.text(), t.piece()))
            .toList();
    return RouteDocument.of(facts(model), tokens, extractor, predicted);
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
