/**
 * How faithful routes and orders of components are, measured on many prompts; {@code
 * benchmarks/faithfulness} calls it. Start with {@link
 * dev.limpid.benchmarks.faithfulness.FaithfulnessRun}.
 */
@NullMarked
package dev.limpid.benchmarks.faithfulness;

import org.jspecify.annotations.NullMarked;
