package dev.limpid.benchmarks.compare;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/** One point of a curve as a line of the results file: a median of so many rounds. */
record CurveLine(
    String over, String curve, int x, int rounds, double seconds, @JsonUnwrapped Machine machine) {}
