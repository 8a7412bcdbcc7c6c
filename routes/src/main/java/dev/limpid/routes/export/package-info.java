/**
 * Routes as files: JSON for programs, DOT and GraphML for graph tools, SVG for the eye.
 *
 * <p>Start with {@link dev.limpid.routes.export.RouteDocument}: a route with the texts and facts
 * that files carry beside it. Each format is one class with one method, {@code write}.
 */
@NullMarked
package dev.limpid.routes.export;

import org.jspecify.annotations.NullMarked;
