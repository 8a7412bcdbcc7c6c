/**
 * From contributions to routes: which tokens, heads and MLPs built one state, after everything that
 * contributed too little is dropped (Ferrando and Voita 2024, "Information Flow Routes").
 *
 * <p>Start with {@link dev.limpid.routes.RouteExtractor}:
 *
 * <pre>{@code
 * FlowGraph graph = FlowGraph.of(Contributions.of(model, trace));   // once per prompt
 * RouteExtractor routes = new RouteExtractor(graph, ThresholdMode.RENORMALISED, 0.04);
 * Route route = routes.route(trace.nPositions() - 1);
 * double first = route.sourceFlow(0);     // the share of the last state that came from token 0
 * }</pre>
 *
 * <p>A route explains how the last state was built; it does not depend on which token is predicted.
 * {@link dev.limpid.routes.ContrastFlow} does: it follows one logit back to the tokens.
 */
@NullMarked
package dev.limpid.routes;

import org.jspecify.annotations.NullMarked;
