package dev.limpid.benchmarks.compare;

/**
 * One row of the table: work of ours beside the same work elsewhere.
 *
 * @param what the work and its size
 * @param peer who does it on the other side
 */
record Row(String what, String peer, Goal goal, Timed ours, Timed theirs) {}
