/**
 * What routes of many prompts have in common: which heads and MLPs are on them, how much flows
 * through, what heads read and from how far.
 *
 * <p>Start with {@link dev.limpid.routes.statistics.RouteStatistics}, a commutative monoid:
 *
 * <pre>{@code
 * RouteStatistics all = RouteStatistics.empty(shape);
 * all.plus(RouteSample.of(prompt, route, true, lens, shape));      // once per route
 * all.merge(elsewhere);                                            // any order, any tree, the same bits
 * double flow = all.flow(9, 6);
 * }</pre>
 */
@NullMarked
package dev.limpid.routes.statistics;

import org.jspecify.annotations.NullMarked;
