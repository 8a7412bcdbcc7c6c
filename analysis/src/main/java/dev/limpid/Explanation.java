package dev.limpid;

import dev.limpid.routes.Route;
import dev.limpid.routes.export.RouteDocument;
import dev.limpid.view.ExplainView;
import org.jspecify.annotations.Nullable;

/**
 * An explanation: the answer in figures, and the route that they are about.
 *
 * @param view what the JSON document says
 * @param route the route with its nodes and edges
 * @param document the same with what a reader needs to make sense of it
 * @param answer the route behind the answer that was named, by relevance; null where none was, or
 *     where its logit, or its lead, is next to nothing
 */
public record Explanation(
    ExplainView view, Route route, RouteDocument document, @Nullable RouteDocument answer) {}
