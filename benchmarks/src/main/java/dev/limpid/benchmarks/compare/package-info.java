/**
 * Limpid beside its peers on the same work in one run: {@link
 * dev.limpid.benchmarks.compare.Comparison} prints the table. A peer is a process of its own that
 * is asked for one timing after the other, so that both sides alternate.
 */
@NullMarked
package dev.limpid.benchmarks.compare;

import org.jspecify.annotations.NullMarked;
