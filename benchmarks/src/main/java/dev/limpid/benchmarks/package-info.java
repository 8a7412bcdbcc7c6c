/**
 * JMH benchmarks on realistic, named shapes: every operation beside its reference, checked against
 * it before it is timed.
 *
 * <p>How to run them: {@code benchmarks/README.md}.
 */
@NullMarked
package dev.limpid.benchmarks;

import org.jspecify.annotations.NullMarked;
