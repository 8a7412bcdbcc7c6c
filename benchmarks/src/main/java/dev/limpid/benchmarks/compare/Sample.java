package dev.limpid.benchmarks.compare;

/**
 * One point of a curve.
 *
 * @param curve whose work it is, and which
 * @param ours whether it is Limpid's
 * @param x positions, or the width of the model
 * @param seconds a median
 */
record Sample(String curve, boolean ours, int x, double seconds) {}
