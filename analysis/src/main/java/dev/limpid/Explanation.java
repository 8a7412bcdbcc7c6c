package dev.limpid;

import dev.limpid.routes.Route;
import dev.limpid.routes.export.RouteDocument;
import dev.limpid.view.ExplainView;

/**
 * An explanation: the answer in figures, and the route that they are about.
 *
 * @param view what the JSON document says
 * @param document the route with its nodes and edges, of one position
 */
public record Explanation(ExplainView view, RouteDocument document) {

  /** Returns the route that is explained. */
  public Route route() {
    return document.routes().getFirst().route();
  }
}
